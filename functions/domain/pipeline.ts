import * as z from 'zod';

/** Application names: they stand in execution names, parameter names and object keys. */
export const applicationName = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/,
    'must be 1–30 characters of a–z, 0–9 and -, beginning with a letter',
  );

/** Environment names: shorter, because a promotion's execution name holds both. */
export const environmentName = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/,
    'must be 1–20 characters of a–z, 0–9 and -, beginning with a letter',
  );

const clusterSchema = z.strictObject({
  /** The EKS cluster's name, as `eks:DescribeCluster` takes it. */
  name: z.string().min(1).max(100),
  /** Defaults to the stack's own region. */
  region: z.string().optional(),
  /** A role in the cluster's account to assume. */
  roleArn: z.string().optional(),
});

const approvalSchema = z.strictObject({
  /** E-mail addresses, each mailed a link of their own. */
  approvers: z.array(z.email('must be an e-mail address')).min(1).max(50),
  /** How long a request stays open, in seconds. */
  expirySeconds: z.int().min(60).max(2_592_000).default(259_200),
  quorum: z.int().min(1).default(1),
  required: z.array(z.string()).optional(),
  deputies: z.unknown().optional(),
  reminderSeconds: z.int().optional(),
  forbidSelfApproval: z.boolean().optional(),
  identity: z.enum(['mail', 'oidc']).default('mail'),
});

/** One environment: where it is, how it is deployed to, who approves. */
export const environmentSchema = z.strictObject({
  name: environmentName,
  cluster: clusterSchema,
  namespace: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a Kubernetes namespace name'),
  deploymentConfiguration: z.string().default('AllAtOnce'),
  /** How long a healthy rollout must stay healthy before it counts (KUBERNETES.md E15). */
  stabilityWindowSeconds: z.int().min(0).max(3600).default(10),
  /** How long a rollout may take until it fails. */
  deadlineSeconds: z.int().min(10).max(86_400).default(600),
  /** Absent: nobody is asked. */
  approval: approvalSchema.optional(),
  /** Cluster-scoped kinds that the application may bring, e.g. `Namespace`. */
  clusterScopedKinds: z.array(z.string()).default([]),
  checks: z.unknown().optional(),
  analysis: z.unknown().optional(),
  pruneBudget: z.unknown().optional(),
  concurrency: z.enum(['supersede', 'queue']).default('supersede'),
  freezeWindows: z.unknown().optional(),
});

/** An application's pipeline as operators write it, in one document. */
export const pipelineSchema = z.strictObject({
  apiVersion: z.literal('tidegate.dev/v1'),
  kind: z.literal('Pipeline'),
  application: applicationName,
  sources: z.unknown().optional(),
  build: z.unknown().optional(),
  /** In the order in which a release walks them. */
  environments: z.array(environmentSchema).min(1).max(10),
});

export type EnvironmentPolicy = z.infer<typeof environmentSchema>;
export type ApprovalPolicy = z.infer<typeof approvalSchema>;
export type Pipeline = z.infer<typeof pipelineSchema>;
