import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openDraft } from '../../src/whole-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'whole-file-'));
afterAll(() => rmSync(folder, { recursive: true }));
const modeOf = (file: string) => statSync(file).mode & 0o777;

function write(target: string, text: string, mode?: number): void {
  const draft = openDraft(target, mode);
  draft.append(text);
  draft.finish();
}

it('leaves the file as it was until it is finished, and nothing when it is not', () => {
  const target = join(folder, 'a.txt');
  writeFileSync(target, 'before');
  const draft = openDraft(target);
  draft.append('after');
  expect(readFileSync(target, 'utf8')).toBe('before');
  draft.discard();
  draft.discard();
  expect(readdirSync(folder)).toEqual(['a.txt']);
  write(target, 'after');
  expect(readFileSync(target, 'utf8')).toBe('after');
  expect(readdirSync(folder)).toEqual(['a.txt']);
});

it('keeps the permissions of a file that is there, and gives those that are asked for whatever the umask', () => {
  const kept = join(folder, 'kept');
  writeFileSync(kept, '');
  chmodSync(kept, 0o600);
  write(kept, 'x');
  expect(modeOf(kept)).toBe(0o600);
  const asked = join(folder, 'asked');
  writeFileSync(asked, '');
  chmodSync(asked, 0o666);
  write(asked, 'x', 0o600);
  expect(modeOf(asked)).toBe(0o600);
});

it('takes the place of a link, and leaves what it leads to alone', () => {
  const victim = join(folder, 'victim');
  const link = join(folder, 'link');
  writeFileSync(victim, 'precious');
  chmodSync(victim, 0o600);
  symlinkSync(victim, link);
  write(link, 'x');
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect(lstatSync(link).isSymbolicLink()).toBe(false);
});

it('refuses a folder, a pipe and a device', () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  mkdirSync(join(folder, 'sub'));
  expect(() => openDraft(join(folder, 'sub'))).toThrow('it is a folder');
  expect(() => openDraft(pipe)).toThrow('it is a pipe');
  expect(() => openDraft('/dev/null')).toThrow('it is a device, not a file');
  expect(existsSync('/dev/null')).toBe(true);
});
