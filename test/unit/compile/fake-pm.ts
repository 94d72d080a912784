import { randomUUID } from 'node:crypto';
import { createContext, Script } from 'node:vm';
import { chai } from 'vitest';
import { compileSchema } from '../../../src/definition/schemas/response-schema.ts';

/** What a script finds in Postman, and what it left there. */
export interface Sandbox {
  readonly environment: Map<string, string>;
  readonly collection: Map<string, string>;
  readonly local: Map<string, string>;
  /** Names of the checks, with the message of each that failed. */
  readonly checks: Map<string, string | undefined>;
  readonly log: string[];
  isSkipped: boolean;
  /** Name of the request that the script asked for next; null when it asked for the end of the run. */
  next?: string | null;
  /** Times that the script asked for `Math.random`, which throws here. */
  randomCalls: number;
}

export interface SandboxOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly collection?: Readonly<Record<string, string>>;
  readonly response?: { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };
  /** Source of `crypto.getRandomValues`; without it, the engine has no Web Crypto. */
  readonly nextByte?: () => number;
}

export function newSandbox({ environment = {}, collection = {} }: SandboxOptions = {}): Sandbox {
  return {
    environment: new Map(Object.entries(environment)),
    collection: new Map(Object.entries(collection)),
    local: new Map(),
    checks: new Map(),
    log: [],
    isSkipped: false,
    randomCalls: 0,
  };
}

/** Compiles a script once, to be run many times in an engine of its own, with as much of `pm` as compiled scripts use. */
export function prepare(lines: readonly string[], sandbox: Sandbox, options: SandboxOptions = {}): () => void {
  const { nextByte } = options;
  const context = createContext({
    pm: fakePm(sandbox, options),
    console: { log: (text: string) => sandbox.log.push(text) },
    require: (name: string) => {
      throw new Error(`compiled scripts need no module, not even ${name}`);
    },
    countRandom: () => {
      sandbox.randomCalls += 1;
    },
    ...(nextByte && {
      crypto: { getRandomValues: (bytes: Uint8Array) => bytes.map((_, i) => (bytes[i] = nextByte())) },
    }),
  });
  new Script(
    "Math.random = () => { countRandom(); throw new Error('Math.random is not cryptographic'); };",
  ).runInContext(context);
  return new Script(`(function () {\n${lines.join('\n')}\n})`).runInContext(context) as () => void;
}

/** Runs a script and gives what it left. */
export function run(lines: readonly string[], options: SandboxOptions = {}): Sandbox {
  const sandbox = newSandbox(options);
  prepare(lines, sandbox, options)();
  return sandbox;
}

function fakePm(sandbox: Sandbox, { response }: SandboxOptions): object {
  const { environment, collection, local } = sandbox;
  const scope = (values: Map<string, string>) => ({
    get: (name: string) => values.get(name),
    has: (name: string) => values.has(name),
    set: (name: string, value: string) => values.set(name, value),
    unset: (name: string) => values.delete(name),
  });
  const variable = (name: string) => local.get(name) ?? environment.get(name) ?? collection.get(name);
  const replaceIn = (text: string) => {
    let current = text;
    for (let round = 0; round < 19; round += 1) {
      current = current.replace(/\{\{([^{}]*)\}\}/g, (whole, name) =>
        name === '$guid' ? randomUUID() : (variable(name) ?? whole),
      );
    }
    return current;
  };
  return {
    environment: scope(environment),
    collectionVariables: scope(collection),
    variables: { ...scope(local), get: variable, has: (name: string) => variable(name) !== undefined, replaceIn },
    execution: {
      skipRequest: () => {
        sandbox.isSkipped = true;
      },
      setNextRequest: (name: string | null) => {
        sandbox.next = name;
      },
    },
    test: (name: string, check: () => void) => {
      try {
        check();
        sandbox.checks.set(name, undefined);
      } catch (error) {
        sandbox.checks.set(name, (error as Error).message);
      }
    },
    expect: chai.expect,
    response: response && {
      code: response.status,
      json: () => JSON.parse(JSON.stringify(response.body)),
      headers: { get: (name: string) => response.headers?.[name] },
      to: {
        have: {
          status: (code: number) => chai.expect(response.status).to.equal(code),
          jsonSchema: (schema: Record<string, unknown>) =>
            chai.expect(compileSchema(JSON.parse(JSON.stringify(schema)))(response.body)).to.deep.equal([]),
        },
      },
    },
  };
}
