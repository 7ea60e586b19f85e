import type { ReadNeeds } from './call.ts';
import { cloudformationNeeds } from './services/cloudformation.ts';
import { dynamodbNeeds } from './services/dynamodb.ts';
import { eksNeeds } from './services/eks.ts';
import { eventsNeeds } from './services/events.ts';
import { lambdaNeeds } from './services/lambda.ts';
import { s3Needs } from './services/s3.ts';
import { snsNeeds } from './services/sns.ts';
import { sqsNeeds } from './services/sqs.ts';
import { ssmNeeds } from './services/ssm.ts';
import { statesNeeds } from './services/states.ts';
import { stsNeeds } from './services/sts.ts';

/** What the requests of each service must be allowed to do, by the service's name in signatures. */
export const needsOf: Readonly<Record<string, ReadNeeds>> = {
  cloudformation: cloudformationNeeds,
  dynamodb: dynamodbNeeds,
  eks: eksNeeds,
  events: eventsNeeds,
  lambda: lambdaNeeds,
  s3: s3Needs,
  sns: snsNeeds,
  sqs: sqsNeeds,
  ssm: ssmNeeds,
  states: statesNeeds,
  sts: stsNeeds,
};
