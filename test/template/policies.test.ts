import { describe, expect, it } from 'vitest';
import { functionNames, template } from './shipped.ts';

interface Statement {
  readonly Sid: string;
  readonly Action: string[] | string;
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, string[]>>;
}

const statements = (id: string): Statement[] =>
  template.Resources[id]?.Properties.Policies.flatMap(
    (policy: { Statement: Statement[] }) => policy.Statement,
  );
const actions = (name: string) => statements(`${name}Function`).flatMap(({ Action }) => Action);
const who = (pattern: RegExp) =>
  functionNames.filter((name) => actions(name).some((action) => pattern.test(action))).sort();

describe('least privilege, function by function', () => {
  it.each([
    [
      'wakes a waiting promotion',
      /^states:SendTask/,
      [
        'AcquireTarget',
        'AwaitApproval',
        'DecideApproval',
        'RecordPromotion',
        'ReleaseTarget',
        'SettleRelease',
      ],
    ],
    ['starts executions', /^states:StartExecution/, ['SettleRelease', 'StartPromotion', 'StartRelease']],
    [
      'finds a cluster',
      /^eks:/,
      ['Advance', 'ConfirmPlan', 'Observe', 'PlanPromotion', 'PlanRollback', 'VerifyRollout'],
    ],
    ['mails', /^sns:/, ['AwaitApproval']],
    [
      'reads bundles or documents',
      /^s3:Get/,
      [
        'Advance',
        'AwaitApproval',
        'ConfirmPlan',
        'DecideApproval',
        'Observe',
        'PlanPromotion',
        'PlanRollback',
        'RecordPromotion',
        'ShowApproval',
        'ShowRelease',
        'ValidateBundle',
        'VerifyImages',
        'VerifyRollout',
      ],
    ],
    [
      'deletes from the ledger',
      /^dynamodb:DeleteItem/,
      [
        'AcquireTarget',
        'AwaitApproval',
        'CloseApproval',
        'DecideApproval',
        'RecordPromotion',
        'ReleaseTarget',
        'SettleRelease',
      ],
    ],
    ['looks for bundles that are gone', /^s3:List/, ['ValidateBundle']],
    ['scans the ledger', /^dynamodb:(Scan|BatchWrite|\*)/, []],
    ['reads parameters', /^ssm:/, ['StartRelease']],
    ['writes parameters', /^ssm:Put/, []],
    ['assumes roles', /^(sts|iam):/, []],
  ])('%s: only those that must', (_, pattern, expected) => {
    expect(who(pattern)).toEqual(expected);
  });

  it('lets each function write only the items that are its own', () => {
    const writable = (name: string) =>
      statements(`${name}Function`)
        .filter(({ Sid }) => Sid === 'WriteLedger')
        .flatMap(
          ({ Condition }) => Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? ['*'],
        );
    const writers = (key: string) =>
      functionNames.filter((name) => writable(name).some((own) => [key, '*'].includes(own)));
    expect(writers('APPROVAL#*').sort()).toEqual([
      'AwaitApproval',
      'CloseApproval',
      'ConfirmPlan',
      'DecideApproval',
      'RecordPromotion',
      'SettleRelease',
    ]);
    expect(writers('LINK#*')).toEqual(['AwaitApproval']);
    expect(writers('UPLOAD#*')).toEqual(['StartRelease']);
    expect(writers('APP#*').sort()).toEqual([
      'RecordOutcome',
      'SettleRelease',
      'StartRelease',
      'VerifyImages',
    ]);
  });

  it('lets each function write only the documents that are its own', () => {
    const foldersOf = (resource: unknown) =>
      [...JSON.stringify(resource).matchAll(/DocumentBucket\.Arn\}\/(\w+)\/\*"/g)].map(
        ([, folder]) => folder,
      );
    const writers = functionNames.flatMap((name) =>
      statements(`${name}Function`)
        .filter(({ Action }) => Action.includes('s3:PutObject'))
        .map(({ Resource }) => [name, foldersOf(Resource).join(' ')]),
    );
    expect(Object.fromEntries(writers)).toEqual({
      ValidateBundle: 'contents',
      VerifyImages: 'contents',
      PlanPromotion: 'plans saved',
      PlanRollback: 'plans',
      Advance: 'saved',
      VerifyRollout: 'inventories saved',
      RecordPromotion: 'inventories',
    });
  });

  it('lets each function read only what it works with: task tokens, links and uploads are for few', () => {
    const readable = (name: string) =>
      statements(`${name}Function`)
        .filter(({ Sid }) => Sid === 'ReadLedger')
        .flatMap(
          ({ Condition }) => Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? ['*'],
        );
    const readers = (key: string) =>
      functionNames.filter((name) => readable(name).some((own) => [key, '*'].includes(own))).sort();
    expect(readers('TOKEN#*')).toEqual([
      'AwaitApproval',
      'DecideApproval',
      'RecordPromotion',
      'SettleRelease',
    ]);
    expect(readers('LINK#*')).toEqual(['AwaitApproval', 'DecideApproval', 'ShowApproval']);
    expect(readers('UPLOAD#*')).toEqual(['ShowRelease', 'StartRelease']);
    // Releases, and the pipelines that are in force for them.
    expect(readers('APP#*')).toEqual([
      'Advance',
      'AwaitApproval',
      'ConfirmPlan',
      'Observe',
      'PlanPromotion',
      'PlanRollback',
      'RecordOutcome',
      'SettleRelease',
      'ShowRelease',
      'StartPromotion',
      'StartRelease',
      'ValidateBundle',
      'VerifyImages',
      'VerifyRollout',
    ]);
  });

  it('gives the reading functions no write to the ledger', () => {
    for (const name of ['ShowApproval', 'ShowRelease']) {
      expect(actions(name).filter((action) => /^dynamodb:(Put|Update|Delete)/.test(action))).toEqual([]);
    }
  });

  it('finds clusters of every region of this account by their name, as a policy may name a region', () => {
    const found = functionNames.flatMap((name) =>
      statements(`${name}Function`).filter(({ Action }) => Action.includes('eks:DescribeCluster')),
    );
    expect(found).toHaveLength(6);
    for (const { Resource } of found)
      expect(JSON.stringify(Resource)).toMatch(
        /"arn:\$\{AWS::Partition\}:eks:\*:\$\{AWS::AccountId\}:cluster\/\$\{ClusterNamePattern\}"/,
      );
  });

  it('lets nobody who writes to a cluster take a decision, nor the reverse', () => {
    const deciders = who(/^states:SendTask/);
    expect(who(/^eks:/).filter((name) => deciders.includes(name))).toEqual([]);
  });

  it('names resources: no statement of a function is for everything, but for what has no resource type', () => {
    const boundless = functionNames.flatMap((name) =>
      statements(`${name}Function`)
        .filter(({ Resource }) => Resource === '*')
        .map(({ Action }) => `${name} ${Action}`),
    );
    expect(boundless).toEqual(['AwaitApproval sns:GetSubscriptionAttributes']);
  });
});
