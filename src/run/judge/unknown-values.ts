import type { Definition, Step } from '../../definition/definition.ts';
import { perDefinition } from '../../definition/per-definition.ts';
import { formatPointer, valueAt } from '../../definition/pointer.ts';
import { knownValuesKeyword } from '../../definition/schemas/known-values.ts';
import { locateBody, locateKey, schemaFile } from '../../definition/schemas/schema-places.ts';
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
  const places = placesOf(schema.content);
  if (places.root === undefined) return {};
  const found = new Map<string, Drift>();
  const visit = (value: unknown, place: string, path: readonly string[]): void => {
    if (found.size >= mostNamed || !places.listsBelow(place)) return;
    if (typeof value === 'object' && value !== null) {
      const isList = Array.isArray(value);
      for (const [own, child] of Object.entries(value)) {
        const key = isList ? '*' : own;
        const inside = places.childOf(place, key);
        if (inside !== undefined) visit(child, inside, [...path, key]);
      }
      return;
    }
    const known = valueAt(schema.content, `${place}/${knownValuesKeyword}`);
    if (!Array.isArray(known) || known.includes(value) || typeof value !== 'string') return;
    const pointer = formatPointer(path);
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
  if (places.listsBelow(places.root)) visit(parseJson(response.body.text), places.root, []);
  return found.size === 0 ? {} : { unknownValues: [...found.values()] };
}

/** Places of a schema, each looked for once: most responses are not looked through, and of others only the parts that list known values. */
interface Places {
  readonly root: string | undefined;
  childOf(place: string, key: string): string | undefined;
  /** Whether the schema at a place, or below it, may list known values. */
  listsBelow(place: string): boolean;
}

const placesOf = perDefinition((schema: Readonly<Record<string, unknown>>): Places => {
  const hasReferences = JSON.stringify(schema).includes('"$ref"');
  const keyword = `"${knownValuesKeyword}"`;
  const listsBelow = remembering((place) =>
    (JSON.stringify(valueAt(schema, hasReferences ? '' : place)) ?? '').includes(keyword),
  );
  const children = remembering((place) => remembering((key) => locateKey(schema, place, key)));
  return {
    root: locateBody(schema),
    listsBelow,
    childOf: (place: string, key: string) => children(place)(key),
  };
});

/** More keys are made by a response, not by a schema. */
const mostRemembered = 1000;

function remembering<Value>(make: (key: string) => Value): (key: string) => Value {
  const made = new Map<string, Value>();
  return (key) => {
    if (made.has(key)) return made.get(key) as Value;
    const value = make(key);
    if (made.size < mostRemembered) made.set(key, value);
    return value;
  };
}
