import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { JsonObject } from '../json.ts';

/** The key that signs tokens. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** The public part, as the key set endpoint shows it. */
  readonly jwk: JsonObject;
}

let shared: Promise<SigningKey> | undefined;

/** The process's signing key, made when first needed. All simulators share it: making one takes a good part of a second. */
export function signingKey(): Promise<SigningKey> {
  shared ??= makeKey();
  return shared;
}

async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = await exportJWK(publicKey);
  const id = await calculateJwkThumbprint(jwk);
  return { id, privateKey, publicKey, jwk: { kty: 'RSA', n: jwk.n, e: jwk.e, kid: id, use: 'sig', alg: 'RS256' } };
}
