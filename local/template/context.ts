import type { JsonObject } from './document.ts';
import type { Properties } from './properties.ts';
import type { ResourceIdentity } from './resource-types.ts';

/** One resource of the template on its way into the application model. */
export interface ResourceContext {
  readonly identity: ResourceIdentity;
  readonly properties: Properties;
  readonly metadata: JsonObject;
  readonly arn: string;
  /** The template's folder: paths in it are relative to this. */
  readonly folder: string;
  /** True when the template is the output of `sam build`: code is used as it lies. */
  readonly isBuilt: boolean;
}
