import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const launcher = fileURLToPath(new URL('../../../cli/bin/tidegate.mjs', import.meta.url));

/** Makes Node say that it is older than it is, before the launcher looks. */
const pretendNode20 = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.19.0'})`;

describe('tidegate.mjs', () => {
  it('runs the command line in a Node that can', () => {
    const { status, stdout } = spawnSync(process.execPath, [launcher, '--version'], { encoding: 'utf8' });
    expect([status, stdout.trim()]).toEqual([0, '0.1.0']);
  });

  it('hands over to the Node that the package brings, and passes the exit code on', () => {
    const args = ['--import', pretendNode20, launcher, 'pus'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('Did you mean push?');
  });

  it('says what is missing when there is no such Node', () => {
    const elsewhere = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.19.0'});Object.defineProperty(process,'arch',{value:'s390x'})`;
    const args = ['--import', elsewhere, launcher, '--version'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(7);
    expect(stderr).toContain('Install Node 24');
  });
});
