import { describe, expect, it } from 'vitest';
import { diagnosisHeadline, logTail, tellingLine } from '#domain/diagnosis.ts';

describe('tellingLine', () => {
  it.each([
    [
      'Node',
      [
        'starting',
        'Error: no database',
        '    at connect (/app/db.js:3:9)',
        '    at main (/app/server.js:40:3)',
      ],
      'Error: no database',
    ],
    [
      'Python',
      ['Traceback (most recent call last):', '  File "/app.py", line 3, in <module>', "KeyError: 'DB_URL'"],
      "KeyError: 'DB_URL'",
    ],
    [
      'Go',
      ['panic: runtime error: index out of range', 'goroutine 1 [running]:', '\t/app/main.go:12 +0x1d'],
      'panic: runtime error: index out of range',
    ],
    [
      'Java',
      [
        'Exception in thread "main" java.lang.IllegalStateException: no config',
        '    at com.example.Main.main(Main.java:5)',
      ],
      'Exception in thread "main" java.lang.IllegalStateException: no config',
    ],
    ['a program of few words', ['starting', 'bye'], 'bye'],
    ['nothing but frames', ['    at main (/app/server.js:40:3)'], 'at main (/app/server.js:40:3)'],
  ])('finds what is wrong in the log of %s', (_, log, line) => {
    expect(tellingLine(log)).toBe(line);
  });

  it('has nothing to say of an empty log', () => {
    expect(tellingLine([])).toBeUndefined();
  });
});

describe('diagnosisHeadline', () => {
  const cause = {
    rule: 'E2',
    object: { group: 'apps', kind: 'Deployment', namespace: 'production', name: 'web' },
    summary: "container 'web' crashed (exit code 1)",
    pods: { affected: 2, total: 2 },
  } as const;

  it('names object, container, exit code, pods and the line that tells', () => {
    expect(
      diagnosisHeadline({ cause, log: ['Error: no database', '    at main (/app/server.js:40:3)'] }),
    ).toBe(
      "Deployment.apps production/web: container 'web' crashed (exit code 1) in 2 of 2 new pods: Error: no database",
    );
  });
});

describe('logTail', () => {
  it('keeps the last twenty lines and leaves blank ones out', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    expect(logTail(lines.join('\n\n'))).toEqual(lines.slice(10));
  });

  it('keeps at most 4 KiB', () => {
    expect(logTail(Array.from({ length: 20 }, () => 'x'.repeat(1000)).join('\n'))).toHaveLength(4);
  });

  it('cuts a single line that is longer than that', () => {
    expect(logTail('x'.repeat(10_000))).toEqual([`${'x'.repeat(1000)}…`]);
  });
});
