import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { defaultCredentials } from '../../src/simulator/index.ts';
import { cli, type RunningSimulator, startSimulator, temporaryFolder } from './support.ts';

/** OS variables that Ping's own tools read: accepted, and never used unnoticed. */

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  target = await startSimulator();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await target.close();
  await folder.remove();
});

const others = () => ({
  PINGONE_ENVIRONMENT_ID: defaultCredentials.adminEnvID,
  PINGONE_CLIENT_ID: defaultCredentials.adminAppID,
  PINGONE_CLIENT_SECRET: defaultCredentials.adminAppSecret,
  PINGONE_AUTH_PATH: target.url,
  PINGONE_API_PATH: target.url,
  XDG_STATE_HOME: folder.path,
});
const argv = ['run', '--only', '1', '--engine', 'direct'];

/** A run at a terminal, where somebody types this. */
async function atTerminal(typed: string, more: readonly string[] = []) {
  let stderr = '';
  const code = await main([...argv, ...more], {
    stdout: { isTTY: true, write: () => {} },
    stderr: {
      isTTY: true,
      write: (text) => {
        stderr += text;
      },
    },
    stdin: { isTTY: true, stream: Readable.from([typed]) },
    osVariables: others(),
    cwd: folder.path,
    signal: new AbortController().signal,
  });
  return { code, stderr };
}

describe('credentials that were set for another program', () => {
  it('are used, and shown with where they come from', async () => {
    const { code, stdout, stderr } = await cli(argv, { osVariables: others(), cwd: folder.path });
    expect(stdout).toContain('1 step: 1 passed');
    expect(stderr).toContain(
      `Against ${target.url}, with adminEnvID from the OS variable PINGONE_ENVIRONMENT_ID, adminAppID from the OS variable PINGONE_CLIENT_ID, adminAppSecret from the OS variable PINGONE_CLIENT_SECRET.\n`,
    );
    expect(code).toBe(0);
  });

  it('are asked for at a terminal', async () => {
    const before = target.simulator.history().length;
    const refused = await atTerminal('\n');
    expect(refused.stderr).toContain('These were set for another program. Use them? [y/N] ');
    expect(stripVTControlCharacters(refused.stderr)).toContain(
      'error: nothing was sent. For the simulator, give --simulator',
    );
    expect(refused.code).toBe(2);
    expect(target.simulator.history().length).toBe(before);
    expect((await atTerminal('y\n')).code).toBe(0);
  });

  it('are not asked for when the person said so', async () => {
    const { code, stderr } = await atTerminal('', ['--no-simulator']);
    expect(stderr).not.toContain('[y/N]');
    expect(code).toBe(0);
  });

  it('come last, and give the region in the words of each tool', async () => {
    const regionOf = async (osVariables: Readonly<Record<string, string>>) => {
      const { stdout } = await cli(['run', '--only', '1', '--dry-run'], {
        osVariables: { PINGONE_ENVIRONMENT_ID: defaultCredentials.adminEnvID, ...osVariables },
        cwd: folder.path,
      });
      return /auth\.pingone\.([a-z.]+)/.exec(stdout)?.[1];
    };
    expect(await regionOf({ PINGONE_REGION_CODE: 'AU' })).toBe('com.au');
    expect(await regionOf({ PINGONE_ROOT_DOMAIN: 'pingone.eu' })).toBe('eu');
    expect(await regionOf({ PINGONE_TLD: 'ca', PINGONE_REGION_CODE: 'AU' })).toBe('ca');
    expect(await regionOf({ PINGONE_REGION_CODE: 'XX' })).toBe('com');
  });
});
