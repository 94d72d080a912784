import { randomUUID } from 'node:crypto';
import { stringify } from 'node:querystring';
import urlEncoder from 'postman-url-encoder';
import stripJsonComments from 'strip-json-comments';
import { rawBody } from '../../compile/request-body.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import type { EngineRequest } from '../engine/execution.ts';
import type { State } from '../engine/state.ts';
import { userAgent } from '../transport/transport.ts';
import { fillRequest } from './fill.ts';

/** An address as Postman encodes it. */
export type NodeUrl = ReturnType<typeof urlEncoder.toNodeUrl>;

/** A request as it goes on the wire, but for what is added by the transport and by cookies. */
export interface WireRequest extends EngineRequest {
  /** With the path as it goes. */
  readonly address: NodeUrl;
  /** The body as reports show it: a form before it is encoded. */
  readonly shownBody: string | undefined;
}

/** Methods whose body Postman leaves out. */
const withoutBody = ['GET', 'HEAD', 'COPY', 'PURGE', 'UNLOCK'];

/** The request of a step, with the headers that Postman adds, in their order. */
export function wireRequest({ request }: Step, { authorization }: Definition, state: State): WireRequest {
  const url = fillRequest(request.url, state);
  const address = urlEncoder.toNodeUrl(url);
  const { method } = request;
  let headers: Headers = request.headers
    .filter(({ disabled, name }) => !disabled && name !== '')
    .map(({ name, value }) => ({ name: fillRequest(name, state), value: fillRequest(value, state) }));
  const own = new Set(headers.map(({ name }) => name.toLowerCase()));
  const body = withoutBody.includes(method) ? undefined : filledBody(request.body, state);
  const addUnlessSet = (name: string, value: string) => {
    if (!own.has(name.toLowerCase())) headers.push({ name, value });
  };
  // Postman looks for comments in JSON before it signs the request, and adds the type of the body with it.
  if (body?.language === 'json') addUnlessSet('Content-Type', 'application/json');
  const authorized = authorizationHeader(request.auth ?? authorization, state);
  if (authorized !== undefined)
    headers = [
      ...headers.filter(({ name }) => name.toLowerCase() !== 'authorization'),
      { name: 'Authorization', value: authorized },
    ];
  if (body?.language === 'text') addUnlessSet('Content-Type', 'text/plain');
  addUnlessSet('User-Agent', userAgent);
  addUnlessSet('Accept', '*/*');
  addUnlessSet('Cache-Control', 'no-cache');
  addUnlessSet('Postman-Token', randomUUID());
  addUnlessSet('Host', address.host);
  addUnlessSet('Accept-Encoding', 'gzip, deflate, br');
  addUnlessSet('Connection', 'keep-alive');
  if (body?.language === 'form') headers = withFormType(headers);
  if (body && body.text !== '') addUnlessSet('Content-Length', String(Buffer.byteLength(body.text)));
  return { method, url, address, headers, body: body?.text, shownBody: (body?.shown ?? body?.text) || undefined };
}

type Headers = WireRequest['headers'][number][];

/** A form replaces any other type, where that stands. */
function withFormType(headers: Headers): Headers {
  const type = 'application/x-www-form-urlencoded';
  const isType = ({ name }: { readonly name: string }) => name.toLowerCase() === 'content-type';
  const first = headers.findIndex(isType);
  const present = headers[first];
  if (!present) return [...headers, { name: 'Content-Type', value: type }];
  if (/^application\/x-www-form-urlencoded\b/.test(present.value)) return headers;
  return headers.with(first, { ...present, value: type }).filter((header, index) => index === first || !isType(header));
}

function authorizationHeader({ basic, bearer }: Definition['authorization'], state: State): string | undefined {
  if (basic) {
    const credentials = `${fillRequest(basic.username, state)}:${fillRequest(basic.password, state)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  const token = bearer === undefined ? '' : fillRequest(bearer, state);
  return token === '' ? undefined : `Bearer ${token}`;
}

interface FilledBody {
  readonly text: string;
  readonly shown?: string;
  readonly language: 'form' | 'json' | 'text';
}

/** Undefined for no body, and for an empty one. */
function filledBody(body: Step['request']['body'], state: State): FilledBody | undefined {
  if (!body) return undefined;
  if (body.form) {
    const fields = Object.entries(body.form).map(
      ([name, value]) => [fillRequest(name, state), fillRequest(value, state)] as const,
    );
    if (fields.length === 0) return undefined;
    const text = stringify(groupByName(fields)).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    return { text, shown: shownForm(fields), language: 'form' };
  }
  const text = fillRequest(rawBody(body) ?? '', state);
  if (text === '') return undefined;
  return body.raw === undefined ? { text: withoutComments(text), language: 'json' } : { text, language: 'text' };
}

/** A form as Postman reports it: only what divides fields is encoded. */
function shownForm(fields: readonly (readonly [string, string])[]): string {
  const encoded = (text: string, divider: RegExp) => text.replace(divider, encodeURIComponent);
  return fields.map(([name, value]) => `${encoded(name, /[&#=]/g)}=${encoded(value, /[&#]/g)}`).join('&');
}

/** Postman takes comments out of JSON. */
function withoutComments(text: string): string {
  if (!text.includes('//') && !text.includes('/*')) return text;
  return stripJsonComments(text, { whitespace: false });
}

/** Values by name, several of a name as a list, at the place of the first. */
export function groupByName(fields: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const grouped: Record<string, string | string[]> = {};
  for (const [name, value] of fields) {
    const present = Object.hasOwn(grouped, name) ? grouped[name] : undefined;
    grouped[name] = present === undefined ? value : [...[present].flat(), value];
  }
  return grouped;
}
