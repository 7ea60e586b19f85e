// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of events look like that
import { describe, expect, it } from 'vitest';
import { fillPlaceholders } from '../../../cli/events/placeholders.ts';

const values: Readonly<Record<string, unknown>> = {
  Release: 1,
  Bucket: 'bundles',
  Plan: { digest: 'sha256:00' },
};
const lookUp = async (name: string) => values[name];

describe('fillPlaceholders', () => {
  it.each([
    { written: { release: '${Release}' }, filled: { release: 1 } },
    { written: { plan: '${Plan}' }, filled: { plan: { digest: 'sha256:00' } } },
    { written: ['s3://${Bucket}/hello-${Release}.zip'], filled: ['s3://bundles/hello-1.zip'] },
    { written: { text: '$Release {Release} $ {x}' }, filled: { text: '$Release {Release} $ {x}' } },
    { written: { count: 2, is: true, none: null }, filled: { count: 2, is: true, none: null } },
  ])('fills $written', async ({ written, filled }) => {
    expect(await fillPlaceholders(written, lookUp)).toEqual(filled);
  });

  it('names a placeholder that it does not know', async () => {
    await expect(fillPlaceholders({ a: { b: '${Relaese}' } }, lookUp)).rejects.toThrow(
      'placeholder ${Relaese} is unknown',
    );
  });
});
