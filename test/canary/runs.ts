import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { main } from '../../src/cli/main.ts';
import type { Secrets } from '../../src/run/secrets/redact.ts';
import { createSimulator, defaultCredentials, type Fault } from '../../src/simulator/index.ts';
import { defaultSeed } from '../../src/simulator/state/default-seed.ts';
import type { SimulatorSeed } from '../../src/simulator/state/seed.ts';
import { root } from '../e2e/support.ts';
import { everythingIn, type Written } from './search.ts';
import { type Seen, tap } from './wire.ts';

/** Runs of the program with marked secrets, with everything that they write. */

export const reporterNames = ['terminal', 'junit', 'json', 'ndjson', 'ctrf', 'html', 'markdown', 'github'] as const;

/** How much is told, by name. */
export const verbosities: Readonly<Record<string, readonly string[]>> = {
  normal: [],
  quiet: ['--quiet'],
  'failures-only': ['--failures-only'],
  verbose: ['--verbose'],
  'debug-http': ['--debug-http', '--verbose'],
};

/** Characters that some encoder or pattern treats in a way of its own, and ordinary ones between them. */
const awkwardCharacter = fc.constantFrom(
  ...String.raw`"'\/<>&%+=?#:;,.*^$()[]{}|!~-_@ é`,
  ...['ü', '€', '😀', '\u2028', '&amp;', '%22', '\\n', '$&', '{{', '%%', '\\\\', 'a', '0'],
);

/** A secret with a mark at its beginning and at its end, and awkward characters between them. */
export const awkwardSecret: fc.Arbitrary<MarkedSecret> = fc
  .array(awkwardCharacter, { maxLength: 24 })
  .map((characters) => characters.join(''))
  // Postman fills in what is between double braces: with those at the end of one in another, no secret would be a value.
  .filter((middle) => !middle.includes('}}'))
  .map(markedSecret);

export interface MarkedSecret {
  readonly value: string;
  /** What must not be found: the whole, and the marks. */
  readonly parts: readonly string[];
}

export function markedSecret(middle: string): MarkedSecret {
  const [head, tail] = [`Ca${randomBytes(8).toString('hex')}`, `${randomBytes(8).toString('hex')}Ry`];
  const value = `${head}${middle}${tail}`;
  return { value, parts: [value, head, tail] };
}

/** What a run is done with. */
export interface CanaryRun {
  readonly clientSecret: MarkedSecret;
  /** Folder of the collection. */
  readonly collection: string;
  /** Other secrets: values of the environment file by name, with what must not be found of them. */
  readonly others: Readonly<Record<string, MarkedSecret>>;
  /** Secrets that answers hold because of a fault. */
  readonly answered?: Readonly<Record<string, MarkedSecret>>;
  readonly faults: readonly Fault[];
  readonly argv: readonly string[];
  readonly osVariables?: Readonly<Record<string, string>>;
  /** A process of its own, or this one. */
  readonly process: 'own' | 'this';
  /** Of a simulator that is there already. Default: one of its own. */
  readonly port?: number;
  /** Arguments for node, before the program. */
  readonly node?: readonly string[];
  /** In this process only: what redacts. */
  readonly secrets?: Secrets;
}

export interface CanaryResult {
  readonly code: number | null;
  readonly written: readonly Written[];
  readonly canaries: ReadonlyMap<string, readonly string[]>;
  readonly seen: Seen;
}

