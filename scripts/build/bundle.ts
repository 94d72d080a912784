import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { notices } from './notices.ts';

/**
 * Makes `dist/bundle`: the program with its dependencies in one file (`program.cjs`), but for Newman and what shares packages with it
 * (`newman.cjs`), which is loaded when something of it is used; the library, which is in that file too (`library.js`); the program of the
 * sandbox's threads (`sandbox.cjs`); and the notices of what is in them. From what tsc wrote, so that both ways of running are the same code.
 * Why each change of a dependency is made is said in "Startup optimizations" in src/decisions.md; a change whose place is not found fails
 * the build.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');
const folder = join(dist, 'bundle');
const asProject = createRequire(join(root, 'package.json'));
const runtime = asProject.resolve('postman-runtime');
const sandbox = createRequire(runtime).resolve('postman-sandbox');
const uvm = dirname(createRequire(sandbox).resolve('uvm'));

/** A text of a dependency, and what takes its place. It must be there exactly once. */
interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const newmanEdits: readonly Edit[] = [
  { file: join(uvm, 'lib/bridge.js'), from: 'UVM_ID_ + randomNumber()', to: 'Worker.nextId()' },
  {
    file: join(uvm, 'lib/bridge.js'),
    from: 'new Worker(firmwareCode, options)',
    to: 'Worker.start(id, firmwareCode, options)',
  },
  // Newman asks for this class by its name, which the bundle shortens.
  {
    file: join(root, 'node_modules/@postman/tough-cookie/lib/cookie.js'),
    from: 'class CookieJar {',
    to: 'class CookieJar { static { Object.defineProperty(this, "name", { value: "CookieJar" }); }',
  },
];
const threadEdits: readonly Edit[] = [
  {
    file: join(uvm, 'lib/bridge.js'),
    from: 'module.exports = function',
    to: 'module.exports.firmware = sandboxFirmware; void function',
  },
];

/** A module that loads another when something of it is used: for importers that are ES modules, these names of it. */
function lazily(load: string, names: readonly string[]): string {
  return `module.exports = { ${names.map((key) => `get ${key}() { return ${load}.${key}; }`).join(', ')} };`;
}

/** The same for importers that are CommonJS modules and call the module or functions in it, however deep. */
function lazyModule(load: string): string {
  return `const load = () => ${load};
    const part = (path) => new Proxy(function () {}, {
      get: (_target, key) => part([...path, key]),
      apply: (_target, self, args) => {
        const owner = path.slice(0, -1).reduce((value, key) => value[key], load());
        return path.length === 0 ? load()(...args) : owner[path.at(-1)](...args);
      },
    });
    module.exports = part([]);`;
}

/** Words for {{$randomCity}} and the like, which Postman's SDK loads and few runs use. */
const words = '@faker-js/faker/locale/en';

/** What few runs use: each is a file of its own beside the bundle, under this name. */
const extras: Readonly<Record<string, string>> = {
  selfsigned: asProject.resolve('selfsigned'),
  '@clack/core': '@clack/core',
  'mdast-util-from-markdown': 'mdast-util-from-markdown',
  words: createRequire(asProject.resolve('postman-collection')).resolve(words),
};

function extraFile(name: string): string {
  return `./${name.replace(/\W+/g, '-').replace(/^-/, '')}.cjs`;
}

/** What modules of ours import and Newman holds too. */
const sharedPackages = ['curl-to-postmanv2', 'postman-collection', 'postman-collection-transformer', 'xmlbuilder'];

/** What the program takes of `newman.cjs`, by the name that it is asked for. */
const newmanParts: Readonly<Record<string, string>> = {
  newman: 'newman',
  'newman/lib/config/rc-file': 'newman/lib/config/rc-file',
  'postman-runtime': 'postman-runtime',
  'postman-sandbox': sandbox,
  '@postman/tough-cookie': '@postman/tough-cookie',
  'iconv-lite': 'iconv-lite',
  ...Object.fromEntries(sharedPackages.map((name) => [name, name])),
};

function ofNewman(name: string): string {
  return lazily(`__start.load('newman.cjs')['${name}']()`, Object.keys(asProject(name) as object));
}

