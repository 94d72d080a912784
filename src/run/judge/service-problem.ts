import { valueAt } from '../../definition/pointer.ts';
import type { ServiceSource } from '../../definition/schema.ts';
import { type EngineResponse, headerValue } from '../engine/execution.ts';
import type { ServiceProblem, ServiceProblemDetail } from '../result/result.ts';

/**
 * What the body of an error says is wrong; undefined when it is of no form that is known. Where the definition says that a part
 * is, is looked first; then where these have it: problem details (RFC 9457), a token endpoint's error (RFC 6749, section 5.2),
 * and the form with `code`, `message` and `details`, which some services put into `error`.
 */
export function readServiceProblem(body: unknown, service: ServiceSource = {}): ServiceProblem | undefined {
  if (!isRecord(body)) return undefined;
  const { name, errors = {} } = service;
  const inner = isRecord(body.error) ? body.error : body;
  const isOAuth = typeof body.error === 'string' && body.code === undefined;
  const pointed = (pointer: string | undefined) => (pointer === undefined ? undefined : valueAt(body, pointer));
  const code = firstText(pointed(errors.code), inner.code, ...(isOAuth ? [body.error] : []), problemType(inner));
  const message = firstText(
    pointed(errors.message),
    ...(isOAuth ? [body.error_description] : []),
    ...messagesOf(inner),
    inner.title,
  );
  if (code === '' && message === '') return undefined;
  return {
    ...(name !== undefined && { service: name }),
    code,
    message,
    details: detailsIn([pointed(errors.details), inner.details, inner.errors]).map((detail) =>
      readDetail(detail, errors),
    ),
    oauth: isOAuth,
  };
}

/**
 * The error that a response reports although its status is none: in its body (`error`), or in the address that it redirects to, as
 * an authorization server does (RFC 6749, section 4.1.2.1). Undefined when it reports none.
 */
export function readReportedProblem(
  { status, headers }: Pick<EngineResponse, 'status' | 'headers'>,
  body: unknown,
  service: ServiceSource = {},
): ServiceProblem | undefined {
  if (isRecord(body) && (isRecord(body.error) || typeof body.error === 'string'))
    return readServiceProblem(body, service);
  const location = headerValue(headers, 'location');
  if (status < 300 || location === undefined) return undefined;
  const { name } = service;
  const [address = '', ...parameters] = location.split(/[?#]/);
  const given = new URLSearchParams(parameters.join('&'));
  const code = given.get('error');
  return {
    ...(name !== undefined && { service: name }),
    code: code ?? '',
    message: given.get('error_description') ?? '',
    details: [],
    oauth: code !== null,
    location: code === null ? address : location,
  };
}

/** When an error asks to be tried again, as its body writes it; undefined when it does not say. */
export function retryAfterOf(problem: ServiceProblem | undefined): string | undefined {
  return problem?.details.find(({ retryAfter }) => retryAfter !== undefined)?.retryAfter;
}

/** Whether an error, or one of its details, has one of these codes. */
export function hasCode(problem: ServiceProblem | undefined, codes: readonly string[]): boolean {
  return problem !== undefined && [problem, ...problem.details].some(({ code }) => codes.includes(code));
}

/** The first list of details. Some services write a mapping of names to messages. */
function detailsIn(candidates: readonly unknown[]): Record<string, unknown>[] {
  const found = candidates.find((candidate) => Array.isArray(candidate) || isRecord(candidate)) ?? [];
  if (Array.isArray(found)) return found.filter(isRecord);
  return Object.entries(found).map(([target, messages]) => ({ target, message: [messages].flat().join(' ') }));
}

function readDetail(
  detail: Record<string, unknown>,
  { unsatisfied: rules, allowed: values, retryAfter: when, show = {} }: NonNullable<ServiceSource['errors']>,
): ServiceProblemDetail {
  const target = firstText(detail.target, detail.pointer, detail.field, detail.name);
  const unsatisfied = rules === undefined ? undefined : valueAt(detail, rules);
  const allowed = values === undefined ? undefined : valueAt(detail, values);
  const retryAfter = firstText(when === undefined ? undefined : valueAt(detail, when));
  const shown = Object.entries(show).flatMap(([name, pointer]) => {
    const value = firstText(valueAt(detail, pointer));
    return value === '' ? [] : [{ name, value }];
  });
  return {
    code: firstText(detail.code, problemType(detail)),
    message: firstText(...messagesOf(detail)),
    ...(target !== '' && { target }),
    ...(Array.isArray(unsatisfied) && { unsatisfied: [...new Set(unsatisfied.map(String))] }),
    ...(Array.isArray(allowed) && { allowed: allowed.map(String) }),
    ...(retryAfter !== '' && { retryAfter }),
    ...(shown.length > 0 && { shown }),
  };
}

/** The type of problem details. `about:blank` says no more than the status does. */
function problemType({ type }: Record<string, unknown>): unknown {
  return type === 'about:blank' ? undefined : type;
}

function messagesOf({ message, detail, description }: Record<string, unknown>): unknown[] {
  return [message, detail, description];
}

/** The first that is a text with something in it, or a number; else the empty text. */
function firstText(...candidates: readonly unknown[]): string {
  const found = candidates.find((value) => (typeof value === 'string' && value !== '') || typeof value === 'number');
  return found === undefined ? '' : String(found);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
