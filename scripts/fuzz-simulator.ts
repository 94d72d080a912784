/**
 * Malformed input of every kind, for as many cases as one likes; ends with 1 at the first answer that is not documented.
 *
 *   npx tsx scripts/fuzz-simulator.ts [cases]
 */
import { fuzzBigBodies, fuzzBytes, fuzzFields, fuzzPasswords, fuzzRequests } from '../test/simulator/fuzz.ts';

const cases = Number(process.argv[2] ?? 20_000);

/** How the cases are shared out: whole requests are the most varied, ten megabytes take the longest. */
const shares = [
  ['requests of any method, path, query, headers and body', 0.6, fuzzRequests],
  ['fields of any type in good bodies', 0.18, fuzzFields],
  ['passwords', 0.1, fuzzPasswords],
  ['bytes on a connection', 0.115, fuzzBytes],
  ['bodies of up to ten megabytes', 0.005, fuzzBigBodies],
] as const;

let tried = 0;
for (const [name, share, fuzz] of shares) {
  const started = performance.now();
  const count = Math.max(1, Math.round(cases * share));
  await fuzz(count);
  tried += count;
  process.stdout.write(`${count} ${name}: ${Math.round((performance.now() - started) / 1000)} s\n`);
}
process.stdout.write(`${tried} cases tried; every answer was documented.\n`);
