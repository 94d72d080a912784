import { STATUS_CODES } from 'node:http';
import { type Json, withoutIds } from '../../compile/canonical.ts';
import { compileExample } from '../../compile/collection.ts';
import { asList } from '../../definition/definition.ts';
import { isSame } from '../../definition/merge-patch.ts';
import type { ErrorExample, StepFile } from '../../definition/schema.ts';
import { compileSchema } from '../../definition/schemas/response-schema.ts';
import { jsonOf } from './read-request.ts';

type Example = NonNullable<StepFile['example']>;

/**
 * The saved example of an item as the step file can say it; undefined when there is none, or more than that to say. With
 * `isGenerated`, the request that was saved with it may be an older one: it is made from the step again.
 */
export function readExample(
  item: Json,
  file: StepFile,
  schema: Readonly<Record<string, unknown>> | undefined,
  isGenerated: boolean,
):
  | { readonly example: Example; readonly errorExamples: readonly ErrorExample[]; readonly notes: readonly string[] }
  | undefined {
  const [response, ...others] = item.response as readonly Json[];
  if (!response) return undefined;
  const errorExamples = readErrorExamples(others, item, isGenerated);
  if (!errorExamples) return undefined;
  const example = toExample(response);
  if (!example || !saysAll(example, response)) return undefined;
  const { description: _, ...request } = item.request as Json;
  const isCurrent = isSame(response.originalRequest, request);
  const expected = asList(file.expect.status);
  const isExpected = expected.length === 0 || expected.includes(example.status);
  if (!satisfies(example.body, schema) || !((isCurrent && isExpected) || isGenerated)) return undefined;
  const [status = example.status] = expected;
  return {
    example: isExpected ? example : { ...example, status },
    errorExamples,
    notes: [
      ...(isCurrent ? [] : ['the request saved with its example is now that of the step']),
      ...(isExpected ? [] : [`its example has the status ${status} now, as ${example.status} is no longer expected`]),
    ],
  };
}

/** Examples of refusals, in the order of their status; undefined when there is more to say of them. */
function readErrorExamples(
  responses: readonly Json[],
  { request }: Json,
  isGenerated: boolean,
): ErrorExample[] | undefined {
  const { method, url } = request as Json;
  const sent = { method, header: [], url };
  const read = responses.map((response) => {
    const { name, ...example } = toExample(response) ?? { status: 0 };
    const isSaid = name === undefined && example.status >= 300 && saysAll(example, response);
    return isSaid && (isGenerated || isSame(response.originalRequest, sent)) ? example : undefined;
  });
  const known = read.filter((example) => example !== undefined);
  const isInOrder = known.every(({ status }, index) => index === 0 || status > (known[index - 1]?.status ?? 0));
  return known.length === read.length && isInOrder ? known : undefined;
}

/** Whether compiling the example gives the response again, whatever its request. */
function saysAll(example: Example, { originalRequest: _, ...saved }: Json): boolean {
  return isSame(saved, withoutIds(compileExample('', example)));
}

function toExample({ name, code, header, body }: Json): Example | undefined {
  if (typeof code !== 'number' || !Number.isInteger(code) || code < 100 || code > 599) return undefined;
  const headers = header as readonly Json[];
  const values = Object.fromEntries(headers.map(({ key, value }) => [String(key), String(value)]));
  const data = body === '' ? undefined : jsonOf(String(body));
  const usual = `${code} ${STATUS_CODES[code] ?? ''}`.trim();
  return {
    ...(typeof name === 'string' && name !== '' && name !== usual && { name }),
    status: code,
    ...(headers.length > 0 && { headers: values }),
    ...(data !== undefined && { body: data }),
  };
}

/** A schema that cannot be used is satisfied by nothing. */
function satisfies(body: unknown, schema: Readonly<Record<string, unknown>> | undefined): boolean {
  try {
    return !schema || body === undefined || compileSchema(schema)(body).length === 0;
  } catch {
    return false;
  }
}
