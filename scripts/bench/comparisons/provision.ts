import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paragraph } from '../../../src/report/text/mdast.ts';
import { oncePerRun } from '../arrivals.ts';
import { figuresOf } from '../figures.ts';
import { lacks } from '../goal.ts';
import { type Contestant, interleaved } from '../rounds.ts';
import { figuresTable, type Section } from '../section.ts';
import { type BenchOptions, collectionFolder, environmentFor, withSetting } from '../setting.ts';
import { exitProblems } from '../tool.ts';
import { bareCommand } from '../tools/bare.ts';
import { knows, ownOutput, ownProgram } from '../tools/own.ts';

const lanes = 16;

/**
 * Users from a CSV file, each with a password: time and memory, beside a loop that sends the same requests. That each user is there once,
 * whatever goes wrong, the tests prove.
 */
export async function provision(options: BenchOptions): Promise<Section> {
  const { quick, log, rounds = 1 } = options;
  const users = quick ? 200 : 10_000;
  const folder = await mkdtemp(join(options.folder, 'provision-'));
  const help = await ownOutput(['run', '--help'], folder);
  const missing = ['--data', '--concurrency'].find((option) => !knows(help, option));
  if (missing !== undefined) return { blocks: [paragraph(`Not available: ${lacks(missing)}.`)], goals: [] };
  const data = join(folder, 'users.csv');
  const emails = Array.from({ length: users }, (_, index) => `user-${String(index + 1).padStart(5, '0')}@example.com`);
  await writeFile(data, `${['email', ...emails].join('\n')}\n`);
  return withSetting([], {}, options, async ({ simulator, definition }) => {
    const environment = join(folder, 'bench.postman_environment.json');
    await writeFile(environment, await environmentFor(simulator.url));
    const values = ['--environment', environment, '--data', data];
    const contestant = (name: string, command: Contestant['command']): Contestant => ({
      name,
      arrivals: oncePerRun(users),
      command,
      problems: async (measured) => exitProblems(measured),
    });
    const own = (engine: string) =>
      contestant(`pingone-tutorial run --engine ${engine}`, async () => ({
        program: process.execPath,
        argv: [
          ownProgram,
          ...['run', collectionFolder, '-q', ...values],
          ...['--concurrency', String(lanes), '--engine', engine],
        ],
        cwd: folder,
        home: folder,
      }));
    const bare = contestant('bare node:http loop', () =>
      bareCommand({ folder, definition, url: simulator.url }, { flows: users, lanes, once: 4 }),
    );
    const contestants = [bare, own('direct'), own('newman')];
    const runs = await interleaved(contestants, simulator, { rounds, warmUps: 0, timeoutSeconds: 3600, onRun: log });
    const figures = figuresOf(runs);
    const perSecond = figures.map(
      ({ name, values: { wallSeconds } }) => `${name} ${(users / wallSeconds.median).toFixed(1)}`,
    );
    return {
      blocks: [
        paragraph(
          `${users.toLocaleString('en')} users, each with a password of its own, ${lanes} at a time. Users a second: ${perSecond.join(', ')}.`,
        ),
        figuresTable(figures),
      ],
      goals: [],
    };
  });
}