/** Runs the program against a simulator of its own, and collects what it wrote anywhere in `folder`. */
export async function runCanary(run: CanaryRun, folder: string): Promise<CanaryResult> {
  const { clientSecret, others } = run;
  const seed = JSON.stringify(defaultSeed()).replaceAll(JSON.stringify(defaultCredentials.adminAppSecret), () =>
    JSON.stringify(clientSecret.value),
  );
  const simulator = createSimulator({ seed: JSON.parse(seed) as SimulatorSeed, faults: run.faults });
  const listening = await simulator.listen();
  const id = defaultCredentials.adminAppID;
  // The simulator decodes what Basic authentication carries (RFC 6749, 2.3.1); Newman sends it as it is.
  const wire = await tap(run.port ?? listening.port, {
    from: basicOf(id, clientSecret.value),
    to: basicOf(id, encodeURIComponent(clientSecret.value)),
  });
  const home = join(folder, 'home');
  const given = join(folder, 'given');
  mkdirSync(join(home, 'work'), { recursive: true });
  mkdirSync(given);
  const environment = join(given, 'environment.json');
  const values = {
    authPath: wire.url,
    apiPath: `${wire.url}/v1`,
    adminEnvID: defaultCredentials.adminEnvID,
    adminAppID: defaultCredentials.adminAppID,
    adminAppSecret: clientSecret.value,
    ...Object.fromEntries(Object.entries(others).map(([name, { value }]) => [name, value])),
  };
  writeFileSync(
    environment,
    JSON.stringify({ values: Object.entries(values).map(([key, value]) => ({ key, value })) }),
  );
  const argv = [
    'run',
    run.collection,
    '--environment',
    environment,
    '--timeout-request',
    '0.7',
    '--retries',
    '1',
    '--max-wait',
    '0.05',
    ...run.argv,
  ];
  const osVariables = {
    HOME: home,
    TMPDIR: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    ...run.osVariables,
  };
  try {
    const { code, streams } = await (run.process === 'own'
      ? runProcess([...(run.node ?? []), join(root, 'dist/cli/bin.js'), ...argv], osVariables, join(home, 'work'))
      : runHere(argv, osVariables, join(home, 'work'), run.secrets));
    const seen = wire.seen();
    return { code, written: [...streams, ...everythingIn(home)], canaries: canariesOf(run, seen), seen };
  } finally {
    await listening.close();
    await wire.close();
  }
}

async function runProcess(argv: readonly string[], osVariables: Record<string, string>, cwd: string) {
  const child = spawn(process.execPath, argv, {
    cwd,
    env: { PATH: process.env.PATH, ...osVariables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const argumentLists: Buffer[] = [];
  // What other programs can read of it, as soon as it is there and later.
  const look = () => {
    if (process.platform === 'linux') argumentLists.push(readFileSync(`/proc/${child.pid}/cmdline`));
  };
  child.on('spawn', look);
  child.stdout.once('data', look);
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return {
    code,
    streams: [
      { place: 'standard output', bytes: Buffer.concat(stdout) },
      { place: 'standard error', bytes: Buffer.concat(stderr) },
      { place: 'the argument list', bytes: Buffer.concat(argumentLists) },
    ],
  };
}

async function runHere(
  argv: readonly string[],
  osVariables: Record<string, string>,
  cwd: string,
  secrets: Secrets | undefined,
) {
  const texts = { stdout: '', stderr: '' };
  const output = (name: keyof typeof texts) => ({
    isTTY: false,
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const code = await main(argv, {
    stdout: output('stdout'),
    stderr: output('stderr'),
    osVariables,
    cwd,
    signal: new AbortController().signal,
    ...(secrets && { secrets }),
  });
  return {
    code,
    streams: [
      { place: 'standard output', bytes: Buffer.from(texts.stdout) },
      { place: 'standard error', bytes: Buffer.from(texts.stderr) },
    ],
  };
}

function basicOf(name: string, password: string): string {
  return Buffer.from(`${name}:${password}`).toString('base64');
}

/** Everything of a run that must not be found. */
function canariesOf(
  { clientSecret, others, answered }: CanaryRun,
  { basic, tokens, passwords }: Seen,
): Map<string, readonly string[]> {
  return new Map<string, readonly string[]>([
    ['client secret', clientSecret.parts],
    ['Basic pair', [...basic, basicOf(defaultCredentials.adminAppID, clientSecret.value)]],
    ...Object.entries({ ...others, ...answered }).map(([name, { parts }]): [string, readonly string[]] => [
      name,
      parts,
    ]),
    ...[...tokens].map((token, index): [string, readonly string[]] => [`access token ${index + 1}`, piecesOf(token)]),
    ...[...passwords].map((password, index): [string, readonly string[]] => [
      `password ${index + 1}`,
      [password, password.slice(0, 12), password.slice(-12)],
    ]),
  ]);
}

/** Pieces of a token behind its header, which is the same in all: of the claims and of the signature, as far as they came. */
function piecesOf(token: string): string[] {
  const [, claims = '', signature = ''] = token.split('.');
  return [claims.slice(0, 24), claims.slice(-24), signature.slice(0, 24), signature.slice(-24)].filter(
    (piece) => piece.length === 24,
  );
}