/** Modules that are written here. */
const programModules: Readonly<Record<string, string>> = {
  // The library is begun when somebody imports it.
  'pingone-tutorial/program': `export { startProgram } from ${JSON.stringify(join(dist, 'cli/program.js'))};
    export const library = () => require(${JSON.stringify(join(dist, 'index.js'))});`,
  // For what `run/` requires by name: what `newman.cjs` holds, else what is installed. Where another sandbox than the bundled runtime's is
  // installed, all is taken from there.
  'pingone-tutorial/node-module': `const { createRequire } = require('node:module');
    const installed = createRequire(__start.url);
    const version = () => {
      if (require('node:fs').existsSync(new URL('bootcode.js', __start.url))) return SANDBOX_VERSION;
      try {
        return createRequire(installed.resolve('postman-runtime'))('postman-sandbox/package.json').version;
      } catch { return undefined; }
    };
    const held = ${JSON.stringify(Object.keys(newmanParts))};
    const ours = Object.assign((name) => held.includes(name) ? __start.load('newman.cjs')[name]() : installed(name), {
      resolve: (name) => held.includes(name) ? name : installed.resolve(name),
      cache: {},
    });
    const isOurs = (from) => from === __start.url || held.includes(from);
    exports.createRequire = version() === SANDBOX_VERSION ? (from) => isOurs(from) ? ours : createRequire(from) : createRequire;`,
  ...Object.fromEntries(sharedPackages.map((name) => [`pingone-tutorial/${name}`, ofNewman(name)])),
  // Kept validators need no ajv.
  'pingone-tutorial/ajv': lazily(`require('ajv')`, ['Ajv']),
  'pingone-tutorial/ajv-2019': lazily(`require('ajv/dist/2019.js')`, ['Ajv2019']),
  'pingone-tutorial/ajv-2020': lazily(`require('ajv/dist/2020.js')`, ['Ajv2020']),
  'pingone-tutorial/ajv-formats': lazyModule(`require('ajv-formats')`),
};

/** Newman and Postman's transformer each bring this with them. */
const [lodash = '', sameLodash = ''] = ['newman', 'postman-collection-transformer'].map((name) =>
  createRequire(asProject.resolve(name)).resolve('lodash'),
);
if (!readFileSync(lodash).equals(readFileSync(sameLodash)))
  throw new Error(`${sameLodash} is another than ${lodash}; bundle both`);

const newmanModules: Readonly<Record<string, string>> = {
  'pingone-tutorial/newman': `module.exports = {
    ${Object.entries(newmanParts)
      .map(([name, path]) => `${JSON.stringify(name)}: () => require(${JSON.stringify(path)}),`)
      .join('\n    ')}
  };`,
  'pingone-tutorial/worker': `const { __self, __bootCodeExecutor, __exceptionHandler } = require(${JSON.stringify(join(uvm, 'lib/worker.js'))});
    const Original = require(${JSON.stringify(join(uvm, 'lib/worker.js'))});
    const { sandboxes } = __start;
    module.exports = {
      __self, __exceptionHandler, __bootCodeExecutor,
      nextId: () => sandboxes?.nextId() ?? '__id_uvm_' + Math.random().toString(36).slice(2),
      start: (id, firmware, options) => sandboxes && !options.debug ? sandboxes.start(id) : new Original(firmware, options),
    };`,
  // The boot code stays in its package, or stands beside the bundle. Its threads read it themselves.
  'pingone-tutorial/boot-code': `module.exports = (done) => {
      if (__start.sandboxes) return done(null, 'void 0');
      const { createRequire } = require('node:module');
      const { dirname, join } = require('node:path');
      const { fileURLToPath } = require('node:url');
      const beside = fileURLToPath(new URL('bootcode.js', __start.url));
      if (require('node:fs').existsSync(beside)) return createRequire(__start.url)(beside)(done);
      const runtime = createRequire(__start.url).resolve('postman-runtime');
      const sandbox = createRequire(runtime).resolve('postman-sandbox');
      createRequire(__start.url)(join(dirname(sandbox), '.cache', 'bootcode.js'))(done);
    };`,
  'pingone-tutorial/nothing': 'module.exports = {};',
  'pingone-tutorial/lodash': `module.exports = require(${JSON.stringify(lodash)});`,
  'pingone-tutorial/node-forge': `require('node-forge/lib/pki'); module.exports = require('node-forge/lib/forge');`,
  'pingone-tutorial/visualizer': 'exports.processTemplate = (_template, _data, _options, done) => done(null);',
  'pingone-tutorial/words': lazyModule(`require('${extraFile('words')}')`),
};

const responseSchema = join(dist, 'definition/schemas/response-schema.js');

/** Imports that lead to such a module: by the text of the import, and by the importing file or a folder around it (any, where none is named). */
interface Redirect {
  readonly importer?: string;
  readonly path: RegExp;
  readonly to: string;
}

