import { describe, expect, it } from 'vitest';
import { parsePipeline } from '#domain/pipeline-document.ts';

const head = 'apiVersion: tidegate.dev/v1\nkind: Pipeline\napplication: web\n';
const environment = (name: string, more = ''): string =>
  `  - name: ${name}\n    cluster: {name: dev}\n    namespace: web-${name}\n${more}`;
const good = `${head}environments:\n${environment('staging')}${environment('production', '    approval:\n      approvers: [ann@example.com, bob@example.com]\n')}`;

const refusal = (text: string): string => {
  try {
    parsePipeline(text, 'pipeline.yaml');
  } catch (error) {
    expect((error as Error).name).toBe('PipelineInvalidError');
    return (error as Error).message;
  }
  throw new Error('the pipeline was accepted');
};
const withField = (field: string): string =>
  `${head}environments:\n${environment('staging', `    ${field}\n`)}`;
const withApproval = (field: string): string =>
  withField(`approval:\n      approvers: [ann@example.com]\n      ${field}`);

describe('a pipeline', () => {
  it('is read with its defaults', () => {
    const [staging, production] = parsePipeline(good, 'pipeline.yaml').environments;
    expect(staging).toMatchObject({
      name: 'staging',
      deploymentConfiguration: 'AllAtOnce',
      deadlineSeconds: 600,
    });
    expect(production?.approval).toMatchObject({ quorum: 1, expirySeconds: 259_200 });
  });

  it('may say what is done anyway', () => {
    const text = withApproval(
      'quorum: 1\n      identity: mail\n      forbidSelfApproval: false\n    concurrency: supersede\n    deploymentConfiguration: AllAtOnce',
    );
    expect(parsePipeline(text, 'p').environments).toHaveLength(1);
  });

  it.each(['web-v2', 'web2', 'web-2b', 'web--b'])('may be of an application named "%s"', (name) => {
    const text = good.replace('application: web', `application: ${name}`);
    expect(parsePipeline(text, 'p').application).toBe(name);
  });

  it('may be JSON', () => {
    expect(parsePipeline(JSON.stringify(parsePipeline(good, 'a')), 'b')).toEqual(parsePipeline(good, 'a'));
  });
});

