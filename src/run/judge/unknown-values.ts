import type { Definition, Step } from '../../definition/definition.ts';
import { formatPointer, valueAt } from '../../definition/pointer.ts';
import { knownValuesKeyword } from '../../definition/schemas/known-values.ts';
import { locate, schemaFile } from '../../definition/schemas/schema-places.ts';
import { parseJson } from '../result/parse-json.ts';
import type { Drift, ReceivedResponse, StepResult } from '../result/result.ts';

/** So many new values of a response are named. */
const mostNamed = 20;

/** Values of a whole response that its schema does not list among those that are known; each once, with the change of the schema. */
export function unknownValuesIn(
  step: Step,
  definition: Definition,
  response: ReceivedResponse | undefined,
): Pick<StepResult, 'unknownValues'> {
  const { schema } = step.expect;
  if (!schema || !response?.body || !step.expect.status.includes(response.status)) return {};
  const found = new Map<string, Drift>();
  const visit = (value: unknown, path: readonly string[]): void => {
    if (found.size >= mostNamed) return;
    if (typeof value === 'object' && value !== null) {
      const isList = Array.isArray(value);
      for (const [key, child] of Object.entries(value)) visit(child, [...path, isList ? '*' : key]);
      return;
    }
    const pointer = formatPointer(path);
    const place = locate(schema.content, pointer);
    const known = place === undefined ? undefined : valueAt(schema.content, `${place}/${knownValuesKeyword}`);
    if (!Array.isArray(known) || known.includes(value) || typeof value !== 'string') return;
    const patch = [{ op: 'add' as const, path: `${place}${formatPointer([knownValuesKeyword, '-'])}`, value }];
    found.set(`${pointer} ${value}`, {
      step: step.id,
      name: step.name,
      path: pointer,
      change: 'new-value',
      before: known.map(String),
      now: [value],
      schema: { file: schemaFile(step, definition), patch },
    });
  };
  if (hasKnownValues(schema.content)) visit(parseJson(response.body.text), []);
  return found.size === 0 ? {} : { unknownValues: [...found.values()] };
}

const listing = new WeakMap<object, boolean>();

/** Whether a schema lists known values anywhere; most do not, and then no response has to be looked through. */
function hasKnownValues(schema: object): boolean {
  const known = listing.get(schema) ?? JSON.stringify(schema).includes(`"${knownValuesKeyword}"`);
  listing.set(schema, known);
  return known;
}
