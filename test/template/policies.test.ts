import { describe, expect, it } from 'vitest';
import { functionNames, template } from './shipped.ts';

interface Statement {
  readonly Sid: string;
  readonly Action: string[] | string;
  readonly Resource: unknown;
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
      expect.not.arrayContaining([
        'AcquireTarget',
        'ReleaseTarget',
        'OpenPromotion',
        'CloseApproval',
        'SettleRelease',
      ]),
    ],
    ['deletes from the ledger', /^dynamodb:DeleteItem/, ['AcquireTarget', 'ReleaseTarget', 'SettleRelease']],
    ['scans the ledger', /^dynamodb:(Scan|BatchWrite|\*)/, []],
    ['writes pipelines', /^ssm:Put/, []],
    ['assumes roles', /^(sts|iam):/, []],
  ])('%s: only those that must', (_, pattern, expected) => {
    expect(who(pattern)).toEqual(expected);
  });

  it('gives the reading functions no write to the ledger', () => {
    for (const name of ['ShowApproval', 'ShowRelease']) {
      expect(actions(name).filter((action) => /^dynamodb:(Put|Update|Delete)/.test(action))).toEqual([]);
    }
  });

  it('lets nobody who writes to a cluster take a decision, nor the reverse', () => {
    const deciders = who(/^states:SendTask/);
    expect(who(/^eks:/).filter((name) => deciders.includes(name))).toEqual([]);
  });

  it('names resources: no statement of a function is for everything', () => {
    for (const name of functionNames) {
      for (const { Sid, Resource } of statements(`${name}Function`))
        expect(JSON.stringify(Resource), `${name} ${Sid}`).not.toBe('"*"');
    }
  });
});
