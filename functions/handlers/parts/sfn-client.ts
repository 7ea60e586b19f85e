import { SFNClient } from '@aws-sdk/client-sfn';

/** The Step Functions client of a function. */
export const sfn = new SFNClient({});
