import { type Instant, instant } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

/** One line of a watch, `t` milliseconds after the recording began. */
export interface RecordedEvent {
  readonly t: number;
  readonly resource: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: LiveObject;
}

/** One scenario as it was watched on a real cluster. */
export interface Recording {
  readonly scenario?: string;
  readonly manifest: readonly KubernetesObject[];
  readonly applied: readonly {
    readonly t: number;
    /** `Deployment/app`. */
    readonly ref: string;
    readonly code: number;
    /** True for what was applied over an earlier release. */
    readonly update?: boolean;
  }[];
  readonly events: readonly RecordedEvent[];
  readonly logs?: readonly {
    readonly pod: string;
    readonly container: string;
    readonly previous: boolean;
    readonly code: number;
    readonly text: string;
  }[];
}

/** What a recording's own index expects of it. */
export interface Expected {
  readonly verdict: string;
  readonly rootCause: string;
  readonly rule: string;
}

/** True for what has the form of a recording. */
export function isRecording(content: unknown): content is Recording {
  const { manifest, applied, events } = (content ?? {}) as Partial<Recording>;
  return Array.isArray(manifest) && Array.isArray(applied) && Array.isArray(events);
}

/**
 * When the recording began by the cluster's clock. Nothing is seen before it happened, so that the latest moment that any
 * object's own time allows is the closest; most of these times have whole seconds.
 */
export function beganAt({ events }: Recording): Instant {
  const moments = events.flatMap(({ t, object }) => {
    const { eventTime } = object as { readonly eventTime?: string | null };
    return [object.metadata.creationTimestamp, eventTime]
      .map((time) => Date.parse(time ?? '') - t)
      .filter((moment) => !Number.isNaN(moment));
  });
  return instant(Math.max(0, ...moments));
}

/** When the release that is judged was applied: the update where there is one; milliseconds after the beginning. */
export function appliedAt({ applied }: Recording): number {
  const updates = applied.filter(({ update }) => update === true);
  const times = (updates.length > 0 ? updates : applied).map(({ t }) => t);
  return times.length === 0 ? 0 : Math.min(...times);
}
