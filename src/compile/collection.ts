import { STATUS_CODES } from 'node:http';
import sdk from 'postman-collection';
import type { Definition, Step } from '../definition/definition.ts';
import type { AuthorizationSource } from '../definition/schema.ts';
import { stableId } from './ids.ts';
import {
  cleanUpPrerequestScript,
  collectionPrerequestScript,
  prerequestScript,
  type ScriptLines,
  testScript,
} from './scripts.ts';

/** A Postman Collection in the format v2.1.0 (https://schema.postman.com/collection/json/v2.1.0/). Plain JSON data. */
export type PostmanCollection = Readonly<Record<string, unknown>>;

type Json = Record<string, unknown>;

export const cleanUpFolderName = 'Clean up';

const schemaUrl = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

/** Compiles a definition. The same definition always gives the same collection, to the byte. */
export function compileCollection(definition: Definition): PostmanCollection {
  const { askedBy, steps: cleanUpSteps } = definition.cleanUp;
  const id = (...parts: string[]) => stableId(definition.id, ...parts);
  const prerequest = collectionPrerequestScript(definition.variables);
  const folders = [
    folder(definition, definition.name, id('folder', 'steps'), definition.steps, []),
    ...(cleanUpSteps.length > 0
      ? [
          folder(
            definition,
            cleanUpFolderName,
            id('folder', 'clean-up'),
            cleanUpSteps,
            askedBy ? cleanUpPrerequestScript(askedBy) : [],
          ),
        ]
      : []),
  ];
  const source = {
    info: {
      _postman_id: id('collection'),
      name: definition.name,
      description: definition.description,
      schema: schemaUrl,
    },
    auth: compileAuth(definition.authorization),
    event: compileEvents(id('collection'), prerequest, []),
    variable: definition.variables
      .filter((variable) => variable.scope === 'collection')
      .map((variable) => ({
        key: variable.name,
        value: variable.value ?? '',
        type: 'string',
        description: variable.description,
      })),
    item: folders,
  };
  return normalise(source);
}

/**
 * Passes the collection through Postman's own SDK, which knows the format, and puts right what `toJSON()` changes: it drops
 * `url.raw` and empty headers, adds empty lists and its own `_`, makes a variable's description an object, and orders keys by chance.
 */
function normalise(source: Json): PostmanCollection {
  const compiled = new sdk.Collection(
    source as ConstructorParameters<typeof sdk.Collection>[0],
  ).toJSON() as unknown as Json;
  return restore(compiled) as PostmanCollection;
}

/** Keys in the order in which Postman exports them; others follow. */
const keyOrder = (
  'info _postman_id id name key value description schema event listen script originalRequest auth type method header body ' +
  'mode raw options url protocol host port path query item request response status code _postman_previewlanguage variable'
).split(' ');

function restore(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => restore(item));
  if (typeof value !== 'object' || value === null) return value;
  const { content, _: internal, ...fields } = value as Json;
  if (key === 'description' && typeof content === 'string') return content;
  const raw = key === 'url' ? { raw: new sdk.Url(value as ConstructorParameters<typeof sdk.Url>[0]).toString() } : {};
  const language = (internal as Json | undefined)?.postman_previewlanguage;
  const header = key === 'request' || key === 'originalRequest' ? { header: [] } : {};
  const all: Json = {
    ...header,
    ...fields,
    ...raw,
    ...(language !== undefined && { _postman_previewlanguage: language }),
  };
  const rank = (name: string) => (keyOrder.indexOf(name) + 1 || keyOrder.length + 1) - 1;
  return Object.fromEntries(
    Object.entries(all)
      .filter(
        ([name, child]) =>
          child !== undefined && !(key === 'url' && isEmptyList(child)) && !isOwnEmptyList(name, child),
      )
      .sort(([a], [b]) => rank(a) - rank(b))
      .map(([name, child]) => [name, restore(child, name)]),
  );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Lists that the SDK adds when there is nothing to list. */
function isOwnEmptyList(name: string, value: unknown): boolean {
  return (name === 'event' || name === 'variable') && isEmptyList(value);
}

/** Id of the item that a step is compiled to. */
export function itemId(definition: Pick<Definition, 'id'>, step: Pick<Step, 'id' | 'origin'>): string {
  return stableId((step.origin ?? definition).id, 'step', step.id);
}

function folder(
  definition: Definition,
  name: string,
  id: string,
  steps: readonly Step[],
  prerequest: ScriptLines,
): Json {
  return {
    id,
    name,
    item: steps.map((step) => compileStep(definition, step)),
    event: compileEvents(id, prerequest, []),
  };
}

function compileStep(definition: Definition, step: Step): Json {
  const id = itemId(definition, step);
  const request = compileRequest(step);
  return {
    id,
    name: step.name,
    event: compileEvents(id, prerequestScript(step, definition), testScript(step, definition)),
    request: { ...request, description: step.description },
    response: step.example ? [compileExample(id, step.example, request)] : [],
  };
}

function compileRequest({ request }: Step): Json {
  return {
    method: request.method,
    header: request.headers.map(({ name, value, description, disabled }) => ({
      key: name,
      value,
      ...(description && { description }),
      ...(disabled && { disabled }),
    })),
    url: request.url,
    ...(request.auth && { auth: compileAuth(request.auth) }),
    ...(request.body && { body: compileBody(request.body) }),
  };
}

function compileBody(body: NonNullable<Step['request']['body']>): Json {
  if (body.form) {
    return {
      mode: 'urlencoded',
      urlencoded: Object.entries(body.form).map(([key, value]) => ({ key, value, type: 'text' })),
    };
  }
  if (body.raw !== undefined) return { mode: 'raw', raw: body.raw, options: { raw: { language: 'text' } } };
  return { mode: 'raw', raw: JSON.stringify(body.json, null, 4), options: { raw: { language: 'json' } } };
}

/** Authorization in the array form of v2.1, which every tool reads. */
function compileAuth(authorization: AuthorizationSource): Json {
  const entry = (key: string, value: string) => ({ key, value, type: 'string' });
  if (authorization.basic) {
    const { username, password } = authorization.basic;
    return { type: 'basic', basic: [entry('username', username), entry('password', password)] };
  }
  if (authorization.bearer !== undefined) return { type: 'bearer', bearer: [entry('token', authorization.bearer)] };
  return { type: 'noauth' };
}

function compileEvents(owner: string, prerequest: ScriptLines, test: ScriptLines): Json[] {
  const event = (listen: string, exec: ScriptLines) =>
    exec.length === 0
      ? []
      : [
          {
            id: stableId(owner, listen),
            listen,
            script: { id: stableId(owner, listen, 'script'), type: 'text/javascript', exec },
          },
        ];
  return [...event('prerequest', prerequest), ...event('test', test)];
}

function compileExample(owner: string, example: NonNullable<Step['example']>, request: Json): Json {
  const reason = STATUS_CODES[example.status] ?? '';
  return {
    id: stableId(owner, 'example', String(example.status)),
    name: example.name ?? `${example.status} ${reason}`.trim(),
    originalRequest: request,
    status: reason,
    code: example.status,
    _postman_previewlanguage: example.body === undefined ? 'text' : 'json',
    header: Object.entries(example.headers ?? {}).map(([key, value]) => ({ key, value })),
    cookie: [],
    body: example.body === undefined ? '' : JSON.stringify(example.body, null, 4),
  };
}
