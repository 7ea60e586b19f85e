import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultProvider } from '#runtime/credentials.ts';

const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;

describe('credentials', () => {
  const before = { ...process.env };
  beforeEach(() => {
    for (const name of names) process.env[name] = `my ${name}`;
  });
  afterEach(() => {
    process.env = { ...before };
  });

  it("are the role's keys that Lambda sets", async () => {
    expect(await defaultProvider()()).toEqual({
      accessKeyId: 'my AWS_ACCESS_KEY_ID',
      secretAccessKey: 'my AWS_SECRET_ACCESS_KEY',
      sessionToken: 'my AWS_SESSION_TOKEN',
    });
  });

  it("may be a user's keys, which have no session token", async () => {
    process.env.AWS_SESSION_TOKEN = '';
    expect(await defaultProvider()()).not.toHaveProperty('sessionToken');
  });

  it.each(names.slice(0, 2))('are asked for by the variable %s when it is missing', async (name) => {
    delete process.env[name];
    await expect(defaultProvider()()).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining(`environment variable ${name} is not set`),
    });
  });
});
