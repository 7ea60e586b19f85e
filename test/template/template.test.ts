import { describe, expect, it } from 'vitest';
import { functionNames, template } from './shipped.ts';

const properties = (id: string) => template.Resources[id]?.Properties ?? {};

describe('the template', () => {
  it.each(functionNames)('%s has its memory, time-out, logs that end, and an alarm', (name) => {
    const { LoggingConfig, Timeout = 30, MemorySize = 512 } = properties(`${name}Function`);
    expect(Timeout).toBeLessThanOrEqual(60);
    expect(MemorySize).toBeGreaterThanOrEqual(512);
    expect(LoggingConfig).toEqual({ LogFormat: 'JSON', LogGroup: { Ref: `${name}LogGroup` } });
    expect(properties(`${name}LogGroup`).RetentionInDays).toEqual({ Ref: 'LogRetentionDays' });
    expect(properties(`${name}ErrorsAlarm`).AlarmActions).toEqual([{ Ref: 'OperatorsTopic' }]);
  });

  it('keeps what must not be lost', () => {
    for (const id of ['BundleBucket', 'DocumentBucket', 'LedgerTable']) {
      expect(template.Resources[id]).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      });
    }
    expect(properties('LedgerTable')).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
    for (const id of ['BundleBucket', 'DocumentBucket']) {
      expect(properties(id).VersioningConfiguration).toEqual({ Status: 'Enabled' });
      expect(properties(id).BucketEncryption).toBeDefined();
    }
  });

  it.each(['StartRelease', 'SettleRelease'])(
    'loses no event of %s: rule and function have a dead-letter queue',
    (name) => {
      const { Events, EventInvokeConfig } = properties(`${name}Function`);
      const [rule] = Object.values(Events) as { Properties: Record<string, unknown> }[];
      expect(rule?.Properties.DeadLetterConfig).toEqual({ Arn: { 'Fn::GetAtt': 'UndeliveredEvents.Arn' } });
      expect(EventInvokeConfig.DestinationConfig.OnFailure.Type).toBe('SQS');
    },
  );

  it('starts releases through the alias, never through the newest draft', () => {
    const { RELEASE_STATE_MACHINE } = properties('StartReleaseFunction').Environment.Variables;
    expect(RELEASE_STATE_MACHINE['Fn::Sub']).toMatch(/-release:live$/);
    expect(properties('ReleaseStateMachine').AutoPublishAlias).toBe('live');
    expect(properties('PromotionStateMachine').AutoPublishAlias).toBe('live');
  });

  it('writes no execution data to logs: it holds task tokens', () => {
    for (const id of ['ReleaseStateMachine', 'PromotionStateMachine']) {
      expect(properties(id).Logging.IncludeExecutionData).toBe(false);
    }
    expect(properties('ApprovalApi').MethodSettings[0]).toMatchObject({
      DataTraceEnabled: false,
      ThrottlingRateLimit: 20,
    });
  });
});
