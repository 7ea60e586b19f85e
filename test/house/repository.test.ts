import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { version } from '#domain/version.ts';

const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n').filter(Boolean);

describe('the repository', () => {
  it('names no registry host in the lockfile', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { resolved?: string }>;
    };
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
    expect(
      Object.values(lock.packages)
        .flatMap(({ resolved }) => resolved ?? [])
        .filter((url) => /^https?:/.test(url)),
    ).toEqual([]);
  });

  it('says its version once in code, as package.json has it', () => {
    expect(JSON.parse(readFileSync('package.json', 'utf8'))).toMatchObject({ version });
  });

  it('has the top level that its users know', () => {
    const top = [...new Set(tracked.map((path) => path.split('/')[0]))];
    for (const name of [
      'functions',
      'statemachine',
      'template.yaml',
      'events',
      'test',
      'package.json',
      'tsconfig.json',
      'samconfig.toml',
      'local',
      'cli',
      'schemas',
      'examples',
      'docs',
    ]) {
      expect(top).toContain(name);
    }
  });

  it('has no test that is skipped or focused without a reason beside it', () => {
    const tests = tracked.filter(
      (path) => path.endsWith('.test.ts') && path !== 'test/house/repository.test.ts',
    );
    const breaches = tests.filter((path) =>
      /\b(vi\.mock|(?:it|describe|test)\.(?:only|todo|skip))\(/.test(readFileSync(path, 'utf8')),
    );
    expect(breaches).toEqual([]);
  });
});
