import { promisify } from 'node:util';
import curlToPostman, { type PostmanRequest } from 'curl-to-postmanv2';
import type { AuthorizationSource, WrittenCollection, WrittenStep } from '../../definition/schema.ts';
import { UsageError } from '../../errors.ts';
import { type BegunCollection, givenVariables, osName, withIds } from './begun-collection.ts';

const convert = promisify(curlToPostman.convert);

/** A collection of curl commands, one after the other. What is secret becomes a variable, whose value is not taken over. */
export async function beginFromCurl(text: string, id: string): Promise<BegunCollection> {
  const requests: PostmanRequest[] = [];
  for (const command of commandsIn(text)) {
    const { result, reason, output } = await convert({ type: 'string', data: command });
    const request = output?.[0]?.data;
    if (!result || !request) throw new UsageError(`this is not a curl command that can be read: ${reason}`);
    requests.push(request);
  }
  const [first] = requests;
  if (!first) throw new UsageError('there is no curl command in it; expected lines that begin with curl');
  const { origin } = addressOf(first);
  const secrets = new Set<string>();
  const givens = new Set<string>();
  const steps = withIds(requests.map((request) => stepOf(request, origin, secrets, givens)));
  return {
    collection: {
      id,
      name: id,
      variables: {
        baseUrl: { value: origin, format: 'base-url', os: osName(id, 'baseUrl') },
        ...givenVariables(id, [...givens], [...secrets]),
      },
      steps,
    } satisfies WrittenCollection,
    schemas: {},
  };
}

/** The commands of a text; a line that ends with a backslash goes on. */
function commandsIn(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/^(?=\s*curl\s)/m)
    .map((command) => withoutJsonOption(command.trim()))
    .filter((command) => command.startsWith('curl '));
}

/** `--json` is what the library does not know; what is in quotes stays. */
function withoutJsonOption(command: string): string {
  return command.replace(/\$'(?:\\.|[^'\\])*'|'[^']*'|"(?:\\.|[^"\\])*"|\s--json(?=[\s=])/gs, (found) =>
    found.trim() === '--json' ? " -H 'Content-Type: application/json' --data-raw" : found,
  );
}

function addressOf({ url }: PostmanRequest): URL {
  const address = url.includes('://') ? url : `https://${url}`;
  if (!URL.canParse(address)) throw new UsageError(`this curl command has no address that can be read: ${url}`);
  return new URL(address);
}

function stepOf(
  request: PostmanRequest,
  origin: string,
  secrets: Set<string>,
  givens: Set<string>,
): Omit<WrittenStep, 'id'> & { readonly title: string } {
  const { origin: own, pathname, searchParams, search } = addressOf(request);
  const { headers, auth } = headersOf(request, secrets, givens);
  const body = bodyOf(request, secrets);
  const isSecret = [...searchParams.keys()].some((key) => secretName.test(key));
  const query = isSecret
    ? `?${[...searchParams].map(([key, value]) => `${key}=${secretName.test(key) ? secretVariable(key, secrets) : encodeURIComponent(value)}`).join('&')}`
    : search;
  return {
    title: `${request.method} ${pathname}`,
    request: {
      method: methodOf(request),
      url: `${own === origin ? '{{baseUrl}}' : own}${pathname === '/' && query === '' ? '' : pathname}${query}`,
      ...(headers.length > 0 && { headers }),
      ...(auth && { auth }),
      ...(body && { body }),
    },
    expect: { status: { POST: 201, DELETE: 204 }[request.method] ?? 200 },
  };
}

function methodOf({ method }: PostmanRequest): WrittenStep['request']['method'] {
  const known = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
  const found = known.find((one) => one === method);
  if (!found) throw new UsageError(`the method ${method} is not known; expected one of ${known.join(', ')}`);
  return found;
}

/** Names of headers, parameters and fields that say who sends the request. */
const secretName = /authorization|cookie|token|secret|api[-_]?key|passw|^pwd$/i;

/** A reference to the variable that takes the place of a secret. */
function secretVariable(key: string, secrets: Set<string>): string {
  const name = key.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, '');
  const variable = name.charAt(0).toLowerCase() + name.slice(1);
  secrets.add(variable);
  return `{{${variable}}}`;
}

function headersOf(
  { header, auth }: PostmanRequest,
  secrets: Set<string>,
  givens: Set<string>,
): { headers: { name: string; value: string }[]; auth?: AuthorizationSource } {
  let found: AuthorizationSource | undefined;
  if (auth?.type === 'basic') {
    givens.add('username');
    secrets.add('password');
    found = { basic: { username: '{{username}}', password: '{{password}}' } };
  }
  const headers = header.flatMap(({ key, value }) => {
    if (/^authorization$/i.test(key) && /^bearer\s/i.test(value)) {
      secrets.add('token');
      found = { bearer: '{{token}}' };
      return [];
    }
    return [{ name: key, value: secretName.test(key) ? secretVariable(key, secrets) : value }];
  });
  return { headers, ...(found && { auth: found }) };
}

function bodyOf({ body }: PostmanRequest, secrets: Set<string>): WrittenStep['request']['body'] {
  const hidden = <T>(key: string, value: T) =>
    secretName.test(key) && typeof value === 'string' ? secretVariable(key, secrets) : value;
  if (body.mode === 'urlencoded')
    return { form: Object.fromEntries((body.urlencoded ?? []).map(({ key, value }) => [key, hidden(key, value)])) };
  if (body.mode === 'formdata')
    throw new UsageError('a curl command with -F cannot be taken over: the format has no form with files');
  if (body.mode !== 'raw' || body.raw === undefined) return undefined;
  try {
    return { json: JSON.parse(body.raw, hidden) as unknown };
  } catch {
    return { raw: body.raw };
  }
}
