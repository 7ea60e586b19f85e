import { applySetId, partOfLabel } from '#domain/applyset.ts';
import { PolicyViolationError } from '#domain/errors.ts';
import { applicationAnnotation, environmentAnnotation, type IntentOwner } from '#domain/intent.ts';
import type { LiveObject } from '#domain/live-object.ts';

/**
 * Throws PolicyViolationError when an object is another application's, or of another tool's ApplySet: it is not taken
 * over by the way (KUBERNETES.md P1, P9).
 */
export function requireOwnership(
  subject: string,
  live: LiveObject,
  { application, environment, namespace }: IntentOwner,
): void {
  const annotations = live.metadata.annotations ?? {};
  const owner = annotations[applicationAnnotation] ?? application;
  const place = annotations[environmentAnnotation] ?? environment;
  if (owner !== application || place !== environment) {
    throw new PolicyViolationError(
      `${subject}: belongs to application '${owner}' in environment '${place}'; give it another name, remove it from '${owner}' first, or name it under \`confirm.adopt\` in tidegate.yaml`,
      { object: subject, owner, ownerEnvironment: place },
    );
  }
  const set = live.metadata.labels?.[partOfLabel];
  // What says that it is ours may be part of a set that we had elsewhere.
  if (set === undefined || annotations[applicationAnnotation] !== undefined) return;
  if (set === applySetId({ application, namespace })) return;
  throw new PolicyViolationError(
    `${subject}: is part of ApplySet '${set}' of another tool; remove it there, or name it under \`confirm.adopt\` in tidegate.yaml`,
    { object: subject, applySet: set },
  );
}
