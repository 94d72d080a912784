import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/**
 * Packs the package as it would be published, installs it into an empty folder and globally, and uses it as its users do:
 * `npm run check-package -- --node 22 --node 24` does so with other versions of Node as well (the npm package `node`).
 * Needs the npm registry or npm's cache. Says what it did and how large the package is; exits with 1 when anything failed.
 */

const execute = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const name = 'pingone-tutorial';
const { values: options } = parseArgs({ options: { node: { type: 'string', multiple: true, default: [] } } });
const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};
/** Development dependencies that no dependency needs. */
const developmentOnly = ['esbuild', 'newman-stock', 'playwright-core', 'tsx', 'typescript', 'vitest'];

/** What the person's machine gives, without what npm tells the scripts that it runs. */
const cleanEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([key]) => !/^(npm_|PINGONE_|INIT_CWD$|NODE_OPTIONS$)/i.test(key)),
);

async function call(program: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...cleanEnvironment, XDG_STATE_HOME: join(scratch, 'state') };
  try {
    return (await execute(program, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${[program, ...args].join(' ')} failed\n${stdout}${stderr}`, { cause: error });
  }
}

let failures = 0;
async function check(title: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
    console.log(`✓ ${title}`);
  } catch (error) {
    failures += 1;
    console.log(`✗ ${title}\n  ${(error instanceof Error ? error.message : String(error)).replaceAll('\n', '\n  ')}`);
  }
}

function expectText(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`expected ${JSON.stringify(part)} in:\n${text}`);
}

const scratch = await mkdtemp(join(tmpdir(), 'pingone-tutorial-package-'));
try {
  const tarball = await pack();
  await lint(tarball);
  const home = join(scratch, 'home');
  await mkdir(home);
  await writeFile(join(home, 'package.json'), '{ "private": true, "type": "module" }\n');
  await call('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], home);
  await describeInstallation(home);
  const useLocally = async () => {
    await useAsDependency(home);
    await useFromConsumer(home);
    for (const version of options.node) await useWithNode(home, version);
  };
  // Installing waits for the registry most of the time.
  await Promise.all([useLocally(), useGlobally(tarball)]);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
console.log(failures === 0 ? 'The package can be used' : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

async function pack(): Promise<string> {
  const [packed] = JSON.parse(await call('npm', ['pack', '--json', '--pack-destination', scratch], root)) as {
    filename: string;
    size: number;
    unpackedSize: number;
    entryCount: number;
  }[];
  if (!packed) throw new Error('npm pack packed nothing');
  const { filename, size, unpackedSize, entryCount } = packed;
  console.log(`${filename}: ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked, ${entryCount} files`);
  return join(scratch, filename);
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

async function lint(tarball: string): Promise<void> {
  const data = await readFile(tarball);
  await check('publint finds nothing', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: toArrayBuffer(data) }, strict: true });
    if (messages.length > 0) throw new Error(messages.map((message) => formatMessage(message, pkg)).join('\n'));
  });
  await check('the types are right for ES modules (Node and bundlers)', async () => {
    const result = await checkPackage(createPackageFromTarballData(data), {
      entrypoints: ['.'],
    });
    if (!result.types) throw new Error('there are no types');
    // The package is an ES module only: what `require` finds, and resolution from before `exports`, are not for it.
    const problems = result.problems.filter(
      (problem) => !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
    );
    if (problems.length > 0) throw new Error(JSON.stringify(problems, null, 2));
  });
}

function toArrayBuffer(data: Buffer): ArrayBuffer {
  return new Uint8Array(data).buffer;
}

async function describeInstallation(home: string): Promise<void> {
  const installed = (await call('npm', ['ls', '--all', '--parseable'], home)).trim().split('\n').slice(1);
  console.log(
    `installed: ${installed.length} packages (${Object.keys(dependencies).length} of them direct dependencies)`,
  );
  await check('no development dependency is installed, and nothing was built', async () => {
    const top = await readdir(join(home, 'node_modules'));
    const installed = developmentOnly.filter((one) => top.includes(one));
    if (installed.length > 0) throw new Error(`installed: ${installed.join(', ')}`);
    const made = (await readdir(join(home, 'node_modules', name, 'dist'))).filter((file) =>
      file.endsWith('.tsbuildinfo'),
    );
    if (made.length > 0) throw new Error('prepare ran: there is a build record');
  });
}

async function useAsDependency(home: string): Promise<void> {
  const npx = (...args: string[]) => call('npx', ['--no-install', name, ...args], home);
  await check('pingone-tutorial run: passes on the simulator', async () => {
    expectText(await npx('run'), '6 steps: 6 passed');
  });
  await check(`pingone-tutorial run: sends with postman-runtime ${dependencies['postman-runtime']}`, async () => {
    const { steps } = JSON.parse(await npx('run', '--quiet', '--reporter', 'json')) as {
      steps: { request: { headers: { name: string; value: string }[] } }[];
    };
    const agents = steps.map(({ request }) => request.headers.find((header) => header.name === 'User-Agent')?.value);
    if (agents.length !== 6 || agents.some((agent) => agent !== `PostmanRuntime/${dependencies['postman-runtime']}`))
      throw new Error(`the user agents are ${agents.join(', ')}`);
  });
  await check('pingone-tutorial run with every collection: passes in sequence, cookies included', async () => {
    const collections = (await readdir(join(home, 'node_modules', name, 'collections'), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expectText(
      await npx('run', ...collections.sort(), '--simulator', '--quiet', '--reporter', 'json'),
      '"outcome": "passed"',
    );
  });
  await check('pingone-tutorial validate: names the collection in node_modules', async () => {
    expectText(await npx('validate'), `node_modules/${name}/collections/create-a-test-environment: 6 steps`);
  });
  await check('pingone-tutorial compile ./copy: compiles to the files that are published', async () => {
    const published = join(home, 'node_modules', name, 'collections', 'create-a-test-environment');
    await cp(published, join(home, 'copy'), { recursive: true });
    await npx('compile', './copy');
    const file = 'create-a-test-environment.postman_collection.json';
    const [was, is] = await Promise.all([published, join(home, 'copy')].map((folder) => readFile(join(folder, file))));
    if (!was?.equals(is ?? Buffer.of())) throw new Error('the collection is another');
    expectText(await npx('compile', '--check', './copy'), 'are up to date');
  });
  await check('pingone-tutorial init: what it writes is valid and runs', async () => {
    expectText(await npx('init', 'mine'), 'npx --no-install pingone-tutorial run mine/collections/smoke-test');
    expectText(await npx('validate', 'mine/collections/smoke-test'), 'no problems');
    expectText(await npx('compile', '--check', 'mine/collections/smoke-test'), 'are up to date');
    expectText(await npx('run', 'mine/collections/smoke-test'), '2 steps: 2 passed');
  });
  await check(
    'the file that init writes is installed and run as the workflow does, from the repository alone',
    async () => {
      const mine = join(home, 'mine');
      const quiet = ['--prefer-offline', '--no-audit', '--no-fund'];
      const [vendored = ''] = await readdir(join(mine, 'vendor'));
      await call('npm', ['install', '--package-lock-only', ...quiet, `./vendor/${vendored}`], mine);
      await call('npm', ['ci', '--ignore-scripts', ...quiet], mine);
      const program = join(mine, 'node_modules/.bin', name);
      expectText(await call(program, ['run', 'collections/smoke-test'], mine), '2 steps: 2 passed');
    },
  );
  await check('the schemas can be imported', async () => {
    const require = createRequire(join(home, 'index.js'));
    for (const file of [
      'collection.schema.json',
      'step.schema.json',
      'run-event.schema.json',
      'run-result.schema.json',
      'package.json',
    ])
      require(`${name}/${file}`);
  });
}

/** The examples of src/library.md, type-checked against the installed package in both ways of resolution, then run. */
async function useFromConsumer(home: string): Promise<void> {
  await cp(join(root, 'test/docs/library'), join(home, 'consumer'), { recursive: true });
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    await check(
      `the examples of the library type-check with module ${module}, resolution ${moduleResolution}`,
      async () => {
        const file = join(home, `tsconfig.${moduleResolution}.json`);
        const typeRoots = [join(root, 'node_modules/@types')];
        const compilerOptions = {
          ...{ module, moduleResolution, typeRoots, types: ['node'], strict: true, skipLibCheck: false },
          ...{ target: 'es2023', rootDir: 'consumer', outDir: 'built' },
        };
        await writeFile(file, JSON.stringify({ compilerOptions, include: ['consumer'] }));
        await call(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', file], home);
      },
    );
  }
  await check('an example of the library runs', async () => {
    expectText(await call(process.execPath, ['built/run.js'], home), 'passed environment removed');
  });
}

async function useWithNode(home: string, version: string): Promise<void> {
  const folder = join(scratch, `node-${version}`);
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  await call('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `node@${version}`], folder);
  const node = join(folder, 'node_modules/node/bin/node');
  const shown = (await call(node, ['--version'], home)).trim();
  const program = join(home, 'node_modules', name, 'dist/cli/bin.js');
  await check(`Node ${shown}: runs, validates, and serves the library`, async () => {
    expectText(await call(node, [program, 'run'], home), '6 steps: 6 passed');
    expectText(await call(node, [program, 'validate', './copy'], home), 'no problems');
    expectText(await call(node, ['built/run.js'], home), 'passed environment removed');
  });
}

async function useGlobally(tarball: string): Promise<void> {
  const prefix = join(scratch, 'global');
  const elsewhere = join(scratch, 'elsewhere');
  await mkdir(elsewhere);
  await check('installed globally, it runs from any folder', async () => {
    await call(
      'npm',
      ['install', '--global', '--prefix', prefix, '--prefer-offline', '--no-audit', '--no-fund', tarball],
      elsewhere,
    );
    expectText(await call(join(prefix, 'bin', name), ['run'], elsewhere), '6 steps: 6 passed');
  });
}
