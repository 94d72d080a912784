import { baseVariables, withoutEnding } from '../../compile/scripts/base-addresses.ts';
import type { Definition } from '../../definition/definition.ts';
import { valueAt } from '../../definition/pointer.ts';
import type { LookUp } from '../../definition/schema.ts';
import { substitute } from '../../definition/variables.ts';
import { isNestedDeeply } from '../../environment/data/json-depth.ts';
import { toBodyText } from '../result/body-text.ts';
import { parseJson } from '../result/parse-json.ts';
import type { HeaderField, ReceivedResponse, SentRequest } from '../result/result.ts';
import { describeFault } from './connection-fault.ts';
import type { Transport, TransportResponse } from './transport.ts';

/** Requests of the runner's own, beside the collection's: look-ups, and whether something is gone. They only read. */

export interface ServiceRequest {
  readonly definition: Definition;
  /** Values of the variables; `accessToken`, or what the collection's authorization uses, among them. */
  readonly values: Readonly<Record<string, string>>;
  /** The way out. */
  readonly transport: Transport;
  readonly signal?: AbortSignal | undefined;
  /** Called with what was sent and what came back. */
  readonly onExchange?: (exchange: ServiceExchange) => void;
}

export interface ServiceExchange {
  readonly startedAt: number;
  readonly request: SentRequest;
  readonly response?: ReceivedResponse;
  readonly reason?: string;
}

/** An answer, or why there is none. */
export type ServiceAnswer =
  | {
      readonly status: number;
      readonly body: unknown;
      readonly retryAfter: string | undefined;
      /** The time of the service, in milliseconds since the epoch; undefined when it does not say it. */
      readonly at: number | undefined;
    }
  | { readonly status: undefined; readonly reason: string };

/** What a look-up found. */
export type Found =
  | { readonly kind: 'found'; readonly item: unknown }
  | { readonly kind: 'absent' }
  /** `isUnauthorized`: the token was refused. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly isUnauthorized?: boolean };

/** Reads an address of the service, written with variables, with the collection's authorization. Never throws. */
export async function readService(address: string, request: ServiceRequest): Promise<ServiceAnswer> {
  const fill = filler(request);
  const { bearer, basic } = request.definition.authorization;
  const authorization = basic
    ? `Basic ${Buffer.from(`${fill(basic.username)}:${fill(basic.password)}`).toString('base64')}`
    : bearer === undefined
      ? undefined
      : `Bearer ${fill(bearer)}`;
  const headers = { accept: 'application/json', ...(authorization !== undefined && { authorization }) };
  const url = filledAddress(address, fill);
  const startedAt = Date.now();
  const tell = (outcome: { readonly response: ReceivedResponse } | { readonly reason: string }) =>
    request.onExchange?.({ startedAt, request: { method: 'GET', url, headers: toFields(headers) }, ...outcome });
  const { response, error } = await request.transport.send({ method: 'GET', url, headers }, { signal: request.signal });
  if (!response) {
    const reason = describeFault(error);
    tell({ reason });
    return { status: undefined, reason };
  }
  tell({ response: toReceived(response, Date.now() - startedAt) });
  if (isNestedDeeply(response.body)) return { status: undefined, reason: 'the answer is nested too deeply' };
  const header = (wanted: string) => response.headers.find(({ name }) => name.toLowerCase() === wanted)?.value;
  const at = Date.parse(header('date') ?? '');
  return {
    status: response.status,
    body: parseJson(response.body),
    retryAfter: header('retry-after'),
    at: Number.isNaN(at) ? undefined : at,
  };
}

function toReceived({ status, reason, headers, body }: TransportResponse, durationMs: number): ReceivedResponse {
  return { status, reason, durationMs, headers, ...(body !== '' && { body: toBodyText(body) }) };
}

function toFields(headers: Readonly<Record<string, string>>): HeaderField[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}

/** Looks for the thing of exactly this name, on every page of the list. It is absent only when the whole list could be read. */
export async function findByName(find: LookUp, name: string, request: ServiceRequest): Promise<Found> {
  const isNamed = (candidate: unknown) => valueAt(candidate, find.name) === name;
  const read = await readPages(find, request, (items) => items.some(isNamed));
  const item = read.items.find(isNamed);
  if (item !== undefined) return { kind: 'found', item };
  if (read.reason === undefined) return { kind: 'absent' };
  return { kind: 'unknown', reason: read.reason, ...(read.status === 401 && { isUnauthorized: true }) };
}

