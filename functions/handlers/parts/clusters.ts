import { createEksClusters } from '#adapters/kubernetes/eks-clusters.ts';
import { systemClock } from '#runtime/clock.ts';
import { setting } from '#runtime/settings.ts';

export const clusters = createEksClusters({ region: setting('region'), clock: systemClock });
