import type { Fault } from '../../src/simulator/index.ts';
import type { Part } from './excerpt.ts';

/** A line for a shell, the exit code it must end with, and the parts of its output that are shown (default: all). */
export interface Command {
  readonly line: string;
  readonly code: number;
  readonly keep?: readonly Part[];
}

/** Commands, one after the other, in one folder and against one simulator. */
export interface Scene {
  /** Name of its place in a page. */
  readonly name: string;
  readonly commands: readonly Command[];
  readonly faults?: readonly Fault[];
  /** Environment files for the scene's simulator: name → values that differ from the committed one. */
  readonly environments?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Other files: name → text. */
  readonly files?: Readonly<Record<string, string>>;
}

const users = Array.from({ length: 24 }, (_, index) => `user${index + 1},user${index + 1}@example.com\n`);
const provision =
  'npm run tutorial -- --environment my.json --data users.csv --results users.ndjson --concurrency 8 --rate 50';
/** The summary of a run with iterations: steps, checks, iterations. */
const summary: Part = { from: /^[✓✗] \d+ steps: /, before: /^$/ };

/** The pages that show transcripts. */
export const transcriptPages = ['README.md', 'src/run/README.md'];

/** What they show. */
export const scenes: readonly Scene[] = [
  {
    name: 'tutorial',
    commands: [
      {
        line: 'npm run tutorial',
        code: 0,
        keep: [
          { from: /^No credentials/, before: /^✓ Step 2/ },
          { from: /^✓ Step 6/, before: /^What to do next/ },
        ],
      },
    ],
  },
  {
    name: 'wrong-secret',
    environments: { 'my.json': { adminAppSecret: 'a-secret-that-was-rotated' } },
    commands: [
      {
        line: 'npm run tutorial -- --environment my.json',
        code: 1,
        keep: [{ from: /^✗ Step 1/, before: /^- Step 3/ }, { from: /^✗ 6 steps/ }],
      },
    ],
  },
  {
    name: 'lost-answer',
    environments: { 'my.json': {} },
    faults: [{ match: { step: 3, attempt: 1 }, do: { kind: 'reset-after-processing' } }],
    commands: [
      {
        line: 'npm run tutorial -- --environment my.json --cleanup always',
        code: 0,
        keep: [{ from: /^↻ Step 3/, before: /^✓ Step 4/ }, { from: /^✓ removed/ }],
      },
    ],
  },
  {
    name: 'users',
    environments: { 'my.json': {} },
    files: { 'users.csv': `username,email\n${users.join('')}` },
    faults: [{ match: { step: 6, attempt: 7 }, do: { kind: 'status', status: 400 } }],
    commands: [
      { line: 'head -3 users.csv', code: 0 },
      { line: provision, code: 1, keep: [{ from: /^✗ Iteration/, before: /^ {0,3}\S|^$/ }, summary] },
      { line: `grep -v '"status":"passed"' users.ndjson | cut -d, -f 1-3`, code: 0 },
      { line: `${provision} --resume`, code: 0, keep: [summary] },
      { line: `grep -c '"status":"passed"' users.ndjson`, code: 0 },
    ],
  },
];
