import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { announcedChange, type Dialect } from '../dialect.ts';
import type { JsonObject } from '../json.ts';

/** The key that signs tokens. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** The public part, as the key set endpoint shows it. */
  readonly jwk: JsonObject;
}

/** The default of PingOne's key rotation policies. */
const rotationDays = 90;

/** The process's keys by period, made when first needed. All simulators share them: making one takes a good part of a second. */
const shared = new Map<string, Promise<SigningKey>>();
/** Keys that were made, by their ids. */
const made = new Map<string, SigningKey>();

/** The key that signs at this moment. Today it is always the same; from March 2027 on it changes with its period. */
export function signingKey(dialect: Dialect, now: Date): Promise<SigningKey> {
  return keyOf(dialect === 'today' ? fixed : periodOf(now));
}

/** The keys that a key set shows: the one that signs, and the one before, whose tokens may still be good. */
export async function publishedKeys(dialect: Dialect, now: Date): Promise<readonly SigningKey[]> {
  if (dialect === 'today') return [await keyOf(fixed)];
  const period = periodOf(now);
  return Promise.all([keyOf(period), keyOf(period === 0 ? fixed : period - 1)]);
}

/** The key with this id, if a token can be signed with it. */
export function keyWithId(id: string | undefined): SigningKey | undefined {
  return made.get(id ?? '');
}

const fixed = 'fixed';

function periodOf(now: Date): number {
  return Math.floor((now.getTime() - announcedChange.getTime()) / (rotationDays * 24 * 60 * 60 * 1000));
}

function keyOf(period: number | string): Promise<SigningKey> {
  const name = String(period);
  const key = shared.get(name) ?? makeKey();
  shared.set(name, key);
  return key;
}

async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = await exportJWK(publicKey);
  const id = await calculateJwkThumbprint(jwk);
  const key = { id, privateKey, publicKey, jwk: { kty: 'RSA', n: jwk.n, e: jwk.e, kid: id, use: 'sig', alg: 'RS256' } };
  made.set(id, key);
  return key;
}
