import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slow } from '../slow.ts';
import { cli, type RunningSimulator, spawnCli, startSimulator, temporaryFolder } from './support.ts';

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const mounted: string[] = [];
beforeAll(async () => {
  target = await startSimulator();
  folder = await temporaryFolder();
});
afterAll(async () => {
  for (const disk of mounted) spawnSync('umount', [disk]);
  await target.close();
  await folder.remove();
});

/** A disk of so many bytes; undefined where none can be mounted, which is said. */
async function smallDisk(name: string, bytes: number): Promise<string | undefined> {
  const disk = join(folder.path, name);
  await mkdir(disk);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', disk]).status !== 0) return undefined;
  mounted.push(disk);
  return disk;
}

describe('on a disk that is full', slow, () => {
  const reports = ['json=x.json', 'html=x.html', 'ndjson=x.ndjson', 'terminal=x.txt', 'ctrf=x.ctrf'];
  it.each(reports)('the report %s is whole or not there, and the exit code says so', async (report) => {
    const disk = await smallDisk(report.replace(/\W/g, '-'), 4096);
    if (disk === undefined) return void console.log(`not run: no disk can be mounted here (${report})`);
    const [name, file] = report.split('=');
    const program = spawnCli([
      'run',
      '-e',
      target.environment,
      '-v',
      '--cleanup',
      'always',
      '-r',
      `${name}=${disk}/${file}`,
    ]);
    const { code, stderr } = await program.result;
    expect(stderr.match(/error: cannot write/g)).toHaveLength(1);
    expect(stderr).toContain('the disk is full; make room and try again');
    expect(code).toBe(4);
    expect(await readdir(disk)).toEqual([]);
  });

  it('a summary that others have begun gets all of the report, or nothing', async () => {
    const disk = await smallDisk('summary', 4096);
    if (disk === undefined) return void console.log('not run: no disk can be mounted here (a summary)');
    const summary = join(disk, 'summary.md');
    const before = 'x'.repeat(3500);
    await writeFile(summary, before);
    const argv = ['run', '-e', target.environment, '--cleanup', 'always', '-r', 'github'];
    const result = await cli(argv, { osVariables: { GITHUB_STEP_SUMMARY: summary } });
    expect(result.stderr).toContain(`cannot write ${summary}: the disk is full`);
    expect(result.code).toBe(4);
    expect(await readFile(summary, 'utf8')).toBe(before);
  });

  it('an earlier file stays as it was', async () => {
    const disk = await smallDisk('earlier', 8192);
    if (disk === undefined) return void console.log('not run: no disk can be mounted here (an earlier file)');
    const file = join(disk, 'x.xml');
    const argv = ['run', '-e', target.environment, '--cleanup', 'always', '-r', `junit=${file}`];
    expect((await spawnCli(argv).result).code).toBe(0);
    const before = await readFile(file, 'utf8');
    const html = await spawnCli([...argv.slice(0, -1), `html=${file}`]).result;
    expect(html.code).toBe(4);
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await readdir(disk)).toEqual(['x.xml']);
  });
});
