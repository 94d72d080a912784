import { randomUUID, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { newSandbox, prepare } from '../test/unit/compile/fake-pm.ts';
import { violations } from '../test/unit/compile/standard-policy.ts';

/**
 * Makes passwords with the pre-request script of step 6, as it stands in the committed collection, and checks each against
 * the Standard policy: `npx tsx scripts/check-passwords.ts 1000000`. Half are made with Web Crypto, half without it, from
 * the digits of 24 random UUIDs. `Math.random` throws, and is counted.
 */

const file = new URL(
  '../collections/create-a-test-environment/create-a-test-environment.postman_collection.json',
  import.meta.url,
);

interface Item {
  readonly name: string;
  readonly item?: readonly Item[];
  readonly event?: readonly { readonly listen: string; readonly script: { readonly exec: readonly string[] } }[];
}

function scriptOfStep6(): readonly string[] {
  const { item: folders } = JSON.parse(readFileSync(file, 'utf8')) as { item: readonly Item[] };
  const step = folders.flatMap(({ item }) => item ?? []).find(({ name }) => name.startsWith('Step 6:'));
  const script = step?.event?.find(({ listen }) => listen === 'prerequest')?.script.exec;
  if (!script) throw new Error('the collection has no step 6 with a pre-request script');
  return script;
}

/** Random bytes in large portions: asking for each alone takes most of the time. */
function bytesOfWebCrypto(): () => number {
  const bytes = new Uint8Array(65_536);
  let used = bytes.length;
  return () => {
    if (used === bytes.length) {
      webcrypto.getRandomValues(bytes);
      used = 0;
    }
    return bytes[used++] ?? 0;
  };
}

const wanted = Number(process.argv[2] ?? 1_000_000);
const script = scriptOfStep6();
const email = 'sharedTestUser@example.com';
const given = {
  apiPath: 'https://api.pingone.com',
  accessToken: 'token',
  envID: 'environment',
  sharedUserID: 'user',
  email,
  username: 'sharedTestUser-{{runID}}',
};
let bytes = 0;
let broken = 0;
let randomCalls = 0;
const distinct = new Set<string>();

for (const hasWebCrypto of [true, false]) {
  const source = bytesOfWebCrypto();
  const nextByte = () => {
    bytes += 1;
    return source();
  };
  const sandbox = newSandbox({ environment: given });
  const send = prepare(script, sandbox, hasWebCrypto ? { nextByte } : {});
  const count = hasWebCrypto ? Math.ceil(wanted / 2) : Math.floor(wanted / 2);
  for (let made = 0; made < count; made += 1) {
    const runID = `20260323T163201-${randomUUID().slice(0, 8)}`;
    sandbox.environment.set('runID', runID);
    if (!hasWebCrypto) {
      sandbox.collection.set('passwordEntropy', Array.from({ length: 24 }, () => randomUUID()).join(''));
      bytes += 24 * 16;
    }
    send();
    const password = sandbox.environment.get('userPassword') ?? '';
    const rules = violations(password, [`sharedTestUser-${runID}`, email]);
    if (rules.length > 0 || sandbox.isSkipped) {
      broken += 1;
      console.error(
        `${JSON.stringify(password)} breaks: ${rules.join('; ') || [...sandbox.checks.values()].join('; ')}`,
      );
    }
    distinct.add(password);
  }
  randomCalls += sandbox.randomCalls;
}

console.log(
  `${wanted} passwords, ${distinct.size} different, ${broken} violations, ${bytes} random bytes from node:crypto ` +
    `(half with Web Crypto, half from the digits of 24 UUIDs), Math.random called ${randomCalls} times`,
);
process.exitCode = broken > 0 || randomCalls > 0 || distinct.size < wanted ? 1 : 0;
