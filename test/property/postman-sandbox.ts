import { createRequire } from 'node:module';
import sdk from 'postman-collection';
import type { ScopeVariable } from '../../src/environment/scope.ts';
import type { State } from '../../src/run/engine/state.ts';

/** Postman's sandbox, as its runtime has it: scripts run one after the other. */
export interface Sandbox {
  run(
    listen: 'prerequest' | 'test',
    lines: readonly string[],
    state: State,
    context: { readonly response?: object },
  ): Promise<ScriptOutcome>;
  close(): void;
}

/** What a script did. */
export interface ScriptOutcome {
  readonly checks: readonly (readonly [name: string, passed: boolean])[];
  /** What failed checks say, by their names. */
  readonly messages: Readonly<Record<string, string>>;
  /** What was written to the console. */
  readonly notes: readonly unknown[];
  readonly environment: Values;
  readonly collection: Values;
  readonly run: Values;
  /** Errors that ended the script. */
  readonly errors: readonly string[];
}

export type Values = readonly (readonly [name: string, value: unknown, disabled: boolean])[];

/** Numbers that JSON cannot write come out of the sandbox as null. */
export function valuesIn(list: readonly ScopeVariable[]): Values {
  const plain = (value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? null : value);
  return list.map(({ key, value, disabled }) => [key, plain(value), disabled ?? false]);
}

interface Context {
  execute(target: object, options: object, done: (error: Error | null, result: ContextResult) => void): void;
  on(event: string, listener: (cursor: unknown, told: unknown, ...more: unknown[]) => void): void;
  removeAllListeners(event: string): void;
  dispose(): void;
}

interface Assertion {
  readonly name: string;
  readonly passed: boolean;
  readonly error?: { readonly message: string };
}

type ContextScope = { readonly values: readonly ScopeVariable[] };
type ContextResult = Readonly<Record<'_variables' | 'environment' | 'collectionVariables', ContextScope>>;

export async function startSandbox(): Promise<Sandbox> {
  const require = createRequire(import.meta.url);
  const { createContext } = createRequire(require.resolve('postman-runtime'))('postman-sandbox') as {
    createContext(options: object, done: (error: Error | null, sandbox: Context) => void): void;
  };
  const context = await new Promise<Context>((resolve, reject) => {
    createContext({}, (error, made) => (error ? reject(error) : resolve(made)));
  });
  return { run: (...given) => outcomeOf(context, ...given), close: () => context.dispose() };
}

async function outcomeOf(context: Context, ...given: Parameters<Sandbox['run']>): Promise<ScriptOutcome> {
  const [listen, exec, state, more] = given;
  const checks: [string, boolean][] = [];
  const errors: string[] = [];
  const messages: Record<string, string> = {};
  const notes: unknown[] = [];
  context.on('execution.assertion', (_cursor, told) => {
    for (const { name, passed, error } of told as Assertion[]) {
      checks.push([name, passed]);
      if (error) messages[name] = error.message;
    }
  });
  context.on('console', (_cursor, _level, ...written) => void notes.push(...written));
  context.on('execution.error', (_cursor, error) => errors.push(String((error as Error).message)));
  const target = new sdk.Event({ listen, script: { exec: [...exec], type: 'text/javascript' } } as never);
  const scopes = {
    environment: { name: state.environment.name, values: state.environment.values },
    collectionVariables: { values: state.collection },
    globals: { values: state.globals },
    _variables: { values: state.run },
    data: state.row,
  };
  const result = await new Promise<ContextResult>((resolve, reject) => {
    context.execute(target, { id: 'one', context: { ...more, ...scopes } }, (error, made) =>
      error ? reject(error) : resolve(made),
    );
  });
  for (const event of ['execution.assertion', 'execution.error', 'console']) context.removeAllListeners(event);
  return {
    checks,
    messages,
    notes,
    environment: valuesIn(result.environment.values),
    collection: valuesIn(result.collectionVariables.values),
    run: valuesIn(result._variables.values),
    errors,
  };
}
