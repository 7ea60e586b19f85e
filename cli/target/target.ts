import type { LaptopCloud } from '../laptop/cloud-file.ts';
import type { ClientSettings } from './settings.ts';
import type { StackOutputs } from './stack.ts';

interface TargetBase {
  readonly settings: ClientSettings;
  readonly stackName: string;
  readonly stack: StackOutputs;
  /** `laptop cloud at http://127.0.0.1:4566` or `stack "tidegate" in eu-west-1`. */
  readonly description: string;
}

/** Where a command works: both are spoken to over the same APIs. */
export type Target =
  | (TargetBase & { readonly kind: 'laptop'; readonly cloud: LaptopCloud })
  | (TargetBase & { readonly kind: 'aws' });
