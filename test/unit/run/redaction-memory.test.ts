import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { slow } from '../../slow.ts';

const megabytes = 5;

/** Answers of some megabytes. */
const answers: Readonly<Record<string, string>> = {
  'a list of tokens': `JSON.stringify(Array.from({ length: size / 40 }, (_, n) => ({ access_token: 'tok%en-' + n + '-aaaaaaaaaaaa' })))`,
  'one token': `JSON.stringify({ access_token: 'a'.repeat(size) })`,
  'a token that is never closed': `'{"access_token":"' + 'aA1%'.repeat(size / 4)`,
  'tokens of 64 KiB': `JSON.stringify(Array.from({ length: size / 65536 }, (_, n) => ({ access_token: n + '-' + 'aB3/'.repeat(16380) })))`,
  'the beginning of a secret': `'k3-9f-secret-of-min'.repeat(size / 19)`,
  'escaped backslashes': `'\\\\\\\\"'.repeat(size / 3)`,
  'percent signs': `'%25'.repeat(size / 3)`,
  'nested lists': `'['.repeat(size / 2) + ']'.repeat(size / 2)`,
  'a list of licenses': `JSON.stringify(Array.from({ length: size / 30 }, (_, n) => ({ id: 'x' + n, status: 'ACTIVE' })))`,
};

/**
 * Learns from each answer, redacts it as a body and a fifth of it as a message, reads its shape, and gives by how many MB the peak of memory rose
 * (https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html). The first one is for what is loaded and compiled once.
 */
const program = `
  import { readFileSync, writeFileSync } from 'node:fs';
  import { loadDefinition } from './src/definition/load.ts';
  import { toBodyText } from './src/run/result/body-text.ts';
  import { parseJson } from './src/run/result/parse-json.ts';
  import { shapeOf } from './src/run/result/response-shape.ts';
  import { redactedEvent } from './src/run/secrets/redaction-boundary.ts';
  import { createSecretKeeper } from './src/run/secrets/secret-keeper.ts';
  const definition = await loadDefinition('collections/create-a-test-environment');
  const size = ${megabytes} * 1024 * 1024;
  const memory = (name) => Number(new RegExp(name + ':[^0-9]+([0-9]+)').exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  const exchange = (text) => {
    const keeper = createSecretKeeper(definition);
    keeper.learn({ adminAppSecret: 'k3-9f-secret-of-mine', accessToken: '%25%&amp;"a' });
    const response = { status: 200, reason: 'OK', durationMs: 1, headers: [], body: toBodyText(text) };
    redactedEvent({ kind: 'exchange', startMs: 0, request: { method: 'GET', url: 'https://x/', headers: [] }, response }, keeper);
    keeper.redactor().text(text.slice(0, size / 5));
    shapeOf(parseJson(text) ?? null);
  };
  const rises = [() => '{"access_token":"k3-9f-secret"}', ${Object.values(answers)
    .map((answer) => `() => ${answer}`)
    .join(', ')}].map((make) => {
    const text = make();
    Buffer.byteLength(text);
    globalThis.gc();
    writeFileSync('/proc/self/clear_refs', '5');
    const before = memory('VmRSS');
    exchange(text);
    return Math.round(memory('VmHWM') - before);
  });
  console.log(JSON.stringify(rises.slice(1)));
`;

it.runIf(process.platform === 'linux')(
  'learning from five megabytes and redacting them takes some times as much memory, whatever they are',
  { ...slow, timeout: 180_000 },
  async () => {
    const args = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: process.cwd() });
    const rises = JSON.parse(stdout) as number[];
    for (const [index, kind] of Object.keys(answers).entries()) {
      expect(rises[index], `${kind}, in MB`).toBeLessThan(30 * megabytes);
    }
  },
);
