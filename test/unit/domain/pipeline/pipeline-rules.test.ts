import { describe, expect, it } from 'vitest';
import { environmentSchema, pipelineSchema } from '#domain/pipeline.ts';
import { environmentRules } from '#domain/pipeline-rules.ts';

const environment = (more: object) =>
  environmentSchema.parse({ name: 'production', cluster: { name: 'live' }, namespace: 'web', ...more });

describe('an execution name', () => {
  it('is at most 80 characters with the longest names and large numbers', () => {
    expect(environmentRules('a'.repeat(30), environment({ name: 'b'.repeat(20) }))).toEqual([]);
    expect(`${'a'.repeat(30)}-999999999999-${'b'.repeat(20)}-999999999999`.length).toBeLessThanOrEqual(80);
  });

  it('would be too long with 51 characters of names', () => {
    expect(environmentRules('a'.repeat(31), environment({ name: 'b'.repeat(20) }))).toEqual([
      { path: ['name'], message: expect.stringContaining('longer than 50 characters together') },
    ]);
  });
});

describe('the schema', () => {
  it('has no field that is neither applied nor refused', () => {
    // Who adds a field to the schema decides here whether the code applies it; if not, it belongs to the rules.
    const applied = [
      'name',
      'cluster',
      'namespace',
      'additionalNamespaces',
      'stabilityWindowSeconds',
      'deadlineSeconds',
      'approval',
      'clusterScopedKinds',
      'conflicts',
      'pruneBudget',
      'firstFailure',
    ];
    const refused = ['deploymentConfiguration', 'checks', 'analysis', 'concurrency', 'freezeWindows'];
    expect(Object.keys(environmentSchema.shape).toSorted()).toEqual([...applied, ...refused].toSorted());
    const approvalApplied = ['approvers', 'expirySeconds'];
    const approvalRefused = [
      'quorum',
      'required',
      'deputies',
      'reminderSeconds',
      'forbidSelfApproval',
      'identity',
    ];
    const approval = environmentSchema.shape.approval.def.innerType;
    expect(Object.keys(approval.shape).toSorted()).toEqual(
      [...approvalApplied, ...approvalRefused].toSorted(),
    );
    expect(Object.keys(environmentSchema.shape.cluster.shape)).toEqual(['name', 'region', 'roleArn']);
    expect(Object.keys(pipelineSchema.shape)).toEqual([
      'apiVersion',
      'kind',
      'application',
      'sources',
      'build',
      'environments',
    ]);
  });
});