describe('a pipeline is refused for', () => {
  it.each([
    [
      'an unknown field',
      `${head}enviroments: []\n`,
      'pipeline.yaml:4:1: unknown field `enviroments` (did you mean `environments`?)',
    ],
    [
      'an unknown field deep inside',
      withApproval('expiryseconds: 60'),
      'pipeline.yaml:10:7: unknown field `expiryseconds` in `environments[0].approval` (did you mean `expirySeconds`?)',
    ],
    ['a missing field', head, 'pipeline.yaml:1:1: `environments` is missing'],
    [
      'a wrong type',
      withField('deadlineSeconds: ten'),
      'pipeline.yaml:8:22: `environments[0].deadlineSeconds` must be number, is "ten"',
    ],
    [
      'a number out of bounds',
      withField('deadlineSeconds: 1'),
      '`environments[0].deadlineSeconds` must be at least 10, is 1',
    ],
    [
      'a fraction',
      withField('deadlineSeconds: 10.5'),
      '`environments[0].deadlineSeconds` must be a whole number, is 10.5',
    ],
    [
      'a text too long',
      good.replace('{name: dev}', `{name: ${'c'.repeat(101)}}`),
      '`environments[0].cluster.name` must have at most 100 characters, is "ccc',
    ],
    [
      'a word that is none of those allowed',
      withField('concurrency: supercede'),
      '`environments[0].concurrency` must be "supersede" or "queue", is "supercede" (did you mean `supersede`?)',
    ],
    [
      'a bad name',
      good.replace('name: staging', 'name: Staging'),
      'pipeline.yaml:5:11: `environments[0].name` must be 1–20 characters',
    ],
    [
      'an application whose name has a number between dashes',
      good.replace('application: web', 'application: web-1-b'),
      'pipeline.yaml:3:14: `application` must not have a number alone between dashes or after the last (write `shop-v2` rather than `shop-2`), is "web-1-b"',
    ],
    [
      'an environment whose name ends in a number after a dash',
      good.replace('name: staging', 'name: staging-2'),
      '`environments[0].name` must not have a number alone between dashes or after the last',
    ],
    [
      'a bad address',
      good.replace('ann@example.com', 'ann'),
      '`environments[1].approval.approvers[0]` must be an e-mail address, is "ann"',
    ],
    [
      'no approvers',
      good.replace('[ann@example.com, bob@example.com]', '[]'),
      '`environments[1].approval.approvers` must have at least 1 item, is []',
    ],
    [
      'two environments of one name',
      good.replace('- name: production', '- name: staging'),
      'pipeline.yaml:8:11: `environments[1].name`: environment "staging" stands twice',
    ],
    [
      'two environments in one namespace',
      good.replace('web-production', 'web-staging'),
      'environments "staging" and "production" deploy to one namespace',
    ],
    ['an approver twice', good.replace('bob@', 'ANN@'), 'approver "ANN@example.com" is listed twice'],
    [
      'names too long together',
      good
        .replace('application: web', `application: ${'a'.repeat(30)}`)
        .replace('name: production', `name: ${'b'.repeat(20)}x`),
      'must be 1–20 characters',
    ],
    ['bad YAML', `${head}environments: [`, 'pipeline.yaml:4:16: Flow sequence'],
    ['nothing', '', 'is empty'],
    [
      'a permission for a kind that needs none',
      withField('clusterScopedKinds: [Namespace, Deployment]'),
      'kind "Deployment" is namespaced and needs no permission; remove it',
    ],
    [
      'a permission for what is no kind',
      withField('clusterScopedKinds: [clusterroles]'),
      '"clusterroles" is no kind; write `Kind` or `Kind.group`',
    ],
    [
      'a namespace that cannot be',
      withField('additionalNamespaces: [kube-system, Kube_System]'),
      'must be a Kubernetes namespace name',
    ],
  ])('%s', (_, text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it.each([
    ['approval.quorum', withApproval('quorum: 2'), '2 is not applied'],
    ['approval.required', withApproval('required: [ann@example.com]'), 'is not applied'],
    ['approval.deputies', withApproval('deputies: {}'), 'is not applied'],
    ['approval.reminderSeconds', withApproval('reminderSeconds: 60'), '60 is not applied'],
    ['approval.forbidSelfApproval', withApproval('forbidSelfApproval: true'), 'true is not applied'],
    ['approval.identity', withApproval('identity: oidc'), '"oidc" is not applied'],
    [
      'deploymentConfiguration',
      withField('deploymentConfiguration: OneAtATime'),
      '"OneAtATime" is not applied',
    ],
    ['checks', withField('checks: []'), 'is not applied'],
    ['analysis', withField('analysis: null'), 'is not applied'],
    ['concurrency', withField('concurrency: queue'), '"queue" is not applied'],
    ['freezeWindows', withField('freezeWindows: []'), 'is not applied'],
    ['cluster.roleArn', good.replace('{name: dev}', '{name: dev, roleArn: x}'), '"x" is not applied'],
  ])('%s, which is not applied yet', (path, text, message) => {
    expect(refusal(text)).toMatch(/^pipeline "pipeline.yaml": pipeline.yaml:\d+:\d+: /);
    expect(refusal(text)).toContain(`\`environments[0].${path}\`: `);
    expect(refusal(text)).toContain(message);
  });

  it.each(['sources', 'build'])('%s, which is not applied yet', (field) => {
    expect(refusal(`${good}${field}: {}\n`)).toContain(
      `\`${field}\`: this policy is not applied by this version`,
    );
  });
});
