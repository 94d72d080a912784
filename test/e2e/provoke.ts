import { rm } from 'node:fs/promises';
import { compileForRun } from '../../src/compile/run-collection.ts';
import { type Definition, loadDefinition, type RunResult } from '../../src/index.ts';
import { runCollection } from '../../src/run/run.ts';
import { createSimulator, defaultCredentials, signOnCredentials } from '../../src/simulator/index.ts';
import { startFrontServer } from './front-server.ts';
import type { Answer, Edits, Provoked } from './provoked-failures.ts';
import { copyCollection, temporaryFolder } from './support.ts';

/** Runs the definition so that it fails as it is to. */
export async function provoke(
  provoked: Provoked,
  definition: Definition,
  engine: 'newman' | 'direct' = 'newman',
): Promise<RunResult> {
  const { values = {}, faults = [], answers = [], requestTimeout = 10_000 } = provoked;
  const simulator = createSimulator(provoked.simulator);
  await provoked.before?.(simulator);
  simulator.setFaults(faults.map((action) => ({ match: matchOf(provoked), do: action })));
  const seen = new Map<Answer, number>();
  const listening =
    answers.length === 0
      ? await simulator.listen()
      : await startFrontServer(simulator, (request, proceed) => {
          const answer = answers.find((one) => isFor(one, request, seen));
          return answer ? Promise.resolve(responseOf(answer)) : proceed();
        });
  const { url } = listening;
  const run = () =>
    runCollection({
      definition,
      collection: compileForRun(definition),
      values: {
        ...Object.fromEntries(definition.variables.map(({ name, value }) => [name, value ?? ''])),
        ...known({ ...defaultCredentials, licenseID: '', orgID: '', ...signOnCredentials }, definition),
        authPath: url,
        apiPath: url,
        ...(typeof values === 'function' ? values(url) : values),
      },
      targetKind: 'given',
      requestTimeout,
      retry: { attempts: 1 },
      engine,
    });
  try {
    if (provoked.twice) await run();
    return await run();
  } finally {
    await listening.close();
  }
}

/** The values that the definition takes: the first collection makes what the second one is given. */
function known(values: Readonly<Record<string, string>>, { variables, steps }: Definition): Record<string, string> {
  const made = new Set(
    steps.flatMap(({ captures, generate }) => [...captures, ...generate].map(({ variable }) => variable)),
  );
  const taken = (name: string) =>
    variables.some((one) => one.name === name && (one.os !== undefined || !made.has(name)));
  return Object.fromEntries(Object.entries(values).filter(([name]) => taken(name)));
}

function matchOf({ step, path }: Provoked) {
  return path === undefined ? { step } : { path };
}

function isFor(answer: Answer, request: Request, seen: Map<Answer, number>): boolean {
  const { method, at, type, nth } = answer;
  const isOfKind =
    (method === undefined || method === request.method) &&
    at.test(new URL(request.url).pathname) &&
    (type === undefined || type.test(request.headers.get('content-type') ?? ''));
  if (!isOfKind) return false;
  const count = (seen.get(answer) ?? 0) + 1;
  seen.set(answer, count);
  return nth === undefined || nth === count;
}

function responseOf({ status, headers, body }: Answer): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  return new Response(text, { status, headers: { 'Content-Type': 'application/json', ...headers } });
}

/** The collection in `original` with these edits. */
export async function definitionWith(original: string, edits?: Edits): Promise<Definition> {
  if (!edits) return loadDefinition(original);
  const folder = await temporaryFolder();
  const definition = await loadDefinition(await copyCollection(folder.path, edits, original));
  await rm(folder.path, { recursive: true });
  return definition;
}
