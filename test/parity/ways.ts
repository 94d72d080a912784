import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startEchoServer } from '../../scripts/import-check/echo-server.ts';
import { temporaryFolder } from '../e2e/support.ts';
import { slowUnless } from '../slow.ts';
import { importAndCompile, type Outcome, type RunFiles, runOurs, runStock } from './outcomes.ts';

/** A request of a case. */
export interface ParityItem {
  readonly name: string;
  readonly id?: string;
  readonly method?: string;
  /** Behind the address of the server. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly auth?: object;
  /** Script before the request. */
  readonly before?: string;
  /** Script after the response. */
  readonly after?: string;
}

/** A collection, what it runs with, and what a server receives then. */
export interface ParityCase {
  readonly name: string;
  readonly items: readonly ParityItem[];
  /** Variables of the collection. */
  readonly variables?: readonly object[];
  /** An environment file. `http://echo` stands for the address of the server. */
  readonly environment?: object;
  /** A data file: a text is CSV, a list is JSON. */
  readonly data?: string | readonly object[];
  readonly iterations?: number;
  readonly received: readonly string[];
  /** Each check that scripts make, `name: passed`. Not looked at when it is left out. */
  readonly checks?: readonly string[];
  /** Whether the exit code is not 0. Default: false. */
  readonly fails?: boolean;
  /** More arguments of our run. */
  readonly arguments?: readonly string[];
  /** What is otherwise in our run, which retries. */
  readonly ours?: { readonly received: readonly string[]; readonly fails: boolean };
  /** A text that our run must not print. */
  readonly hidden?: string;
}

const ways = ['stock Newman, original', 'stock Newman, compiled', 'our run'] as const;
export type Way = (typeof ways)[number];

/**
 * Runs each case three ways, and compares what a server receives and whether the exit code is 0. Those in `notYet`
 * (`name of the case: way`) have to differ.
 */
export function compareWays(cases: readonly ParityCase[], notYet: readonly string[]): void {
  const known = cases.flatMap(({ name }) => ways.map((way) => `${name}: ${way}`));
  it('is told of cases that exist', () => expect(notYet.filter((title) => !known.includes(title))).toEqual([]));
  for (const [index, one] of cases.entries()) {
    describe(one.name, slowUnless(index % 9 === 0), () => {
      const prepared = prepare(one);
      afterAll(async () => (await prepared()).close());
      for (const way of ways) {
        const test = notYet.includes(`${one.name}: ${way}`) ? it.fails : it;
        test(way, async () => {
          const outcome = await (await prepared()).run(way);
          const { received, fails = false } = (way === 'our run' && one.ours) || one;
          expect(outcome.received, outcome.output).toEqual(received);
          expect(outcome.fails, outcome.output).toBe(fails);
          if (one.checks) expect(outcome.checks, outcome.output).toEqual(one.checks);
          if (way === 'our run' && one.hidden !== undefined) expect(outcome.output).not.toContain(one.hidden);
        });
      }
    });
  }
}

interface Prepared {
  run(way: Way): Promise<Outcome>;
  close(): Promise<void>;
}

/** The files of a case, made when they are first asked for. */
function prepare(one: ParityCase): () => Promise<Prepared> {
  let made: Promise<Prepared> | undefined;
  return () => {
    made ??= make(one);
    return made;
  };
}

async function make(one: ParityCase): Promise<Prepared> {
  const server = await startEchoServer();
  const folder = await temporaryFolder();
  const file = async (name: string, text: string) => {
    await writeFile(join(folder.path, name), text);
    return join(folder.path, name);
  };
  const original = await file('original.json', JSON.stringify(toCollection(one, server.url)));
  const atServer = (data: unknown) => JSON.stringify(data).replaceAll('http://echo', server.url);
  const environment = one.environment && (await file('environment.json', atServer(one.environment)));
  const data =
    one.data &&
    (typeof one.data === 'string'
      ? await file('data.csv', one.data)
      : await file('data.json', JSON.stringify(one.data)));
  const { iterations } = one;
  const options: RunFiles = { environment, data, iterations };
  const definition = join(folder.path, 'imported');
  let compiled: Promise<string> | undefined;
  const imported = () => {
    compiled ??= importAndCompile(original, definition);
    return compiled;
  };
  return {
    run: async (way) => {
      if (way !== 'our run') {
        return runStock(way === 'stock Newman, original' ? original : await imported(), options, server);
      }
      await imported();
      return runOurs(definition, options, server, folder.path, one.arguments);
    },
    close: async () => {
      await server.close();
      await folder.remove();
    },
  };
}

function toCollection({ name, items, variables }: ParityCase, base: string): object {
  return {
    info: { name, schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    ...(variables && { variable: variables }),
    item: items.map((item) => ({
      name: item.name,
      ...(item.id !== undefined && { id: item.id }),
      event: [
        ...(item.before === undefined ? [] : [toEvent('prerequest', item.before)]),
        ...(item.after === undefined ? [] : [toEvent('test', item.after)]),
      ],
      request: {
        method: item.method ?? 'GET',
        url: `${base}${item.path}`,
        header: Object.entries(item.headers ?? {}).map(([key, value]) => ({ key, value })),
        ...(item.body && { body: item.body }),
        ...(item.auth && { auth: item.auth }),
      },
    })),
  };
}

function toEvent(listen: string, text: string): object {
  return { listen, script: { type: 'text/javascript', exec: text.split('\n') } };
}
