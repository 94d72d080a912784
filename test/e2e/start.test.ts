import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { optimizations } from '../../src/start/optimizations.ts';
import { slow } from '../slow.ts';
import { copyCollection, root, spawnProgram, temporaryFolder } from './support.ts';

/** The program as it is built, started in each way that it can be. */

const bin = join(root, 'dist/cli/bin.js');
const ways = [
  { way: 'from the bundle', osVariables: {} },
  { way: 'from its modules', osVariables: { PINGONE_TUTORIAL_WITHOUT: 'all' } },
] as const;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

let caches = 0;
function newCache(): { readonly XDG_CACHE_HOME: string } {
  caches += 1;
  const path = join(folder.path, `cache-${caches}`);
  mkdirSync(path);
  return { XDG_CACHE_HOME: path };
}

function run(
  argv: readonly string[],
  osVariables: Readonly<Record<string, string>> = {},
  program = bin,
  flags: readonly string[] = [],
) {
  return spawnProgram(process.execPath, [...flags, program, ...argv], { osVariables }).result;
}

/** The result with the same in the place of all that differs between two runs. */
function comparable(report: string): unknown {
  const words = new Map<string, string>();
  const text = report
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      if (!words.has(id)) words.set(id, `id-${words.size}`);
      return words.get(id) ?? '';
    })
    .replace(/127\.0\.0\.1:\d+/g, 'host')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replace(/(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} [\d:]+ GMT/g, 'date')
    .replace(/\d{8}T\d{6}-[0-9a-z]+/g, 'run');
  return JSON.parse(text, (key, value) =>
    typeof value === 'number' && /ms$|^(bytes|dns|connect|tls|wait|firstByte|download|exp|iat)$/i.test(key) ? 0 : value,
  );
}

