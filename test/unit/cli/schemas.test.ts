import { describe, expect, it } from 'vitest';
import { schemaFiles, staleSchemas } from '../../../cli/schemas.ts';

describe('the published JSON Schemas', () => {
  it('are what the code says (`npm run schemas` writes them)', async () => {
    expect(await staleSchemas()).toEqual([]);
  });

  it('refuse unknown fields and require what has no default', () => {
    const release = JSON.parse(schemaFiles().get('release.schema.json') ?? '{}');
    expect(release.additionalProperties).toBe(false);
    expect(release.required).toEqual(['apiVersion', 'kind', 'application']);
    const pipeline = JSON.parse(schemaFiles().get('pipeline.schema.json') ?? '{}');
    expect(pipeline.properties.environments.items.required).toEqual(['name', 'cluster', 'namespace']);
  });
});
