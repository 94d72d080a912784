import { itemId } from '../../src/compile/collection.ts';
import { compileForRun } from '../../src/compile/run-collection.ts';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { createDirectEngine } from '../../src/run/direct/direct-engine.ts';
import type { Engine, Execution } from '../../src/run/engine/execution.ts';
import { createEngine } from '../../src/run/engine/newman.ts';
import type { State } from '../../src/run/engine/state.ts';
import { toStepResult } from '../../src/run/judge/step-result.ts';
import { createTransport } from '../../src/run/transport/transport.ts';
import type { WireAnswer, WireServer } from './wire-server.ts';

/** What came of a step by one engine. */
export interface Outcome {
  readonly execution: Execution;
  readonly received: readonly string[];
  readonly result: object;
}

/** The engines, for the steps of one definition. */
export interface BothEngines {
  /** Runs a step by each, from the same state. */
  execute(step: Step, state: () => State, answers: readonly WireAnswer[]): Promise<Record<EngineName, Outcome>>;
  close(): void;
}

export type EngineName = 'newman' | 'direct';

/** `server` gives the answers. */
export function createBothEngines(server: WireServer, definition: Definition): BothEngines {
  const transport = createTransport({ requestTimeout: 2000 });
  const newman = createEngine({ collection: compileForRun(definition), transport });
  const direct = createDirectEngine({ definition, transport, newman });

  async function executed(engine: Engine, step: Step, state: State, answers: readonly WireAnswer[]): Promise<Outcome> {
    server.take();
    server.answerWith(answers);
    const limits = { requestTimeout: 2000, scriptTimeout: 5000, followRedirects: step.expect.status.length === 0 };
    const execution = await engine.lane().execute(itemId(definition, step), state, limits);
    const received = server.take().map((text) => withoutRandom(withoutPasswords(text, definition, execution)));
    const result = toStepResult(step, definition, execution, {}, 0);
    return { execution, received, result };
  }

  return {
    async execute(step, state, answers) {
      return {
        newman: await executed(newman, step, state(), answers),
        direct: await executed(direct, step, state(), answers),
      };
    },
    close: () => direct.close(),
  };
}

function passwordsOf({ steps }: Definition): ReadonlySet<string> {
  return new Set(
    steps.flatMap(({ generate }) => generate.flatMap(({ variable, password }) => (password ? [variable] : []))),
  );
}

/** A text, in JSON or as it is, with PASSWORD in the place of each. */
function withoutPasswords(text: string, definition: Definition, { state }: Execution): string {
  const made = [...state.environment.values, ...state.collection].filter(({ key }) => passwordsOf(definition).has(key));
  return made
    .map(({ value }) => String(value))
    .filter((value) => value !== '')
    .flatMap((value) => [JSON.stringify(JSON.stringify(value)).slice(3, -3), JSON.stringify(value).slice(1, -1), value])
    .reduce((before, written) => before.replaceAll(written, 'PASSWORD'), text);
}

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** What is made anew each time, and the name of the client. */
function withoutRandom(written: string): string {
  return written
    .replace(/Basic ([\w+/=]+)/g, (_, credentials: string) => `Basic ${Buffer.from(credentials, 'base64').toString()}`)
    .replace(/^(user-agent: )(PostmanRuntime.*|pingone-tutorial)\r$/im, '$1client\r')
    .replace(guid, 'GUID')
    .replace(/\d{8}T\d{6}-[0-9a-f]{8}/g, 'RUN-ID')
    .replace(/\b1[789]\d{8}\b/g, 'TIME');
}

/** Newman reports a body that it does not send. */
function isWithoutBody(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Newman reports that of a form only where the step itself has one. */
function isRuntimeHeader(name: string): boolean {
  return ['postman-token', 'user-agent', 'content-type', 'cookie'].includes(name.toLowerCase());
}

/** What both engines have to say alike. Passwords are made anew, and as long as they are asked to be. */
export function comparable({ execution, result }: Outcome, definition: Definition, { url }: WireServer): unknown {
  const { state, request, response, error, assertions, scriptErrors, console: lines, skipped, next } = execution;
  const passwords = passwordsOf(definition);
  const scope = (values: State['run']) =>
    values.map(({ key, value, disabled }) => ({
      key,
      value: passwords.has(key) ? String(value).length : value,
      disabled,
    }));
  const plain = {
    environment: scope(state.environment.values),
    collection: scope(state.collection),
    globals: scope(state.globals),
    run: scope(state.run),
    cookies: state.cookies.jar().getCookieStringSync(`${url}/a`),
    request: request && {
      ...request,
      url: request.url.replace(/#.*/, ''),
      body: isWithoutBody(request.method) ? undefined : request.body,
      headers: request.headers.filter(({ name }) => !isRuntimeHeader(name)),
    },
    response: response && { ...response, timings: undefined, durationMs: undefined },
    error,
    // Newman runs the checks also where there is no answer.
    verdicts: error ? [] : assertions.map(({ name, message }) => [name, message === undefined]),
    scriptErrors,
    lines,
    skipped,
    next,
    result: {
      ...result,
      engine: undefined,
      durationMs: undefined,
      startMs: undefined,
      request: undefined,
      response: undefined,
    },
  };
  return JSON.parse(withoutRandom(withoutPasswords(JSON.stringify(plain), definition, execution)));
}