const programRedirects: readonly Redirect[] = [
  ...['engine/newman.js', 'engine/cookies.js', 'engine/sandbox-host.js', 'transport/decoded-body.js'].map((file) => ({
    importer: join(dist, 'run', file),
    path: /^node:module$/,
    to: 'pingone-tutorial/node-module',
  })),
  ...sharedPackages.map((name) => ({ path: new RegExp(`^${name}$`), to: `pingone-tutorial/${name}` })),
  { importer: responseSchema, path: /^ajv$/, to: 'pingone-tutorial/ajv' },
  { importer: responseSchema, path: /^ajv\/dist\/2019\.js$/, to: 'pingone-tutorial/ajv-2019' },
  { importer: responseSchema, path: /^ajv\/dist\/2020\.js$/, to: 'pingone-tutorial/ajv-2020' },
  { importer: responseSchema, path: /^ajv-formats$/, to: 'pingone-tutorial/ajv-formats' },
];

/** Newman's script and that of the threads each write this module in their own way. */
const workerRedirect: Redirect = {
  importer: join(uvm, 'lib/bridge.js'),
  path: /^\.\/worker$/,
  to: 'pingone-tutorial/worker',
};

const newmanRedirects: readonly Redirect[] = [
  workerRedirect,
  { importer: join(dirname(sandbox), 'lib/bootcode.js'), path: /cache\/bootcode$/, to: 'pingone-tutorial/boot-code' },
  { importer: join(dirname(sandbox), 'lib/bootcode.js'), path: /^\.\/bundle$/, to: 'pingone-tutorial/nothing' },
  { path: new RegExp(`^${words}$`), to: 'pingone-tutorial/words' },
  // Newman is given what it runs and a cookie jar, and reports nothing itself; nobody sees what a script visualizes.
  {
    importer: join(root, 'node_modules/newman/lib'),
    path: /^(\.\.\/reporters\/.*|chardet|csv-parse|postman-request)$/,
    to: 'pingone-tutorial/nothing',
  },
  { path: /^\.\.\/\.\.\/visualizer$/, to: 'pingone-tutorial/visualizer' },
  {
    importer: join(root, 'node_modules/postman-collection-transformer'),
    path: /^lodash$/,
    to: 'pingone-tutorial/lodash',
  },
  // Postman signs with keys, and needs no more of it.
  { path: /^node-forge$/, to: 'pingone-tutorial/node-forge' },
];

const threadModules: Readonly<Record<string, string>> = {
  'pingone-tutorial/thread': `import { bootName, bootSandbox } from ${JSON.stringify(join(dist, 'start/sandbox-thread.js'))};
    import { __self, __exceptionHandler } from ${JSON.stringify(join(uvm, 'lib/worker.js'))};
    import { firmware } from ${JSON.stringify(join(uvm, 'lib/bridge.js'))};
    bootSandbox(firmware);`,
  'pingone-tutorial/worker': `const { __self, __exceptionHandler } = require(${JSON.stringify(join(uvm, 'lib/worker.js'))});
    const { bootName } = require(${JSON.stringify(join(dist, 'start/sandbox-thread.js'))});
    module.exports = { __self, __exceptionHandler, __bootCodeExecutor: () => bootName + '();' };`,
};

/**
 * Packages whose main file is left for the ES modules beside it: it takes its parts by a `require` that the bundler does not see, or
 * each use of a part goes through a getter.
 */
const esModules: Readonly<Record<string, string>> = {
  'jsonc-parser': 'jsonc-parser/lib/esm/main.js',
  yaml: './node_modules/yaml/browser/index.js',
};

/** A script of the bundle, and how what it is made of is changed. */
interface BundledScript {
  readonly file: string;
  readonly entry: string;
  readonly edits: readonly Edit[];
  readonly modules: Readonly<Record<string, string>>;
  readonly redirects: readonly Redirect[];
}

/** The program comes last: its build stands for that of all. */
const scripts: readonly BundledScript[] = [
  {
    file: 'sandbox.cjs',
    entry: 'pingone-tutorial/thread',
    edits: threadEdits,
    modules: threadModules,
    redirects: [workerRedirect],
  },
  {
    file: 'newman.cjs',
    entry: 'pingone-tutorial/newman',
    edits: newmanEdits,
    modules: newmanModules,
    redirects: newmanRedirects,
  },
  {
    file: 'program.cjs',
    entry: 'pingone-tutorial/program',
    edits: [],
    modules: programModules,
    redirects: programRedirects,
  },
];

/** Writes `dist/bundle`. Throws when a dependency is not as it is expected. */
export async function makeBundle(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const inputs: string[] = [];
  const digest = createHash('sha256');
  for (const script of scripts) inputs.push(...(await bundle(script, digest)));
  for (const [name, path] of Object.entries(extras)) inputs.push(...(await bundleExtra(name, path)));
  await writeFile(join(folder, 'library.js'), await libraryModule());
  await writeFile(join(folder, 'NOTICES.txt'), await notices(inputs.map((input) => join(root, input))));
}

/** A package as one file. */
async function bundleExtra(name: string, path: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [path],
    outfile: join(folder, extraFile(name)),
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    minify: true,
    charset: 'ascii',
    legalComments: 'inline',
    logLevel: 'warning',
  });
  return includedFiles(metafile);
}

