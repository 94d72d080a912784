import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { crc32 } from 'node:zlib';

/**
 * A folder of the person for what can be made again: V8's code caches, definitions that were read, validators. What is in it is
 * run or believed, so it is used only when nobody else can write or read it. Whatever is wrong with it is passed over in silence:
 * then there is nothing in it, and nothing is kept.
 */
export interface Cache {
  /** Undefined when there is none. */
  read(name: string): Buffer | undefined;
  /** Writes an entry whole or not at all, and removes the oldest when there are too many. */
  write(name: string, data: Uint8Array | string): void;
}

/** Files and bytes that are kept. */
const limits = { files: 64, bytes: 96 * 1024 * 1024 };

type OsVariables = Readonly<Record<string, string | undefined>>;

/** The cache of the person whose process this is; undefined when there can be none. */
export function openCache(
  osVariables: OsVariables = process.env,
  platform: NodeJS.Platform = process.platform,
): Cache | undefined {
  try {
    const folder = cacheFolder(osVariables, platform);
    return folder !== undefined && isOwn(folder) ? cacheIn(folder) : undefined;
  } catch {
    return undefined;
  }
}

/** By the XDG Base Directory Specification where it is followed, else where the platform keeps such things. */
export function cacheFolder(osVariables: OsVariables, platform: NodeJS.Platform): string | undefined {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = osVariables;
  const home = osVariables.HOME || homedir();
  const base =
    xdg ||
    (platform === 'win32'
      ? local
      : home && join(home, ...(platform === 'darwin' ? ['Library', 'Caches'] : ['.cache'])));
  return base && isAbsolute(base) ? join(base, 'pingone-tutorial') : undefined;
}

/** Makes the folder when it is missing. False when it is a link, another's, or open to others. */
function isOwn(folder: string): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  return found.isDirectory() && isPrivate(found);
}

/** Windows has no such owner and mode; there the folder of the profile has its own protection. */
function isPrivate({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
}

function cacheIn(folder: string): Cache {
  const path = (name: string) => join(folder, name);
  return {
    read: (name) => {
      try {
        const found = lstatSync(path(name));
        return found.isFile() && isPrivate(found) ? withoutDigest(readFileSync(path(name))) : undefined;
      } catch {
        return undefined;
      }
    },
    write: (name, data) => {
      // Two processes may write the same at a time.
      const draft = path(`${name}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
      try {
        writeFileSync(draft, withDigest(data), { mode: 0o600, flag: 'wx' });
        renameSync(draft, path(name));
        removeOldest(folder);
      } catch {
        rmSync(draft, { force: true });
      }
    },
  };
}

/** A damaged code cache ends the process in V8, so each entry begins with the CRC-32 and the length of the rest. */
function withDigest(data: Uint8Array | string): Uint8Array {
  const content = Buffer.from(data as Uint8Array);
  const digest = Buffer.alloc(digestBytes);
  digest.writeUInt32LE(crc32(content), 0);
  digest.writeUInt32LE(content.length, 4);
  return Buffer.concat([digest, content]);
}

/** Undefined for an entry that is not as it was written. */
function withoutDigest(entry: Buffer): Buffer | undefined {
  if (entry.length < digestBytes) return undefined;
  const content = entry.subarray(digestBytes);
  const isWhole = entry.readUInt32LE(0) === crc32(content) && entry.readUInt32LE(4) === content.length;
  return isWhole ? content : undefined;
}

/** V8 takes a code cache only where memory is aligned to eight bytes. */
const digestBytes = 8;

/** The part of a cache that is for one build of the program: another may read or compile otherwise. */
export function cacheOfBuild(cache: Cache, build: string): Cache {
  const named = (name: string) => `${name}-${build}`;
  return {
    read: (name) => cache.read(named(name)),
    write: (name, data) => cache.write(named(name), data),
  };
}

/** Stands for what a code cache depends on beside the source: versions of Node and V8, its flags, the processor. */
export function codeCacheTag(): string {
  return `${process.version}-${process.arch}-${cachedDataVersionTag().toString(36)}`;
}

function removeOldest(folder: string): void {
  const entries = readdirSync(folder)
    .map((name) => ({ name, ...fileFacts(join(folder, name)) }))
    .sort((one, other) => other.at - one.at);
  let bytes = 0;
  for (const [index, { name, size }] of entries.entries()) {
    bytes += size;
    if (index >= limits.files || bytes > limits.bytes) rmSync(join(folder, name), { force: true });
  }
}

function fileFacts(file: string): { size: number; at: number } {
  const found = statSync(file, { throwIfNoEntry: false });
  return { size: found?.size ?? 0, at: found?.mtimeMs ?? 0 };
}