/** Every item of a list, from all its pages; `at` is the time of the service, in milliseconds since the epoch, when it says it. */
export async function findAll(
  find: Pick<LookUp, 'url' | 'items'>,
  request: ServiceRequest,
): Promise<
  | { readonly kind: 'found'; readonly items: readonly unknown[]; readonly at: number | undefined }
  | { readonly kind: 'unknown'; readonly reason: string }
> {
  const { items, at, reason } = await readPages(find, request);
  return reason === undefined ? { kind: 'found', items, at } : { kind: 'unknown', reason };
}

/** More pages than any list has that a run should look through. */
const mostPages = 1000;

/** What could be read of a list, and why that is not all of it; undefined when it is, or when `isEnough` of what is there. */
interface ReadItems {
  readonly items: readonly unknown[];
  readonly at: number | undefined;
  readonly reason: string | undefined;
  /** Of the last answer. */
  readonly status: number | undefined;
}

async function readPages(
  find: Pick<LookUp, 'url' | 'items'>,
  request: ServiceRequest,
  isEnough: (items: readonly unknown[]) => boolean = () => false,
): Promise<ReadItems> {
  const all: unknown[] = [];
  const first = filledAddress(find.url, filler(request));
  const seen = new Set<string>();
  let at: number | undefined;
  let status: number | undefined;
  const ended = (reason?: string): ReadItems => ({ items: all, at, reason, status });
  for (let address = first; ; ) {
    if (seen.has(address)) return ended(`its pages go round in a circle: ${address}`);
    if (seen.size === mostPages) return ended(`it has more than ${mostPages} pages`);
    seen.add(address);
    const answer = await readService(address, request);
    status = answer.status;
    if (answer.status === undefined) return ended(answer.reason);
    if (answer.status !== 200) return ended(`the look-up was answered with ${answer.status}`);
    const items = valueAt(answer.body, find.items);
    if (!Array.isArray(items)) return ended(`the answer has no list at ${find.items}`);
    at ??= answer.at;
    all.push(...(items as unknown[]));
    const next = valueAt(answer.body, '/_links/next/href');
    if (isEnough(items)) return ended();
    if (next === undefined || next === null) return ended(lackOf(all, answer.body));
    if (typeof next !== 'string' || !URL.canParse(next, address)) return ended('it does not say where it goes on');
    const to = new URL(next, address);
    // The token goes nowhere else.
    if (to.origin !== new URL(first).origin) return ended(`it goes on at ${to.origin}, which is another server`);
    address = to.href;
  }
}

/** Why a list that has ended lacks something: it says that it has more (`count`) than it has shown. */
function lackOf(items: readonly unknown[], body: unknown): string | undefined {
  const count = valueAt(body, '/count');
  return typeof count === 'number' && count > items.length
    ? `it says that it has ${count}, and shows ${items.length}`
    : undefined;
}

/**
 * An address with its variables filled in. In the query, values are written so that they cannot end the parameter that they are in,
 * nor a text in a SCIM filter (RFC 7644, section 3.4.2.2: as JSON writes it).
 */
function filledAddress(address: string, fill: (text: string) => string): string {
  const [path = '', ...query] = address.split('?');
  const filled = query.join('?').replace(/\{\{[^{}]*\}\}/g, (reference) => {
    return encodeURIComponent(JSON.stringify(fill(reference)).slice(1, -1));
  });
  return query.length === 0 ? fill(path) : `${fill(path)}?${filled}`;
}

/** Fills in variables, with base addresses as the collection's own script makes them. */
function filler({ definition, values }: ServiceRequest): (text: string) => string {
  const bases = new Map(
    baseVariables(definition.variables).map(({ name, removeSuffix }) => [
      name,
      withoutEnding(
        substitute(values[name] ?? '', (inner) => values[inner]),
        removeSuffix,
      ),
    ]),
  );
  return (text) => substitute(text, (name) => bases.get(name) ?? values[name]);
}
