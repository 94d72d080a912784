import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BrunoCollection, conversionLosses, type PostmanSource } from './bruno-conversion.ts';
import { runProgram } from './program.ts';
import { type InteropTool, type StepReport, type ToolOptions, verdictsOf } from './verdict.ts';

const packages = { '@usebruno/cli': '4.1.0', '@usebruno/converters': '0.23.0' };

/** The JSON report of `bru run`, as far as it is read. */
type BrunoReport = readonly {
  readonly results: readonly {
    readonly name: string;
    readonly status: string;
    readonly error?: string | null;
    readonly preRequestTestResults?: readonly BrunoCheck[];
    readonly postResponseTestResults?: readonly BrunoCheck[];
    readonly testResults?: readonly BrunoCheck[];
  }[];
}[];

interface BrunoCheck {
  readonly description: string;
  readonly status: string;
}

interface Converters {
  postmanToBruno(collection: object): Promise<{ collection: BrunoCollection; issues: readonly { message: string }[] }>;
  postmanToBrunoEnvironment(environment: object): { readonly variables: readonly object[] };
}

/** A collection in Bruno's own format. */
export interface ConvertedForBruno {
  readonly folder: string;
  /** The environment, as a file for `--env-file`. */
  readonly environmentFile: string;
  /** What the conversion lost or changed. */
  readonly problems: readonly string[];
}

/** Writes what Bruno's own converter makes of a collection and an environment into `workFolder`, not below `node_modules`. */
export async function convertForBruno({
  scratch,
  workFolder,
  collectionFile,
  environmentFile,
}: Pick<ToolOptions, 'scratch' | 'workFolder' | 'collectionFile' | 'environmentFile'>): Promise<ConvertedForBruno> {
  const require = createRequire(join(scratch, 'package.json'));
  const { postmanToBruno, postmanToBrunoEnvironment } = require('@usebruno/converters') as Converters;
  // What `bru import` writes its folders with; it imports OpenAPI only, Bruno's window imports Postman's files too.
  const { createCollectionFromBrunoObject } = require('@usebruno/cli/src/utils/collection.js') as {
    createCollectionFromBrunoObject(collection: object, folder: string, options: object): Promise<string>;
  };
  const source = JSON.parse(await readFile(collectionFile, 'utf8')) as PostmanSource;
  const environmentSource = JSON.parse(await readFile(environmentFile, 'utf8')) as { values: readonly object[] };
  const { collection, issues } = await postmanToBruno(source);
  const environment = postmanToBrunoEnvironment(environmentSource);

  const folder = join(workFolder, 'bruno');
  await mkdir(folder);
  await createCollectionFromBrunoObject(collection, folder, { format: 'bru' });
  // Outside the collection, as JSON: the files of its own format leave out what is secret.
  const values = join(workFolder, 'bruno-environment.json');
  await writeFile(values, JSON.stringify(environment));
  return {
    folder,
    environmentFile: values,
    problems: [
      ...issues.map(({ message }) => `conversion: ${message}`),
      ...conversionLosses(source, collection).map((loss) => `conversion: ${loss}`),
      ...(environment.variables.length === environmentSource.values.length
        ? []
        : [`conversion: ${environment.variables.length} of ${environmentSource.values.length} environment values`]),
    ],
  };
}

/** Bruno's command line on what Bruno's own converter makes of the collection and the environment. */
export const brunoTool: InteropTool = {
  name: 'Bruno CLI, imported',
  packages,
  run: async (options) => {
    const { scratch, workFolder, steps } = options;
    const { folder, environmentFile, problems } = await convertForBruno(options);
    const report = join(workFolder, 'bruno.json');
    const argv = ['run', '-r', '--env-file', environmentFile, '--reporter-json', report];
    const { stderr, stdout } = await runProgram(join(scratch, 'node_modules/.bin/bru'), argv, {
      cwd: folder,
      home: workFolder,
    });
    const text = await readFile(report, 'utf8').catch(() => {
      throw new Error(`no report was written\n${stdout}${stderr}`);
    });
    return {
      tool: brunoTool.name,
      version: packages['@usebruno/cli'],
      steps: verdictsOf(steps, reportsOf(JSON.parse(text) as BrunoReport)),
      problems,
    };
  },
};

function reportsOf(report: BrunoReport): StepReport[] {
  return report
    .flatMap(({ results }) => results)
    .map((result) => {
      const checks = [
        ...(result.preRequestTestResults ?? []),
        ...(result.postResponseTestResults ?? []),
        ...(result.testResults ?? []),
      ];
      const named = (isHeld: boolean) =>
        checks.filter(({ status }) => (status === 'pass') === isHeld).map(({ description }) => description);
      const isSkipped = result.status === 'skipped';
      return {
        name: result.name,
        isSent: !isSkipped,
        held: named(true),
        broken: [...named(false), ...(result.error && !isSkipped ? [result.error] : [])],
      };
    });
}
