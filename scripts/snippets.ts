/**
 * Runs the examples of the tutorial pages as programs against the simulator, over TLS, each language through all steps: every
 * answer is checked, and the simulator is looked at after each step. Ends with 1 when an example fails. Languages whose tools are
 * missing are skipped, and named; with `--install` the tools are installed first (Debian's packages, as root, and npm's).
 *
 *   npm run snippets [-- --install] [collection]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultCollection, findCollection } from '../src/cli/collection-folder.ts';
import { compileCollection } from '../src/compile/collection.ts';
import type { Definition, Step } from '../src/definition/definition.ts';
import { loadDefinition } from '../src/definition/load.ts';
import { initialValues, mergeSources } from '../src/environment/values.ts';
import { exitCode, messageOf, UsageError, UserError } from '../src/errors.ts';
import { runCollection } from '../src/run/run.ts';
import { createSimulator, DEFAULT_PORT, type RequestLogEntry } from '../src/simulator/index.ts';
import { languages } from './pages/languages.ts';
import { snippetsOf } from './pages/snippets.ts';
import { runFlow, type Values, type Verdict } from './snippets/flow.ts';
import { installTools, type Runner, runners, type Workshop } from './snippets/runners.ts';
import { type LanguageResult, renderTable } from './snippets/table.ts';

const packages = fileURLToPath(new URL('../node_modules/.cache/pingone-tutorial-snippets', import.meta.url));

/** Values for a simulator at `url`, as the collection's environment file for it has them; no base address ends in /v1. */
function simulatorValues(definition: Definition, url: string): Values {
  const template = definition.environments.find(({ id }) => id === 'simulator');
  const entries = Object.entries(template?.values ?? {}).map(([name, value]): [string, string] => {
    const suffix = definition.variables.find((variable) => variable.name === name)?.removeSuffix ?? '';
    const here = value.replace(`http://127.0.0.1:${DEFAULT_PORT}`, url);
    return [name, suffix !== '' && here.endsWith(suffix) ? here.slice(0, -suffix.length) : here];
  });
  return initialValues(definition, mergeSources([{ origin: 'the simulator', values: Object.fromEntries(entries) }]));
}

/** Variables at the end of a run with Newman: what scripts make there stands in for scripts here. */
async function valuesOfRun(definition: Definition, values: Values): Promise<Values> {
  let last: Values = {};
  const { outcome } = await runCollection({
    definition,
    collection: compileCollection(definition),
    values,
    targetKind: 'simulator',
    onValues: (all) => {
      last = all;
    },
  });
  if (outcome !== 'passed') throw new Error(`the collection itself does not pass on the simulator: ${outcome}`);
  return last;
}

async function run(name: string): Promise<readonly LanguageResult[]> {
  const folder = findCollection(name, process.cwd());
  const definition = await loadDefinition(resolve(folder.path), folder.path);
  const collection = compileCollection(definition);
  const requests: RequestLogEntry[] = [];
  const simulator = createSimulator({ onRequest: (entry) => void requests.push(entry) });
  const plain = await simulator.listen();
  const secure = await simulator.listen({ tls: true });
  const certificate = secure.certificate ?? '';
  const scripted = await valuesOfRun(definition, simulatorValues(definition, plain.url));

  const results: LanguageResult[] = [];
  for (const runner of runners) {
    const place = await mkdtemp(join(tmpdir(), 'pingone-tutorial-snippets-'));
    const workshop: Workshop = { folder: place, packages, certificate, certificateFile: join(place, 'simulator.pem') };
    await writeFile(workshop.certificateFile, certificate);
    const missing = await runner.missing(workshop);
    process.stderr.write(`${nameOf(runner)}: ${missing === undefined ? 'running' : `SKIPPED: ${missing}`}\n`);
    const snippetOf = (step: Step) => {
      const snippet = snippetsOf(step, definition, collection).find(({ language }) => language.id === runner.language);
      if (!snippet) throw new Error(`no ${runner.language} example of ${step.id}`);
      return snippet;
    };
    const verdicts: ReadonlyMap<string, Verdict> =
      missing === undefined
        ? await runFlow({
            definition,
            snippetOf,
            run: (program) => runner.run(program, workshop),
            values: simulatorValues(definition, secure.url),
            scripted,
            requests,
            lookUp: (url) => url.replace(secure.url, plain.url),
          })
        : new Map();
    const note = missing === undefined ? await runner.note?.(workshop) : undefined;
    results.push({ name: nameOf(runner), missing, note, verdicts });
    await runner.close?.();
    await rm(place, { recursive: true, force: true });
  }
  await Promise.all([plain.close(), secure.close()]);
  process.stdout.write(renderTable([...definition.steps, ...definition.cleanUp.steps], results));
  return results;
}

function nameOf({ language }: Runner): string {
  return languages.find(({ id }) => id === language)?.name ?? language;
}

try {
  const argv = process.argv.slice(2);
  const unknown = argv.find((argument) => argument.startsWith('-') && argument !== '--install');
  if (unknown !== undefined) throw new UsageError(`unknown option ${unknown}; expected --install or a collection`);
  if (argv.includes('--install')) await installTools(packages);
  const results = await run(argv.find((argument) => !argument.startsWith('-')) ?? defaultCollection);
  const failed = results.some(({ verdicts }) => [...verdicts.values()].some(({ status }) => status === 'failed'));
  process.exitCode = failed ? exitCode.checkFailed : exitCode.passed;
} catch (error) {
  process.stderr.write(`error: ${messageOf(error)}\n`);
  process.exitCode = error instanceof UserError ? error.exitCode : exitCode.incomplete;
}
