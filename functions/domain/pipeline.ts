import * as z from 'zod/mini';
import { applicationName, noNumberBetweenDashes } from '#domain/application-name.ts';

/** Environment names: shorter, because a promotion's execution name holds both. */
export const environmentName = z
  .string()
  .check(
    z.regex(
      /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/,
      'must be 1–20 characters of a–z, 0–9 and -, beginning with a letter',
    ),
    noNumberBetweenDashes,
  );

/** A field that the schema knows so that it is refused by name (pipeline-rules.ts): no version applies it yet. */
const unapplied = z.optional(z.unknown());
const optionalText = z.optional(z.string());
const wholeNumber = (minimum: number, maximum: number) =>
  z.int().check(z.minimum(minimum), z.maximum(maximum));
const list = <Item extends z.ZodMiniType>(item: Item, maximum: number) =>
  z.array(item).check(z.minLength(1), z.maxLength(maximum));

const namespaceName = z
  .string()
  .check(z.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a Kubernetes namespace name'));

const clusterSchema = z.strictObject({
  /** The EKS cluster's name, as `eks:DescribeCluster` takes it. */
  name: z.string().check(z.minLength(1), z.maxLength(100)),
  /** Defaults to the stack's own region. */
  region: optionalText,
  /** A role in the cluster's account to assume. */
  roleArn: optionalText,
});

const approvalSchema = z.strictObject({
  /** E-mail addresses, each mailed a link of their own. */
  approvers: list(z.email('must be an e-mail address'), 50),
  /** How long a request stays open, in seconds. */
  expirySeconds: z._default(wholeNumber(60, 2_592_000), 259_200),
  quorum: z._default(z.int().check(z.minimum(1)), 1),
  required: z.optional(z.array(z.string())),
  deputies: unapplied,
  reminderSeconds: z.optional(z.int()),
  forbidSelfApproval: z.optional(z.boolean()),
  identity: z._default(z.enum(['mail', 'oidc']), 'mail'),
});

/** One environment: where it is, how it is deployed to, who approves. */
export const environmentSchema = z.strictObject({
  name: environmentName,
  cluster: clusterSchema,
  namespace: namespaceName,
  /** Namespaces besides its own that objects may name; each needs the same rights for Tidegate. */
  additionalNamespaces: z.optional(list(namespaceName, 50)),
  deploymentConfiguration: z._default(z.string(), 'AllAtOnce'),
  /** How long a healthy rollout must stay healthy before it counts (KUBERNETES.md E15). */
  stabilityWindowSeconds: z._default(wholeNumber(0, 3600), 10),
  /** How long a rollout may take until it fails. */
  deadlineSeconds: z._default(wholeNumber(10, 86_400), 600),
  /** Fields that a person or another tool set since: taken over as declared, or a reason to fail (KUBERNETES.md A2). */
  conflicts: z._default(z.enum(['takeover', 'fail']), 'takeover'),
  /** Absent: nobody is asked. */
  approval: z.optional(approvalSchema),
  /** Cluster-scoped kinds that the application may bring, e.g. `Namespace`, `ClusterIssuer.cert-manager.io`. */
  clusterScopedKinds: z._default(z.array(z.string()), []),
  checks: unapplied,
  analysis: unapplied,
  /** How much a release may delete without confirming it: `max` objects, or `percent` of what is there if that is more. */
  pruneBudget: z.optional(
    z.strictObject({
      max: z._default(wholeNumber(0, 5_000), 10),
      percent: z._default(wholeNumber(0, 100), 30),
    }),
  ),
  /** What to do with what a first release made that failed: there is nothing to go back to (KUBERNETES.md R8). */
  firstFailure: z.optional(z.enum(['keep', 'remove'])),
  concurrency: z._default(z.enum(['supersede', 'queue']), 'supersede'),
  freezeWindows: unapplied,
});

/** An application's pipeline as operators write it, in one document. */
export const pipelineSchema = z.strictObject({
  apiVersion: z.literal('tidegate.dev/v1'),
  kind: z.literal('Pipeline'),
  application: applicationName,
  sources: unapplied,
  build: unapplied,
  /** In the order in which a release walks them. */
  environments: list(environmentSchema, 10),
});

export type EnvironmentPolicy = z.infer<typeof environmentSchema>;
export type ApprovalPolicy = z.infer<typeof approvalSchema>;
export type Pipeline = z.infer<typeof pipelineSchema>;
