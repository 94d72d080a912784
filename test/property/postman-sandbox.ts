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
  on(event: string, listener: (cursor: unknown, told: unknown) => void): void;
  removeAllListeners(event: string): void;
  dispose(): void;
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
  context.on('execution.assertion', (_cursor, told) => {
    for (const { name, passed } of told as { name: string; passed: boolean }[]) checks.push([name, passed]);
  });
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
  for (const event of ['execution.assertion', 'execution.error']) context.removeAllListeners(event);
  return {
    checks,
    environment: valuesIn(result.environment.values),
    collection: valuesIn(result.collectionVariables.values),
    run: valuesIn(result._variables.values),
    errors,
  };
}
