import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exitCodeMeanings, exitCodes } from '../../../cli/exit-codes.ts';
import { run } from '../../../cli/run.ts';
import { collectedWorld } from './collected-world.ts';
import { temporaryFolder } from './temporary-folder.ts';

const project = fileURLToPath(new URL('../../../', import.meta.url));
/** No region, no profile files, no instance metadata: AWS cannot be reached. */
const noAws = { AWS_EC2_METADATA_DISABLED: 'true' };

describe('run', () => {
  it.each([
    { args: ['pus'], message: 'Did you mean push?' },
    { args: ['push'], message: "missing required argument 'bundle'" },
    { args: ['promote', 'hello', '0', '--environment', 'x'], message: 'must be a whole number from 1' },
    { args: ['promote', 'hello', '2'], message: "required option '--environment <name>'" },
    { args: ['bundle', '.'], message: "required option '-o, --output <file>'" },
    { args: ['follow', 'hello', '1', '2'], message: 'too many arguments' },
    { args: ['local', 'up', '--port', '70000'], message: '0 to 65535' },
    { args: ['push', '.', '--timeout', 'soon'], message: 'a number of seconds' },
    { args: ['status', '--target', 'azure'], message: 'target "azure" is unknown' },
    { args: ['status', '--local', '--stack', 'x'], message: '--stack is for AWS' },
    {
      args: ['reject', 'hello', '2', '--environment', 'production'],
      message: '--comment is needed to reject',
    },
  ])('takes $args for a wrong command line', async ({ args, message }) => {
    const { world, stdout, stderr } = collectedWorld(project, noAws);
    expect(await run(args, world)).toBe(exitCodes.usage);
    expect(stderr.text).toContain(message);
    expect(stdout.text).toBe('');
  });

  it('prints help on stdout and ends well', async () => {
    const { world, stdout } = collectedWorld(project);
    expect(await run(['local', 'invoke', '--help'], world)).toBe(exitCodes.ok);
    expect(stdout.text).toContain('$ tidegate local invoke StartRelease -e events/start-release.json');
  });

  it('says that no laptop cloud runs', async () => {
    const { world, stderr } = collectedWorld(await temporaryFolder());
    expect(await run(['mail', '--local'], world)).toBe(exitCodes.unreachable);
    expect(stderr.text).toContain('start one with "tidegate local up"');
  });

  it('says so in JSON, too', async () => {
    const { world, stdout } = collectedWorld(await temporaryFolder());
    expect(await run(['local', 'status', '--json'], world)).toBe(exitCodes.unreachable);
    expect(JSON.parse(stdout.text)).toMatchObject({ running: false });
  });

  it('refuses a folder that is no bundle before anything is asked of a cloud', async () => {
    const { world, stderr } = collectedWorld(await temporaryFolder({ 'a.txt': '' }));
    expect(await run(['bundle', '.', '-o', 'a.zip'], world)).toBe(exitCodes.failed);
    expect(stderr.text).toContain('has no tidegate.yaml');
  });

  it('tells errors as JSON on stdout and as text on stderr', async () => {
    const { world, stdout, stderr } = collectedWorld(await temporaryFolder());
    expect(await run(['bundle', 'nowhere', '-o', 'a.zip', '--json'], world)).toBe(exitCodes.failed);
    expect(JSON.parse(stdout.text)).toMatchObject({ exitCode: 1, error: { name: 'RefusedError' } });
    expect(stderr.text).toContain('cannot be read (ENOENT)');
  });

  it('reports a cloud.json that is none', async () => {
    const folder = await temporaryFolder({ '.tidegate/local/cloud.json': '{"pid": 1}' });
    const { world, stderr } = collectedWorld(folder);
    expect(await run(['status'], world)).toBe(exitCodes.unreachable);
    expect(stderr.text).toContain('does not describe a laptop cloud');
  });
});

describe('docs/cli.md', () => {
  it('has the table of exit codes', async () => {
    const text = await readFile(join(project, 'docs/cli.md'), 'utf8');
    for (const [name, code] of Object.entries(exitCodes)) {
      expect(text).toContain(`| ${code} | ${exitCodeMeanings[name as keyof typeof exitCodes]} |`);
    }
  });

  it('names every command', async () => {
    const text = await readFile(join(project, 'docs/cli.md'), 'utf8');
    const { createProgram } = await import('../../../cli/program/program.ts');
    const program = createProgram(async () => {}, '0.0.0');
    const paths = program.commands.flatMap((command) =>
      command.commands.length === 0
        ? [command.name()]
        : command.commands.map((child) => `${command.name()} ${child.name()}`),
    );
    for (const path of paths) expect(text).toContain(`\`tidegate ${path}`);
  });
});
