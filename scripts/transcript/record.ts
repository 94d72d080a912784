import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSimulator, DEFAULT_PORT } from '../../src/simulator/index.ts';
import { excerpt } from './excerpt.ts';
import { type Command, type Scene, scenes } from './scenes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs the commands of every scene with the program as it was built, each scene in an empty folder and against a simulator of its
 * own, and gives what the terminal shows: commands after `$ `, standard error and output in the order in which they come, without
 * colours. Nothing of the person is read: no `.env`, no OS variables of PingOne, no ledger. Throws when a program ends with
 * another exit code than its scene says, or a part that is to be shown is not there.
 */
export async function recordAll(): Promise<ReadonlyMap<string, string>> {
  const texts = await Promise.all(scenes.map(async (scene) => [scene.name, await record(scene)] as const));
  return new Map(texts);
}

async function record(scene: Scene): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pingone-tutorial-transcript-'));
  const server = await createSimulator({ faults: scene.faults ?? [] }).listen();
  try {
    for (const [name, replacements] of Object.entries(scene.environments ?? {}))
      await writeFile(join(folder, name), await environmentFile(server.url, replacements));
    for (const [name, text] of Object.entries(scene.files ?? {})) await writeFile(join(folder, name), text);
    const shown: string[] = [];
    for (const command of scene.commands) shown.push(await call(command, folder));
    return shown.join('\n\n');
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The committed environment for the simulator, with its address and with values replaced. */
async function environmentFile(url: string, values: Readonly<Record<string, string>>): Promise<string> {
  const committed = await readFile(join(root, 'environments/simulator.postman_environment.json'), 'utf8');
  const environment = JSON.parse(committed.replaceAll(`http://127.0.0.1:${DEFAULT_PORT}`, url)) as {
    values: { key: string; value: string }[];
  };
  for (const entry of environment.values) entry.value = values[entry.key] ?? entry.value;
  return JSON.stringify(environment);
}

async function call({ line, code, keep }: Command, folder: string): Promise<string> {
  const child = spawn('sh', ['-c', `exec 2>&1\n${withProgram(line)}`], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: join(folder, 'state'), COLUMNS: '80' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const output = Buffer.concat(chunks).toString().trimEnd().replaceAll(root, '');
  if (ended !== code) throw new Error(`"${line}" ended with ${ended}, not with ${code}:\n${output}`);
  return `$ ${line}\n${keep ? excerpt(output, keep) : output}`;
}

/** `npm run tutorial -- …` is the program of this clone; the folder is another one here. */
function withProgram(line: string): string {
  const program = `'${process.execPath}' '${join(root, 'dist/cli/bin.js')}' run`;
  return line.replace(/^npm run tutorial( --)?/, program);
}
