import type { Clock } from '../clock.ts';
import type { ThrottlingModel } from '../template/application.ts';

/** Answers false when a request is over the stage's or method's limits. */
export type Throttle = (path: string, method: string) => boolean;

/** API Gateway's own limits of an account and region. */
const accountLimits = { ratePerSecond: 10_000, burst: 5000 };

/** One token bucket for each method setting; a method without a setting of its own has its own bucket of the stage's setting. */
export function createThrottle(settings: readonly ThrottlingModel[], clock: Clock): Throttle {
  const buckets = new Map<string, () => boolean>();
  return (path, method) => {
    const key = `${method} ${path}`;
    const setting = settingFor(settings, path, method);
    const take = buckets.get(key) ?? createBucket({ ...accountLimits, ...setting }, clock);
    buckets.set(key, take);
    return take();
  };
}

function settingFor(
  settings: readonly ThrottlingModel[],
  path: string,
  method: string,
): Partial<typeof accountLimits> | undefined {
  const fits = (wanted: string, found: string): boolean => wanted === '*' || wanted === found;
  const fitting = settings.filter((setting) => fits(setting.path, path) && fits(setting.method, method));
  return fitting.sort((left, right) => wildcards(left) - wildcards(right))[0];
}

const wildcards = ({ path, method }: ThrottlingModel): number =>
  Number(path === '*') + Number(method === '*');

function createBucket({ ratePerSecond, burst }: typeof accountLimits, clock: Clock): () => boolean {
  let tokens = burst;
  let filledAt = clock.now();
  return () => {
    const now = clock.now();
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * ratePerSecond);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
