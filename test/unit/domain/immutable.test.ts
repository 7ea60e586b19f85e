import { describe, expect, it } from 'vitest';
import { type ApiRefusal, refusalText } from '#domain/api-refusal.ts';
import { definesKind, immutableCauses, transitionMessages } from '#domain/immutable.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { decideReplacement, rehearsalOf, replacementHold } from '#domain/replacement.ts';
import { missingResponses, realResponse } from './real-responses.ts';

interface StatusBody {
  readonly message: string;
  readonly details: {
    readonly kind: string;
    readonly causes: readonly { reason?: string; message?: string; field?: string }[];
  };
}

function refusalIn(name: string): ApiRefusal & { readonly kind: string } {
  const { message, details } = realResponse<StatusBody>(name);
  const causes = details.causes.map(({ field = '', reason = '', message: text = '' }) => ({
    field,
    reason,
    message: text,
  }));
  return { kind: details.kind, message, causes };
}

const refusal = (field: string, message: string): ApiRefusal => ({
  message,
  causes: [{ field, reason: 'FieldValueInvalid', message }],
});

describe.skipIf(missingResponses !== '')('answers of a real API server (I1)', () => {
  it.each([
    ['11-immutable-selector', ['spec.selector']],
    ['14-job-immutable-template', ['spec.template']],
    ['16-sts-immutable-vct', ['spec']],
    ['18-svc-immutable-clusterip', ['spec.clusterIPs[0]']],
    ['21-cm-immutable-change', ['data']],
    ['23-secret-type-immutable', ['type']],
    ['26-rb-roleRef-immutable', ['roleRef']],
    ['28-pvc-shrink', ['spec']],
    ['78-sts-immutable-serviceName', ['spec']],
    // None of these may ever lead to a delete.
    ['12-selector-template-mismatch', []],
    ['19-svc-two-ports-no-name', []],
    ['59-cr-cel-invalid', []],
  ])('%s', (name, fields) => {
    const { kind, ...found } = refusalIn(name);
    expect(immutableCauses(kind, found).map(({ field }) => field)).toEqual(fields);
  });

  it('is shown without the pod template that it prints (D4)', () => {
    const { kind, ...found } = refusalIn('14-job-immutable-template');
    expect(refusalText(found, kind)).toBe('spec.template: Invalid value: [left out]: field is immutable');
  });

  it('is shown without the difference that it prints', () => {
    const { kind, ...found } = refusalIn('28-pvc-shrink');
    expect(refusalText(found, kind)).toBe(
      'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    );
  });
});

describe('immutability', () => {
  it.each<[string, string, ApiRefusal, boolean]>([
    [
      'by the word, of a custom resource',
      'Bucket',
      refusal('spec.region', 'Invalid value: "us": region is immutable'),
      true,
    ],
    ['in capitals', 'Bucket', refusal('spec', 'Invalid value: "object": Immutable field changed'), true],
    [
      'by the rule, where it has no message',
      'Bucket',
      refusal('spec', 'Invalid value: "b": failed rule: self == oldSelf'),
      true,
    ],
    ['not by another rule', 'Bucket', refusal('spec', 'Invalid value: 11: failed rule: self < 10'), false],
    [
      'not by a value that says so',
      'Bucket',
      refusal('spec.mode', 'Unsupported value: "immutable": supported values: "a", "b"'),
      false,
    ],
    [
      'not by a value within an object',
      'Job',
      refusal('spec', 'Invalid value: {"a":"field is immutable"}: must be less'),
      false,
    ],
    [
      'not by the text of another kind',
      'Deployment',
      refusal('roleRef', 'Invalid value: {}: cannot change roleRef'),
      false,
    ],
    [
      'not by the field alone',
      'Service',
      refusal('spec.clusterIPs[0]', 'Invalid value: ["x"]: must be a valid IP'),
      false,
    ],
  ])('%s', (_, kind, found, isSo) => {
    expect(immutableCauses(kind, found).length > 0).toBe(isSo);
  });

  it("is what a definition's transition rules say, in their own words", () => {
    const validations = [
      { rule: 'self == oldSelf', message: 'a bucket stays where it is' },
      { rule: 'self.size < 10', message: 'size must be < 10' },
    ];
    const definition: KubernetesObject = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'buckets.example.com' },
      spec: {
        group: 'example.com',
        names: { kind: 'Bucket' },
        versions: [
          {
            schema: {
              openAPIV3Schema: { properties: { spec: { 'x-kubernetes-validations': validations } } },
            },
          },
        ],
      },
    };
    expect(definesKind(definition, 'example.com', 'Bucket')).toBe(true);
    expect(definesKind(definition, 'example.com', 'Other')).toBe(false);
    const transitions = new Set(transitionMessages(definition));
    expect([...transitions]).toEqual(['a bucket stays where it is']);
    const moved = refusal('spec.region', 'Invalid value: "us": a bucket stays where it is');
    expect(immutableCauses('Bucket', moved)).toEqual([]);
    expect(immutableCauses('Bucket', moved, transitions)).toHaveLength(1);
    expect(
      immutableCauses('Bucket', refusal('spec', 'Invalid value: size must be < 10'), transitions),
    ).toEqual([]);
  });
});