/** What `import 'pingone-tutorial'` finds in the package: the library in the bundle, with the names that it exports. */
async function libraryModule(): Promise<string> {
  const names = Object.keys((await import(pathToFileURL(join(dist, 'index.js')).href)) as object);
  return `import { fileURLToPath } from 'node:url';
import { loadBundle } from '../start/bundle.js';
export const { ${names.join(', ')} } = loadBundle(fileURLToPath(new URL('.', import.meta.url)), 'library').library();
`;
}

async function bundle({ file, entry, edits, modules, redirects }: BundledScript, digest: Hash): Promise<string[]> {
  const done = new Set<Edit>();
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(folder, file),
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    minify: true,
    legalComments: 'inline',
    logLevel: 'warning',
    alias: esModules,
    external: Object.keys(extras).map(extraFile),
    define: { 'import.meta.url': '__start.url', SANDBOX_VERSION: JSON.stringify(sandboxVersion()) },
    plugins: [changes(edits, modules, redirects, done)],
  });
  const missed = edits.filter((edit) => !done.has(edit));
  if (missed.length > 0) throw new Error(`not bundled: ${missed.map((edit) => edit.file).join(', ')}`);
  if (/\bdefine\(\["require"/.test(result.outputFiles[0]?.text ?? ''))
    throw new Error(`${file} holds a UMD module, whose parts are not bundled; give its ES module as an alias`);
  const text = inAscii(result.outputFiles[0]?.text ?? '');
  const id = digest.update(text).copy().digest('hex').slice(0, 16);
  // The threads take theirs as a module.
  const own =
    file === 'sandbox.cjs' ? text : `(function(exports,require,module,__filename,__dirname,__start){${text}})`;
  await writeFile(join(folder, file), `// build ${id}\n${own}`);
  return includedFiles(result.metafile);
}

function sandboxVersion(): string {
  return (asProject(join(dirname(sandbox), 'package.json')) as { version: string }).version;
}

function includedFiles({ outputs }: Metafile): string[] {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((input) => input.includes('node_modules')),
  );
}

function changes(
  edits: readonly Edit[],
  modules: Readonly<Record<string, string>>,
  redirects: readonly Redirect[],
  done: Set<Edit>,
): Plugin {
  return {
    name: 'changes',
    setup: (building) => {
      building.onResolve({ filter: /./ }, ({ path, importer }) => {
        // Of programs, what few runs use; an extra itself holds all of its own.
        if (path in extras) return { path, namespace: 'extra' };
        if (/\/tables\/.*\.json$/.test(path)) return { path: basename(path), namespace: 'table' };
        const redirect = redirects.find((one) => importer.startsWith(one.importer ?? '') && one.path.test(path));
        const to = redirect?.to ?? path;
        return to in modules ? { path: to, namespace: 'written' } : undefined;
      });
      // A script has no dynamic import of its own.
      building.onLoad({ filter: /./, namespace: 'extra' }, ({ path }) => ({
        contents: `module.exports = require('${extraFile(path)}');`,
        resolveDir: root,
      }));
      // Character sets that few servers write in stay in their package, or stand beside the bundle.
      building.onLoad({ filter: /./, namespace: 'table' }, ({ path }) => ({
        contents: `const load = require('node:module').createRequire(__start.url);
          const isBeside = require('node:fs').existsSync(new URL('${path}', __start.url));
          module.exports = load(isBeside ? './${path}' : 'iconv-lite/encodings/tables/${path}');`,
        resolveDir: root,
      }));
      building.onLoad({ filter: /./, namespace: 'written' }, ({ path }) => ({
        contents: modules[path] ?? '',
        resolveDir: root,
      }));
      const files = [...new Set(edits.map(({ file }) => file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))];
      if (files.length === 0) return;
      const filter = new RegExp(`(${files.join('|')})$`);
      building.onLoad({ filter, namespace: 'file' }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        for (const edit of edits.filter(({ file }) => file === path)) {
          const parts = contents.split(edit.from);
          if (parts.length !== 2)
            throw new Error(`${path} holds ${JSON.stringify(edit.from)} ${parts.length - 1} times`);
          contents = parts.join(edit.to);
          done.add(edit);
        }
        return { contents };
      });
    },
  };
}

/** Escapes what is not ASCII: in the regular expressions and templates that the bundler leaves as they are. */
function inAscii(text: string): string {
  return text.replace(/(\\*)([^\0-\x7f])/g, (_whole, slashes: string, character: string) => {
    // An escape of a character that needs none goes with it.
    const kept = slashes.length % 2 === 0 ? slashes : slashes.slice(1);
    return `${kept}\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
