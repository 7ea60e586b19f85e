import { environmentObjects, environmentProblems } from '#domain/bundle-environment.ts';
import { type BundleFile, declaredTooBig, readFiles } from '#domain/bundle-files.ts';
import { type FileRole, planFiles } from '#domain/bundle-layout.ts';
import { bundleLimits } from '#domain/bundle-limits.ts';
import { readManifest, textOf } from '#domain/bundle-manifest.ts';
import type { BundleObject } from '#domain/bundle-object.ts';
import type { BundleSource } from '#domain/bundle-ranges.ts';
import { type ReleaseFile, readReleaseFile, releaseFile } from '#domain/bundle-release.ts';
import { openBundle } from '#domain/bundle-zip.ts';
import type { BundleFileHash } from '#domain/content.ts';
import { BundleInvalidError } from '#domain/errors.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Pipeline } from '#domain/pipeline.ts';
import { type Problem, problemsText } from '#domain/yaml-problem.ts';

/** A bundle that was read and found sound for every environment of its pipeline. */
export interface ValidBundle {
  readonly release: ReleaseFile;
  /** Of every file that was read, by path. */
  readonly files: readonly BundleFileHash[];
  readonly notes: readonly string[];
  /** Distinct objects, over all environments. */
  readonly objectCount: number;
  /** The canonical objects of one environment, made anew at each call so that one environment is held at a time. */
  objectsOf(environment: string): readonly KubernetesObject[];
}

/** What is gathered while files go by. */
class BundleReading {
  readonly problems: Problem[] = [];
  readonly notes: string[] = [];
  readonly files: BundleFileHash[] = [];
  readonly shared: BundleObject[] = [];
  readonly byEnvironment = new Map<string, BundleObject[]>();
  release: ReleaseFile | undefined;
  readonly #application: string;

  constructor(application: string) {
    this.#application = application;
  }

  add(file: BundleFile, role: FileRole | undefined): void {
    if (file.kind === 'problem') {
      this.problems.push(file.problem);
      return;
    }
    this.files.push({ path: file.path, sha256: file.sha256 });
    if (role?.kind === 'release') this.#addRelease(file.bytes);
    if (role?.kind === 'manifest') this.#addManifest(file.path, file.bytes, role.environment);
  }

  #addRelease(bytes: Buffer): void {
    const text = textOf(bytes);
    const read =
      text === undefined
        ? { problems: [{ where: releaseFile, message: 'is not UTF-8 text; save it as UTF-8' }] }
        : readReleaseFile(text, this.#application);
    this.problems.push(...read.problems);
    if ('release' in read) this.release = read.release;
  }

  #addManifest(path: string, bytes: Buffer, environment: string | undefined): void {
    let objects = environment === undefined ? this.shared : this.byEnvironment.get(environment);
    if (objects === undefined) {
      objects = [];
      this.byEnvironment.set(environment ?? '', objects);
    }
    for (const finding of readManifest(path, bytes)) {
      if (finding.kind === 'object') objects.push(finding.object);
      else if (finding.kind === 'problem') this.problems.push(finding.problem);
      else if (this.notes.length < bundleLimits.notes) this.notes.push(finding.note);
    }
  }

  objectsOf(environment: string): readonly BundleObject[] {
    return [...this.shared, ...(this.byEnvironment.get(environment) ?? [])];
  }
}

function refuse(source: BundleSource, problems: readonly Problem[]): BundleInvalidError {
  const distinct = new Map(problems.map((problem) => [`${problem.where}\n${problem.message}`, problem]));
  return new BundleInvalidError(
    problemsText(`bundle ${JSON.stringify(source.name)}`, [...distinct.values()]),
    { bundle: source.name, problems: distinct.size },
  );
}

/**
 * Reads a bundle for an application's pipeline: the zip's directory, then `tidegate.yaml` and the manifests, and
 * nothing else. Throws BundleInvalidError naming everything that is wrong, where, and how to mend it.
 */
export async function readBundle(source: BundleSource, pipeline: Pipeline): Promise<ValidBundle> {
  const bundle = await openBundle(source);
  const environments = pipeline.environments.map(({ name }) => name);
  const plan = planFiles(bundle.entries, environments);
  const entries = plan.files.map(({ entry }) => entry);
  const tooBig = declaredTooBig(entries);
  if (tooBig.length > 0) throw refuse(source, [...plan.problems, ...tooBig]);
  const roles = new Map<string, FileRole>(plan.files.map(({ entry, role }) => [entry.path, role]));
  const reading = new BundleReading(pipeline.application);
  for await (const file of readFiles(bundle, entries)) {
    reading.add(file, file.kind === 'file' ? roles.get(file.path) : undefined);
  }
  const problems = [...plan.problems, ...reading.problems];
  for (const policy of pipeline.environments) {
    const objects = reading.objectsOf(policy.name);
    // An environment that is empty only because its manifests are faulty is no problem of its own.
    const isEmptyByFault = objects.length === 0 && problems.length > 0;
    if (!isEmptyByFault) problems.push(...environmentProblems(objects, policy));
  }
  const { release } = reading;
  if (problems.length > 0 || release === undefined) throw refuse(source, problems);
  return validBundle(reading, release, pipeline);
}

function validBundle(reading: BundleReading, release: ReleaseFile, pipeline: Pipeline): ValidBundle {
  const own = [...reading.byEnvironment.values()].reduce((sum, objects) => sum + objects.length, 0);
  return {
    release,
    files: reading.files.toSorted((left, right) => (left.path < right.path ? -1 : 1)),
    notes: reading.notes,
    objectCount: reading.shared.length + own,
    objectsOf(environment) {
      const policy = pipeline.environments.find(({ name }) => name === environment);
      return policy === undefined ? [] : environmentObjects(reading.objectsOf(environment), policy);
    },
  };
}
