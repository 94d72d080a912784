import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type Actor, type Call, dialectOf } from '../http/call.ts';
import { inferredChoices } from '../inferred.ts';
import { invalidToken } from '../refusal.ts';
import type { Environment, WorkerApp, World } from '../state/model.ts';
import { keyWithId, signingKey } from './keys.ts';

/** A signed access token for a worker app, with the claims PingOne puts into one. It holds no role and no scope. */
export async function issueToken(call: Call, home: Environment, app: WorkerApp): Promise<string> {
  const id = call.world.uuid();
  const issuedAt = Math.floor(call.now.getTime() / 1000);
  return signedAccessToken(call, {
    client_id: app.id,
    iss: issuerOf(call, home),
    jti: id,
    iat: issuedAt,
    exp: issuedAt + call.world.tokenLifetimeSeconds,
    aud: [inferredChoices.audience],
    env: home.id,
    org: home.organizationId,
    'p1.rid': id,
  });
}

/** The issuer of an environment's tokens, as its discovery document names it. */
export function issuerOf(call: Call, environment: Environment): string {
  return `${call.origin}/${environment.id}/as`;
}

/** A JSON Web Token with these claims. */
export async function signedToken(call: Call, claims: JWTPayload, type?: string): Promise<string> {
  const key = await signingKey(dialectOf(call), call.now);
  const header = { alg: 'RS256', kid: key.id, ...(type === undefined ? {} : { typ: type }) };
  return new SignJWT(claims).setProtectedHeader(header).sign(key.privateKey);
}

/** The same for an access token, which names its type from March 2027 on (RFC 9068). */
export function signedAccessToken(call: Call, claims: JWTPayload): Promise<string> {
  return signedToken(call, claims, dialectOf(call) === 'today' ? undefined : 'at+jwt');
}

/**
 * Who holds this token. Throws 401 when it is not one of ours, is over, or its app is gone or disabled. The issuer's host
 * is not compared: a token got through `localhost` is good at `127.0.0.1`.
 */
export async function actorOf(world: World, token: string, now: Date): Promise<Actor> {
  const payload = verified.get(token) ?? (await verify(token, now));
  if (payload.exp === undefined || payload.exp * 1000 <= now.getTime()) throw invalidToken();
  const home = world.state.environments.get(String(payload.env));
  const app = home?.workerApps.get(String(payload.client_id));
  if (home === undefined || app === undefined || !app.enabled) throw invalidToken();
  return { app, home };
}

/** Tokens whose signature was found good; a check costs more than all the rest of a request. Shared, like the key. */
const verified = new Map<string, JWTPayload>();
const mostVerified = 1000;

async function verify(token: string, now: Date): Promise<JWTPayload> {
  const keyFor = ({ kid }: { readonly kid?: string }) => keyWithId(kid)?.publicKey ?? Promise.reject(invalidToken());
  const { payload } = await jwtVerify(token, keyFor, { algorithms: ['RS256'], currentDate: now }).catch(() => {
    throw invalidToken();
  });
  if (verified.size >= mostVerified) verified.clear();
  verified.set(token, payload);
  return payload;
}
