import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compileCollection } from '../../src/compile/collection.ts';
import { collectionToV3 } from '../../src/compile/postman-v3/postman-v3.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { readNewmanReport } from './newman.ts';
import { runProgram } from './program.ts';
import { type InteropTool, type StepReport, type ToolOptions, verdictsOf } from './verdict.ts';

const packages = { 'postman-cli': '1.34.0' };

/** Postman's own command line, without an account, on the file as it is. */
export const postmanCli: InteropTool = {
  name: 'Postman CLI',
  packages,
  run: async (options) => {
    const { workFolder, collectionFile, environmentFile, steps } = options;
    const report = join(workFolder, 'postman.json');
    const { stdout, stderr } = await postman(options, [
      ...['collection', 'run', collectionFile, '-e', environmentFile],
      ...['-r', 'json', '--reporter-json-structure', 'newman', '--reporter-json-export', report],
    ]);
    return {
      tool: postmanCli.name,
      version: await versionOf(options),
      steps: verdictsOf(steps, await readNewmanReport(report, `${stdout}${stderr}`)),
    };
  },
};

/** The same on the folder of YAML files that it makes of the file, in Postman's format v3, linted before. */
export const postmanCliOnV3: InteropTool = onV3('Postman CLI, migrated to v3', async (options) => {
  const folder = join(options.workFolder, 'v3');
  const migrated = await postman(options, ['collection', 'migrate', options.collectionFile, '-o', folder]);
  if (migrated.code !== 0) throw new Error(`the migration failed\n${migrated.stdout}${migrated.stderr}`);
  return folder;
});

/** The same on the files of the format v3 that this project writes. */
export const postmanCliOnOurV3: InteropTool = onV3(
  'Postman CLI, on our v3',
  async ({ workFolder, collectionFolder }) => {
    const collection = compileCollection(await loadDefinition(collectionFolder));
    const files = collectionToV3(collection);
    for (const { path, text } of files) {
      await mkdir(dirname(join(workFolder, path)), { recursive: true });
      await writeFile(join(workFolder, path), text);
    }
    return join(workFolder, files[0]?.path.split('/').slice(0, 2).join('/') ?? '');
  },
);

function onV3(name: string, folderOf: (options: ToolOptions) => Promise<string>): InteropTool {
  return { name, packages, run: (options) => runOnV3(name, options, folderOf) };
}

async function runOnV3(
  name: string,
  options: ToolOptions,
  folderOf: (options: ToolOptions) => Promise<string>,
): ReturnType<InteropTool['run']> {
  const { environmentFile, steps } = options;
  const folder = await folderOf(options);
  const lint = await postman(options, ['collection', 'lint', folder, '--reporter', 'json']);
  const { diagnostics } = JSON.parse(lint.stdout) as { diagnostics: readonly object[] };
  // Of a folder, it writes no report but the one for people.
  const { code, stdout } = await postman(options, [
    ...['collection', 'run', folder, '-e', environmentFile, '--disable-unicode'],
  ]);
  const verdicts = verdictsOf(steps, readOutput(stdout));
  const isPassed = verdicts.every(({ verdict }) => verdict === 'passed');
  return {
    tool: name,
    version: await versionOf(options),
    steps: verdicts,
    problems: [
      ...diagnostics.map((diagnostic) => `lint: ${JSON.stringify(diagnostic)}`),
      ...(isPassed && code !== 0 ? [`exit code ${code}, although every step passed`] : []),
    ],
  };
}

async function postman({ scratch, workFolder }: ToolOptions, argv: readonly string[]) {
  // Its settings and its log go into the home folder.
  const home = join(workFolder, 'home');
  await mkdir(home, { recursive: true });
  return runProgram(join(scratch, 'node_modules/.bin/postman'), argv, { cwd: workFolder, home });
}

async function versionOf(options: ToolOptions): Promise<string> {
  return (await postman(options, ['--version'])).stdout.trim();
}

/** Lines of the output for people: a request's name, the answer to it, a check that held, one that did not. */
const patterns = {
  request: /^\s*Sub-folder (.+)$/,
  sent: /^\s+(?:GET|POST|PUT|PATCH|DELETE) .*\[/,
  held: /^\s+Pass {2}(.+)$/,
  broken: /^\s+\d+[.⠄] +(.+)$/,
  summary: /^[-\s]*\|\s+\|\s+executed/,
};

function readOutput(stdout: string): StepReport[] {
  const lines = stdout.split('\n');
  const end = lines.findIndex((line) => patterns.summary.test(line));
  const body = end < 0 ? lines : lines.slice(0, end);
  const starts = body.flatMap((line, index) => (patterns.request.test(line) ? [index] : []));
  return starts.map((start, number) => {
    const section = body.slice(start, starts[number + 1]);
    const all = (pattern: RegExp) => section.flatMap((line) => pattern.exec(line)?.[1] ?? []);
    return {
      name: all(patterns.request)[0] ?? '',
      isSent: section.some((line) => patterns.sent.test(line)),
      held: all(patterns.held),
      broken: all(patterns.broken),
    };
  });
}
