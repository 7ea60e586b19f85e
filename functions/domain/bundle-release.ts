import * as z from 'zod/mini';
import { applicationName } from '#domain/application-name.ts';
import { confirmationsSchema } from '#domain/confirmations.ts';
import { readYaml } from '#domain/yaml-document.ts';
import type { YamlDocument } from '#domain/yaml-finding.ts';
import type { Problem } from '#domain/yaml-problem.ts';
import { checkDocument } from '#domain/yaml-schema.ts';

/** The one file that every bundle has. */
export const releaseFile = 'tidegate.yaml';

/** Why sources are refused, wherever a bundle brings them. */
export const noBuilding =
  'building from sources is not supported by this version; push an image and name it by digest in the manifests';

/** What `tidegate.yaml` says: what is released, never where to or who approves. */
export const releaseSchema = z.strictObject({
  apiVersion: z.literal('tidegate.dev/v1'),
  kind: z.literal('Release'),
  /** Must be the first segment of the key that the bundle is uploaded under. */
  application: applicationName,
  /** For people: a tag, a commit. Releases are numbered by themselves. */
  version: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
  description: z.optional(z.string().check(z.maxLength(1000))),
  confirm: z.optional(confirmationsSchema),
  /** `forward-only`: a failure stops for a person instead of rolling back of its own accord. */
  rollback: z.optional(z.enum(['safe', 'forward-only'])),
  images: z.optional(z.unknown()),
  chart: z.optional(z.unknown()),
  build: z.optional(z.unknown()),
});

export type ReleaseFile = z.infer<typeof releaseSchema>;

/** Fields that the schema knows and this version does not do: refused, never ignored. */
const unapplied = ['images', 'chart', 'build'] as const;

function* contradictions(
  release: ReleaseFile,
  application: string,
  document: YamlDocument,
): Generator<Problem> {
  for (const field of unapplied) {
    if (release[field] === undefined) continue;
    yield { where: document.keyPlace([field]), message: `\`${field}\`: ${noBuilding}` };
  }
  if (release.application === application) return;
  const message = `\`application\` is "${release.application}", but the bundle was uploaded for "${application}"; upload it under ${release.application}/ or mend the name`;
  yield { where: document.place(['application']), message };
}

/** Reads `tidegate.yaml` of a bundle uploaded for `application`: what it says, or every problem with its place. */
export function readReleaseFile(
  text: string,
  application: string,
): { readonly release?: ReleaseFile; readonly problems: readonly Problem[] } {
  const findings = [...readYaml(releaseFile, text)];
  const problems = findings.flatMap((finding) => (finding.kind === 'problem' ? [finding.problem] : []));
  const documents = findings.flatMap((finding) => (finding.kind === 'document' ? [finding.document] : []));
  const [document, second] = documents;
  if (problems.length > 0) return { problems };
  if (document === undefined) return { problems: [{ where: releaseFile, message: 'is empty' }] };
  if (second !== undefined) {
    return {
      problems: [{ where: second.place([]), message: 'holds more than one document; keep the first' }],
    };
  }
  const checked = checkDocument(releaseSchema, document);
  if ('problems' in checked) return checked;
  return { release: checked.value, problems: [...contradictions(checked.value, application, document)] };
}
