import {
  chmodSync,
  existsSync,
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
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder, cacheOfBuild, openCache } from '../../../src/start/cache.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'pingone-tutorial-cache-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));
const folder = () => join(base, 'pingone-tutorial');
const open = () => openCache({ XDG_CACHE_HOME: base }, 'linux');

describe('the cache', () => {
  it('keeps what is written, for its owner only', () => {
    open()?.write('one', 'text');
    expect(open()?.read('one')?.toString()).toBe('text');
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder(), 'one')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder())).toEqual(['one']);
    expect(open()?.read('two')).toBeUndefined();
  });

  it('does not read an entry that was damaged: V8 would end the process', () => {
    const cache = open();
    const content = Buffer.alloc(5000, 'code');
    cache?.write('one', content);
    const whole = readFileSync(join(folder(), 'one'));
    const read = (bytes: Uint8Array) => {
      writeFileSync(join(folder(), 'one'), bytes, { mode: 0o600 });
      return cache?.read('one');
    };
    expect(read(whole)).toEqual(content);
    for (let at = 0; at < whole.length; at += 97) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      expect(read(damaged)).toBeUndefined();
    }
    for (const length of [0, 3, 8, 9, 4000]) expect(read(whole.subarray(0, length))).toBeUndefined();
    expect(read(Buffer.concat([whole, Buffer.from('more')]))).toBeUndefined();
  });

  it('is not used when others may read or write the folder', () => {
    open()?.write('one', 'text');
    for (const mode of [0o750, 0o702, 0o777]) {
      chmodSync(folder(), mode);
      expect(open()).toBeUndefined();
    }
  });

  it('is not used when the folder is a link, a file, or cannot be made', () => {
    mkdirSync(join(base, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(base, 'elsewhere'), folder());
    expect(open()).toBeUndefined();
    rmSync(folder());
    writeFileSync(folder(), '');
    expect(open()).toBeUndefined();
    expect(openCache({ XDG_CACHE_HOME: join(folder(), 'inside') }, 'linux')).toBeUndefined();
  });

  it('does not read an entry that others may write, or that is a link', () => {
    const cache = open();
    cache?.write('one', 'text');
    symlinkSync(join(folder(), 'one'), join(folder(), 'link'));
    expect(cache?.read('link')).toBeUndefined();
    chmodSync(join(folder(), 'one'), 0o622);
    expect(cache?.read('one')).toBeUndefined();
  });

  it('says nothing when an entry cannot be written', () => {
    const cache = open();
    rmSync(folder(), { recursive: true });
    cache?.write('one', 'text');
    expect(existsSync(folder())).toBe(false);
  });

  it('removes the oldest of more than 64 entries', () => {
    const cache = open();
    for (let index = 0; index < 80; index += 1) cache?.write(`entry-${index}`, 'text');
    expect(readdirSync(folder())).toHaveLength(64);
    expect(cache?.read('entry-79')).toBeDefined();
  });

  it('holds no entry of another build', () => {
    const cache = open();
    if (!cache) throw new Error('there is no cache');
    cacheOfBuild(cache, 'a').write('one', 'text');
    expect(cacheOfBuild(cache, 'a').read('one')).toBeDefined();
    expect(cacheOfBuild(cache, 'b').read('one')).toBeUndefined();
  });

  it.each([
    ['linux', { XDG_CACHE_HOME: '/x', HOME: '/home/p' }, '/x/pingone-tutorial'],
    ['linux', { HOME: '/home/p' }, '/home/p/.cache/pingone-tutorial'],
    ['linux', { XDG_CACHE_HOME: 'relative', HOME: '/home/p' }, undefined],
    ['darwin', { HOME: '/Users/p' }, '/Users/p/Library/Caches/pingone-tutorial'],
    ['win32', { LOCALAPPDATA: '/local', HOME: '/home/p' }, '/local/pingone-tutorial'],
    ['win32', { HOME: '/home/p' }, undefined],
  ] as const)('is on %s with %j in %s', (platform, osVariables, want) => {
    expect(cacheFolder(osVariables, platform)).toBe(want);
  });
});
