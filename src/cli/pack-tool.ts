import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { messageOf, UsageError } from '../errors.ts';
import { tool } from '../run/tool.ts';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
const asPackage = createRequire(join(packageFolder, 'package.json'));

/** Where `init` puts this program in a repository: relative to its root, with forward slashes. */
export const vendoredPath = `vendor/${tool.name}-${tool.version}.tgz`;

/** What a repository needs of this package: the bundle with what starts it, and what commands read. */
const neededPaths = [
  'dist/bundle',
  'dist/start',
  'dist/cli/bin.js',
  'dist/cli/commands/worker-command.js',
  'collections',
  'environments',
  'src/cli/starter',
  'src/report/run-event.schema.json',
  'src/report/run-result.schema.json',
  '.env.example',
  'LICENSE',
  'SECURITY.md',
];

/** The lock file of a repository that depends on this program only, in the tarball at `vendoredPath`. */
export async function vendoredLock(group: string, tarball: Uint8Array): Promise<string> {
  const { version, license, bin, engines } = await readManifest();
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const source = `file:${vendoredPath}`;
  const lock = {
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { [group]: { [tool.name]: source } },
      [`node_modules/${tool.name}`]: { version, resolved: source, integrity, license, bin, engines },
    },
  };
  return `${JSON.stringify(lock, null, 2)}\n`;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * This program as an npm package that depends on no other: what it needs of them is in its bundle. Needs no network, and runs no script of
 * the package. Throws `UsageError` when npm is missing or fails, and in a clone that is not built.
 */
export async function packTool(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), `${tool.name}-pack-`));
  try {
    const manifest = await readManifest();
    // What stands alone is packed as it is.
    const from = manifest.dependencies ? await stage(manifest, join(folder, 'package')) : packageFolder;
    const destination = join(folder, 'packed');
    await mkdir(destination);
    await callNpm(['pack', '--ignore-scripts', '--offline', '--silent', '--pack-destination', destination], from);
    const [file] = await readdir(destination);
    if (file === undefined) throw new UsageError(`npm pack made no file of ${packageFolder}`);
    return await readFile(join(destination, file));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot pack ${tool.name}: ${messageOf(error)}. In a clone, run npm run build first`, {
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as Manifest;
}

/** The package that stands alone, in `folder`. */
async function stage({ dependencies: _, ...manifest }: Manifest, folder: string): Promise<string> {
  for (const path of neededPaths) await cp(join(packageFolder, path), join(folder, path), { recursive: true });
  await cp(bootCodeFile(), join(folder, 'dist/bundle/bootcode.js'));
  await cp(characterSets(), join(folder, 'dist/bundle'), { recursive: true });
  const { name, version, license, bin, engines, exports } = manifest;
  const { '.': __, ...files } = exports;
  const own = { name, version, license, type: 'module', engines, bin, exports: files };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
  return folder;
}

function bootCodeFile(): string {
  const runtime = asPackage.resolve('postman-runtime');
  return join(dirname(createRequire(runtime).resolve('postman-sandbox')), '.cache', 'bootcode.js');
}

/** The folder of the tables of rare character sets. */
function characterSets(): string {
  return join(dirname(asPackage.resolve('iconv-lite/package.json')), 'encodings/tables');
}

async function callNpm(args: readonly string[], cwd: string): Promise<void> {
  // On Windows npm is a batch file, which only a shell starts.
  const shell = process.platform === 'win32';
  try {
    await promisify(execFile)('npm', shell ? args.map((arg) => `"${arg}"`) : args, { cwd, shell });
  } catch (error) {
    throw new UsageError(
      `cannot pack ${tool.name}: ${messageOf(error)}; npm must be installed, and ${packageFolder} readable`,
      { cause: error },
    );
  }
}