describe('the program', () => {
  it('gives the same result with every optimization and with none', slow, async () => {
    const cache = newCache();
    const argv = ['run', '--simulator', '--cleanup', 'always', '--quiet', '--reporter', 'json'];
    const results = [];
    // The second time with all of them, everything is taken from the cache.
    for (const osVariables of [ways[1].osVariables, cache, cache]) {
      const { code, stdout, stderr } = await run(argv, osVariables);
      expect(stderr.replace(/127\.0\.0\.1:\d+/, 'host')).toContain('Using the PingOne simulator at http://host');
      expect(code).toBe(0);
      results.push(comparable(stdout));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  let shared: ReturnType<typeof newCache>;
  beforeAll(() => {
    shared = newCache();
  });
  async function passWithout(optimization: string): Promise<void> {
    const { code, stderr } = await run(['run', '--simulator', '--quiet'], {
      ...shared,
      PINGONE_TUTORIAL_WITHOUT: optimization,
    });
    expect(stderr.split('\n').slice(1).join('')).toBe('');
    expect(code).toBe(0);
  }
  const chosen = process.env.START_OPTIMIZATIONS === 'all' ? optimizations : optimizations.slice(0, 2);
  for (const optimization of chosen) it(`passes without ${optimization}`, slow, () => passWithout(optimization));

  it('keeps its caches under the flags of V8 that it runs with', slow, async () => {
    const cache = newCache();
    const kept = () => readdirSync(join(cache.XDG_CACHE_HOME, 'pingone-tutorial')).sort();
    const run256 = () =>
      run(['run', '--simulator', '--quiet'], cache, bin, ['--max-old-space-size=256', '--max-semi-space-size=4']);
    await run(['run', '--simulator', '--quiet'], cache);
    const plain = kept();
    expect(plain.map((name) => name.split('-')[0])).toEqual(['code', 'code', 'definition', 'sandbox', 'yaml']);
    for (let time = 0; time < 2; time += 1) expect((await run256()).code).toBe(0);
    const kinds = ['code', 'code', 'code', 'code', 'definition', 'sandbox', 'sandbox', 'yaml'];
    expect(kept().map((name) => name.split('-')[0])).toEqual(kinds);
    await run(['run', '--simulator', '--quiet'], cache);
    expect(kept()).toHaveLength(8);
  });

  it('works with a cache that is broken, and with one that it must not use', slow, async () => {
    const cache = newCache();
    const kept = join(cache.XDG_CACHE_HOME, 'pingone-tutorial');
    await run(['run', '--simulator', '--quiet'], cache);
    for (const name of readdirSync(kept)) writeFileSync(join(kept, name), 'nonsense');
    expect((await run(['run', '--simulator', '--quiet'], cache)).code).toBe(0);
    rmSync(kept, { recursive: true });
    mkdirSync(kept);
    chmodSync(kept, 0o755);
    expect((await run(['run', '--simulator', '--quiet'], cache)).code).toBe(0);
    expect(readdirSync(kept)).toEqual([]);
  });

  it('works without a bundle, and with one that is broken, and says nothing of it', slow, async () => {
    const copy = join(folder.path, 'package');
    mkdirSync(join(copy, 'src/cli'), { recursive: true });
    for (const name of ['dist', 'collections', 'package.json'])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const program = join(copy, 'dist/cli/bin.js');
    const want = await run(['validate', join(copy, 'collections/create-a-test-environment')]);
    for (const broken of ['throw new Error("broken")', 'not JavaScript', '']) {
      writeFileSync(join(copy, 'dist/bundle/program.cjs'), broken);
      expect(await run(['validate', join(copy, 'collections/create-a-test-environment')], newCache(), program)).toEqual(
        want,
      );
    }
    rmSync(join(copy, 'dist/bundle'), { recursive: true });
    expect(await run(['validate', join(copy, 'collections/create-a-test-environment')], newCache(), program)).toEqual(
      want,
    );
    expect((await run(['run', '--simulator', '--quiet'], newCache(), program)).code).toBe(0);
  });
});

// From its modules in `npm run test:long` only: "passes without bundle" is a run from them.
const tried = process.env.START_OPTIMIZATIONS === 'all' ? ways : ways.slice(0, 1);

describe.each(tried)('started $way, the program', slow, ({ osVariables }) => {
  it.each([[['--help']], [['run', '--help']], [['--version']], [['validate']], [['compile', '--check']]])(
    'does not load Newman for %j',
    async (argv) => {
      const { code, loaded } = await loadedBy(argv, osVariables);
      expect(code).toBe(0);
      expect(loaded.filter((name) => /^(newman|postman-runtime|postman-sandbox|uvm)$/.test(name))).toEqual([]);
    },
  );

  it('loads Newman for run', async () => {
    const { loaded } = await loadedBy(['run', '--simulator', '--quiet'], osVariables);
    expect(loaded).toEqual(expect.arrayContaining(['newman', 'postman-runtime', 'postman-sandbox']));
  });

  it('writes the same help and version', async () => {
    for (const argv of [['--help'], ['--version'], ['run', '--help'], ['nonsense'], []])
      expect(await run(argv, osVariables)).toEqual(await run(argv));
  });

  it('finds what belongs to the package: collections, starter, version', async () => {
    const started = join(folder.path, `started-${Math.random()}`);
    expect((await run(['init', started], osVariables)).code).toBe(0);
    expect((await run(['compile', '--check'], osVariables)).stdout).toContain('are up to date');
  });

  it('heeds no options that a person has for Newman itself', async () => {
    const home = join(folder.path, `home-${Math.random()}`);
    mkdirSync(join(home, '.postman'), { recursive: true });
    writeFileSync(
      join(home, '.postman/newmanrc'),
      JSON.stringify({ reporters: ['cli'], iterationCount: 2, folder: 'Clean-up', bail: true }),
    );
    const { code, stdout } = await run(['run', '--simulator'], { ...osVariables, HOME: home });
    expect(code).toBe(0);
    expect(stdout.match(/✓ Step 1/g)).toHaveLength(1);
    expect(stdout).toContain('6 steps: 6 passed');
    expect(stdout).not.toContain('newman');
  });

  it("lets a script's own timers come in their order", async () => {
    const own = await copyCollection(join(folder.path, `timers-${Math.random()}`), {
      '2-read-licenses.yaml': [
        '\nrequest:',
        `
scripts:
  test: |
    const order = [];
    const began = Date.now();
    setTimeout(() => {
      const late = Date.now() - began;
      pm.test('timers: ' + order.join(' ') + (late >= 29 ? ' late' : ' at once'), () => {});
    }, 30);
    setTimeout(() => order.push('timeout'), 0);
    setImmediate(() => order.push('immediate'));
    Promise.resolve().then(() => order.push('promise'));
    order.push('now');
request:`,
      ],
    });
    const { code, stdout } = await run(['run', own, '--simulator', '--verbose'], osVariables);
    expect(code).toBe(0);
    expect(stdout).toMatch(/timers: now promise (timeout immediate|immediate timeout) late/);
  });
});

it('ends a script that never ends, in both ways', slow, async () => {
  const own = await copyCollection(join(folder.path, 'endless'), {
    '2-read-licenses.yaml': ['\nrequest:', '\nscripts:\n  test: while (true) {}\nrequest:'],
  });
  const ended = ways.map(({ osVariables }) => run(['run', own, '--simulator'], osVariables));
  for (const { code, stdout } of await Promise.all(ended)) {
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/Step 2.+(failed|error)|✗ Step 2/);
    expect(stdout).toContain('not reached');
  }
});

/** What only these packages say: the bundle has no other names of them. */
const said: Readonly<Record<string, string>> = {
  newman: 'cookieJar must be a path to a JSON file',
  'postman-runtime': 'runcursor: seeking out of bounds',
  'postman-sandbox': 'sandbox: execution interrupted',
};

const bundleText = readFileSync(join(root, 'dist/bundle/newman.cjs'), 'utf8');

/** The packages that a run loads: by the files, and in the bundle by whether the module that says something was begun. */
async function loadedBy(argv: readonly string[], osVariables: Readonly<Record<string, string>>) {
  const coverage = mkdtempSync(join(folder.path, 'coverage-'));
  const { code } = await run(argv, { ...osVariables, NODE_V8_COVERAGE: coverage });
  const scripts = readdirSync(coverage).flatMap(
    (file) => (JSON.parse(readFileSync(join(coverage, file), 'utf8')) as { result: ScriptCoverage[] }).result,
  );
  const names = scripts.flatMap(({ url }) => /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(url)?.[1] ?? []);
  const bundled = scripts.filter(({ url }) => url.endsWith('newman.cjs'));
  const begun = Object.entries(said).filter(([, text]) => bundled.some((script) => isBegun(script, text)));
  return { code, loaded: [...new Set([...names, ...begun.map(([name]) => name)])] };
}

/** Whether the module around a text was begun: the function around it within the bundle's own. */
function isBegun({ functions }: ScriptCoverage, text: string): boolean {
  const at = bundleText.indexOf(text);
  expect(at, text).toBeGreaterThan(0);
  const around = functions
    .flatMap(({ ranges: [range] }) => (range && range.startOffset <= at && at < range.endOffset ? [range] : []))
    .sort((one, other) => other.endOffset - other.startOffset - (one.endOffset - one.startOffset));
  // The script, the bundle's function, then the module.
  return (around[2]?.count ?? 0) > 0;
}

interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly { readonly count: number; readonly startOffset: number; readonly endOffset: number }[];
  }[];
}
