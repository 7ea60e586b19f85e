import { dirname, join, resolve } from 'node:path';

/** Where builds and compiled code are kept unless somebody says otherwise: beside the template, where SAM keeps its own. */
export const defaultCacheFolder = (templateFile: string): string =>
  join(dirname(resolve(templateFile)), '.aws-sam', 'laptop');
