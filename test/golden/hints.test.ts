import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DEFAULT_PORT, type Fault, seedApps } from '../../src/simulator/index.ts';
import {
  collectionFile,
  type RunningSimulator,
  simulatorEnvironmentFile,
  ssoCollectionFile,
  ssoEnvironmentFile,
  startSimulator,
} from '../e2e/support.ts';
import { slowUnless } from '../slow.ts';
import { expectGolden } from './support.ts';

/** What people see who run the compiled collections with Newman as it was published: nothing else says what is wrong. */

interface Run {
  on(event: 'console', listener: (error: Error | null, told: { readonly messages: readonly unknown[] }) => void): Run;
}

interface Summary {
  readonly run: {
    readonly failures: readonly {
      readonly error: { readonly test?: string; readonly name: string; readonly message: string };
      readonly source?: { readonly name: string };
    }[];
  };
}

const newman = createRequire(import.meta.url)('newman-stock') as {
  run(options: object, callback: (error: Error | null, summary: Summary) => void): Run;
};

interface Case {
  readonly name: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly fault?: Fault;
  /** The only request that is sent. */
  readonly request?: string;
  readonly isSso?: true;
}

/** It ended in January 2024. */
const expiredToken = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"exp":1704070800}').toString('base64url')}.c2ln`;

const cases: readonly Case[] = [
  { name: 'wrong-secret', values: { adminAppSecret: 'not-the-secret' } },
  {
    name: 'application-without-roles',
    values: { adminAppID: seedApps.withoutRoles.clientId, adminAppSecret: seedApps.withoutRoles.secret },
  },
  { name: 'missing-role', fault: { match: { step: 3 }, do: { kind: 'status', status: 403 } } },
  {
    name: 'weak-password',
    fault: {
      match: { step: 6 },
      do: {
        kind: 'status',
        status: 400,
        body: {
          id: '7d2c',
          code: 'INVALID_DATA',
          message: 'The request could not be completed. One or more validation errors were in the request.',
          details: [
            {
              code: 'INVALID_VALUE',
              target: 'newPassword',
              message: 'User password did not satisfy password policy requirements.',
              innerError: { unsatisfiedRequirements: ['length', 'minCharacters'] },
            },
          ],
        },
      },
    },
  },
  {
    name: 'expired-token',
    values: { accessToken: expiredToken, orgID: '6b1f3c52-8f0a-4c55-9a57-0d8a3c1e7f01' },
    request: 'Step 2: Read all licenses',
  },
  { name: 'refused-token', fault: { match: { step: 4 }, do: { kind: 'token-expiry', afterSeconds: 0 } } },
  { name: 'unresolved-variable', values: { adminAppSecret: '' } },
  { name: 'no-access-token', request: 'Step 2: Read all licenses' },
  { name: 'wrong-region', values: { tld: 'eu', region: '' } },
  { name: 'wrong-shape', fault: { match: { step: 3 }, do: { kind: 'mistyped-field', pointer: '/license' } } },
  { name: 'no-json', fault: { match: { step: 5 }, do: { kind: 'invalid-json' } } },
  { name: 'wrong-sign-on-password', values: { userPassword: 'wrong' }, isSso: true },
];

let target: RunningSimulator;
beforeAll(async () => {
  target = await startSimulator();
});
beforeEach(() => target.simulator.reset());
afterAll(() => target.close());

/** Failed checks with what they say, and the console's lines of requests that were skipped. */
async function shownBy({ values = {}, fault, request, isSso }: Case): Promise<string> {
  const collection: unknown = JSON.parse(await readFile(isSso ? ssoCollectionFile : collectionFile, 'utf8'));
  const file = await readFile(isSso ? ssoEnvironmentFile : simulatorEnvironmentFile, 'utf8');
  const environment: unknown = JSON.parse(file.replaceAll(`http://127.0.0.1:${DEFAULT_PORT}`, target.url));
  const envVar = Object.entries(values).map(([key, value]) => ({ key, value }));
  target.simulator.setFaults(fault ? [fault] : []);
  const notes: string[] = [];
  const { run } = await new Promise<Summary>((resolve, reject) => {
    const options = { collection, environment, envVar, reporters: [], ...(request && { folder: request }) };
    newman
      .run(options, (error, summary) => (error ? reject(error) : resolve(summary)))
      .on('console', (_error, { messages }) => notes.push(messages.join(' ')));
  });
  const failed = run.failures.map(
    ({ error, source }) => `${source?.name} › ${error.test ?? error.name}\n${error.message}\n`,
  );
  const skipped = notes.filter((note) => note.startsWith('Skipped')).map((note) => `${note}\n`);
  return [...failed, skipped.join('')]
    .join('\n')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(target.url, '<simulator>');
}

for (const [index, given] of cases.entries())
  test(`a run in stock Newman says what to do: ${given.name}`, slowUnless(index < 2), async () => {
    const folder = fileURLToPath(new URL(`hints/${given.name}`, import.meta.url));
    await expectGolden(folder, { 'failures.txt': await shownBy(given) });
  });

test('an entry is one line of a script, and none holds a variable that a tool would fill in', async () => {
  for (const file of [collectionFile, ssoCollectionFile]) {
    const text = await readFile(file, 'utf8');
    const entries = text.split('\n').filter((line) => /^\s*" +\[\d+, \{/.test(line));
    expect(entries.length).toBeGreaterThan(30);
    expect(entries.filter((line) => line.includes('{{'))).toEqual([]);
  }
});