describe('refusalText', () => {
  it.each([
    [
      'Deployment',
      'Invalid value: -1: must be greater than or equal to 0',
      'Invalid value: -1: must be greater than or equal to 0',
    ],
    ['Secret', 'Invalid value: "hunter2": must be base64', 'Invalid value: [left out]: must be base64'],
    ['Deployment', 'Invalid value: {"env":"a: b"}: no good', 'Invalid value: [left out]: no good'],
    ['Deployment', `Invalid value: "${'x'.repeat(60)}": too long`, 'Invalid value: [left out]: too long'],
    ['Service', 'Required value', 'Required value'],
  ])('of a %s: %s', (kind, message, text) => {
    expect(refusalText(refusal('spec.x', message), kind)).toBe(`spec.x: ${text}`);
  });
});

describe('what becomes of an object that cannot be changed in place (I2)', () => {
  const live = (apiVersion: string, kind: string, status: object = {}, annotations = {}): LiveObject => ({
    apiVersion,
    kind,
    metadata: { name: 'x', namespace: 'shop', uid: '1', annotations },
    status,
  });
  const decide = (found: LiveObject, annotations: Record<string, string> = {}, isOwn = true) => {
    const { apiVersion, kind } = found;
    const slash = apiVersion.indexOf('/');
    const identity = {
      group: slash < 0 ? '' : apiVersion.slice(0, slash),
      kind,
      namespace: 'shop',
      name: 'x',
    };
    const intent = { apiVersion, kind, metadata: { name: 'x', namespace: 'shop', annotations } };
    const causes = [
      { field: 'spec', reason: 'Invalid', message: 'Invalid value: {"a":"secret"}: field is immutable' },
    ];
    const decision = decideReplacement({ identity, intent, live: found, isOwn, causes });
    return decision.kind === 'replace' ? decision.replacement.how : decision.reason;
  };
  const asked = { 'tidegate.dev/replace': 'allowed' };
  const rbac = 'rbac.authorization.k8s.io/v1';

  it.each<[string, string, LiveObject, Record<string, string>, boolean]>([
    ['a Job', 'recreate', live('batch/v1', 'Job', { succeeded: 1 }), {}, true],
    [
      'a Job that may be stopped',
      'recreate',
      live('batch/v1', 'Job', { active: 1 }),
      { 'tidegate.dev/replace-running': 'true' },
      true,
    ],
    ['a RoleBinding', 'recreate', live(rbac, 'RoleBinding'), {}, true],
    ['a ClusterRoleBinding', 'recreate', live(rbac, 'ClusterRoleBinding'), {}, true],
    ['a StatefulSet, its pods kept', 'orphan-recreate', live('apps/v1', 'StatefulSet'), {}, true],
    ['a Service that says so', 'recreate', live('v1', 'Service'), asked, true],
    [
      'a Service that said so: a rollback goes the same way',
      'recreate',
      live('v1', 'Service', {}, asked),
      {},
      true,
    ],
    ['anything else that says so', 'recreate', live('example.com/v1', 'Bucket'), asked, true],
    ['what others made and that says so', 'recreate', live('batch/v1', 'Job'), asked, false],
  ])('replaces %s (%s)', (_, how, found, annotations, isOwn) => {
    expect(decide(found, annotations, isOwn)).toBe(how);
  });

  it.each<[string, LiveObject, Record<string, string>, boolean]>([
    ['a Job that runs', live('batch/v1', 'Job', { active: 1 }), {}, true],
    ['a Job that runs, though it may be replaced', live('batch/v1', 'Job', { active: 2 }), asked, true],
    ['a Deployment, whatever it says', live('apps/v1', 'Deployment'), asked, true],
    ['a claim, whatever it says', live('v1', 'PersistentVolumeClaim'), asked, true],
    [
      'a definition, whatever it says',
      live('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
      asked,
      true,
    ],
    ['a Service', live('v1', 'Service'), {}, true],
    ['anything else', live('example.com/v1', 'Bucket'), {}, true],
    ['what others made', live('batch/v1', 'Job'), {}, false],
  ])('refuses %s, with a reason and no value', (_, found, annotations, isOwn) => {
    const reason = decide(found, annotations, isOwn);
    expect(reason).toMatch(
      /^\w+(\.[\w.]+)? shop\/x: can't be changed in place \(spec: Invalid value: \[left out\]: field is immutable\): ./,
    );
  });

  it('holds a replacement while the Job runs again', () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' } };
    expect(replacementHold(job, live('batch/v1', 'Job', { active: 1 }))).toContain('it is running');
    expect(replacementHold(job, live('batch/v1', 'Job', { failed: 1 }))).toBeUndefined();
  });

  it('is rehearsed under a free name, without what is allocated still', () => {
    const service: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { clusterIP: '10.0.0.7', clusterIPs: ['10.0.0.7'], ports: [{ port: 80, nodePort: 30080 }] },
    };
    expect(rehearsalOf(service)).toMatchObject({
      metadata: { name: 'web-tidegate-rehearsal' },
      spec: { ports: [{ port: 80 }] },
    });
    expect(rehearsalOf(service).spec).not.toHaveProperty('clusterIP');
    const headless = { ...service, spec: { clusterIP: 'None' } };
    expect(rehearsalOf(headless).spec).toEqual({ clusterIP: 'None' });
    const long = { ...service, metadata: { name: `${'a'.repeat(39)}.${'b'.repeat(200)}` } };
    expect(rehearsalOf(long).metadata.name).toBe(`${'a'.repeat(39)}-tidegate-rehearsal`);
  });
});
