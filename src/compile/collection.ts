import { STATUS_CODES } from 'node:http';
import sdk from 'postman-collection';
import { cleanUpFolderName } from '../definition/checks/folder-problems.ts';
import { type Definition, folderOf, mayBeUnresolved, type Step, setBySteps } from '../definition/definition.ts';
import { isMapping, isSame } from '../definition/merge-patch.ts';
import { entropyHeader, storesEntropy } from '../definition/password-entropy.ts';
import { perDefinition } from '../definition/per-definition.ts';
import type { AuthorizationSource, FolderSource } from '../definition/schema.ts';
import { withoutMade } from '../definition/variables.ts';
import { canonicalAuth, canonicalUrl } from './canonical.ts';
import { stableId } from './ids.ts';
import { overlayFrame, overlayItem, overlayRequest, withRequests } from './overlay.ts';
import { rawBody } from './request-body.ts';
import {
  cleanUpPrerequestScript,
  collectionPrerequestScript,
  prerequestScript,
  type ScriptLines,
  testScript,
} from './scripts/step-scripts.ts';
import { neededVariables } from './workflow/needs.ts';

/** A Postman Collection in the format v2.1.0 (https://schema.postman.com/collection/json/v2.1.0/). Plain JSON data. */
export type PostmanCollection = Readonly<Record<string, unknown>>;

type Json = Record<string, unknown>;

export { cleanUpFolderName };

export const schemaUrl = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

/** Compiles a definition. The same definition always gives the same collection, to the byte. */
export function compileCollection(definition: Definition): PostmanCollection {
  const sent = definitionAsSent(definition);
  const structured = compileStructured(sent);
  const compiled = { ...structured, item: overlayItems(structured.item, definition) };
  return sortKeys(overlayFrame(compiled, definition.raw)) as PostmanCollection;
}

/** The collection without what `raw` says of the collection and its folders. */
function compileStructured(definition: Definition): Json {
  const { askedBy, steps: cleanUpSteps } = definition.cleanUp;
  const id = (...parts: string[]) => stableId(definition.id, ...parts);
  const prerequest = collectionPrerequestScript(definition);
  const folders = [
    ...folderTree(definition),
    ...(cleanUpSteps.length > 0
      ? [
          {
            id: id('folder', 'clean-up'),
            name: cleanUpFolderName,
            ...descriptionOf(definition, [cleanUpFolderName]),
            item: cleanUpSteps.map((step) => compileStep(definition, step)),
            ...compileEvents(id('folder', 'clean-up'), askedBy ? cleanUpPrerequestScript(askedBy) : [], []),
          },
        ]
      : []),
  ];
  const variable = definition.variables
    .filter(({ scope }) => scope === 'collection')
    .map(({ name, value, description }) => ({ key: name, value: value ?? '', type: 'string', description }));
  return {
    info: {
      _postman_id: id('collection'),
      name: definition.name,
      ...(definition.description !== '' && { description: definition.description }),
      schema: schemaUrl,
    },
    auth: compileAuth(definition.authorization),
    ...compileEvents(id('collection'), prerequest, []),
    ...(variable.length > 0 && { variable }),
    item: folders,
  };
}

/** Items with the fragments of their steps and folders over them. */
function overlayItems(items: unknown, definition: Definition): unknown {
  const steps = new Map(
    [...definition.steps, ...definition.cleanUp.steps].map((step) => [itemId(definition, step), step]),
  );
  const overlay = (list: unknown, around: readonly string[]): unknown =>
    (list as Json[]).map((item) => {
      const step = steps.get(String(item.id));
      if (step) return withEntropyHeader(overlayItem(item, step.raw), step, definition);
      const inside = [...around, String(item.name)];
      return overlayFrame({ ...item, item: overlay(item.item, inside) }, folderAt(definition, inside)?.raw);
    });
  return overlay(items, []);
}

/** What the definition says of a folder. */
function folderAt({ folders }: Definition, path: readonly string[]): FolderSource | undefined {
  return folders?.find((folder) => isSame(folder.path, path));
}

function descriptionOf(definition: Definition, path: readonly string[]): Json {
  const description = folderAt(definition, path)?.description?.trim();
  return description ? { description } : {};
}

/** Authorization of requests in a folder that have none of their own: of the nearest folder that has one, or the collection. */
function inheritedAuth(definition: Definition, path: readonly string[]): unknown {
  const around = path.map((_, index) => folderAt(definition, path.slice(0, path.length - index))?.raw?.auth);
  return (
    around.map(canonicalAuth).find((auth) => auth !== undefined) ??
    canonicalAuth(definition.raw?.auth) ??
    compileAuth(definition.authorization)
  );
}

interface FolderNode {
  readonly path: readonly string[];
  readonly children: (FolderNode | Step)[];
}

/** The steps in their folders, each folder where its first step is; then folders without steps. */
function folderTree(definition: Definition): Json[] {
  const root: FolderNode = { path: [], children: [] };
  const nodes = new Map([[JSON.stringify(root.path), root]]);
  const nodeAt = (path: readonly string[], position?: number): FolderNode => {
    const known = nodes.get(JSON.stringify(path));
    if (known) return known;
    const node: FolderNode = { path, children: [] };
    nodes.set(JSON.stringify(path), node);
    const { children } = nodeAt(path.slice(0, -1));
    children.splice(position ?? children.length, 0, node);
    return node;
  };
  for (const step of definition.steps) nodeAt(folderOf(step, definition)).children.push(step);
  const hasCleanUp = definition.cleanUp.steps.length > 0;
  for (const { path, position } of definition.folders ?? [])
    if (!hasCleanUp || path[0] !== cleanUpFolderName) nodeAt(path, position);
  const toItem = (child: FolderNode | Step): Json =>
    'path' in child ? toFolder(child) : compileStep(definition, child);
  const toFolder = ({ path, children }: FolderNode): Json => {
    const isOwn = path.length === 1 && path[0] === definition.name;
    return {
      id: stableId(definition.id, 'folder', ...(isOwn ? ['steps'] : ['path', ...path])),
      name: path.at(-1),
      ...descriptionOf(definition, path),
      item: children.map(toItem),
    };
  };
  return root.children.map(toItem);
}

/** Keys in the order in which Postman exports them; others follow. */
const keyOrder = (
  'info _postman_id id name key value description schema event listen script originalRequest auth type method header body ' +
  'mode raw options url protocol host port path query item request response status code _postman_previewlanguage variable'
).split(' ');

/** Keys in one order, as fragments bring theirs in any. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isMapping(value)) return value;
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  return Object.fromEntries(names.sort(inOrder).map((name) => [name, sortKeys(value[name])]));
}

function inOrder(one: string, other: string): number {
  return rank(one) - rank(other) || (one < other ? -1 : 1);
}

const ranks: ReadonlyMap<string, number> = new Map(keyOrder.map((name, index) => [name, index]));

function rank(name: string): number {
  return ranks.get(name) ?? keyOrder.length;
}

/** Id of the item that a step is compiled to. */
export function itemId(definition: Pick<Definition, 'id'>, step: Pick<Step, 'id' | 'origin'>): string {
  if (isItemId.test(step.id)) return step.id;
  const owner = (step.origin ?? definition).id;
  const known = itemIds.get(step);
  if (known?.owner === owner) return known.id;
  const id = stableId(owner, 'step', step.id);
  itemIds.set(step, { owner, id });
  return id;
}

const itemIds = new WeakMap<object, { readonly owner: string; readonly id: string }>();

/** A step that was imported may have no other id than that of its item. */
const isItemId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The item of a step of `definitionAsSent`, without its fragment. */
export function compileStep(definition: Definition, step: Step): Json {
  const id = itemId(definition, step);
  return {
    id,
    name: step.name,
    ...compileEvents(id, prerequestScript(step, definition), testScript(step, definition)),
    ...compileExchange(definition, step),
  };
}

/** What of an item is no script: the request and the saved examples. */
export function compileExchange(definition: Definition, step: Step): Json {
  const request = compileRequest(step.request);
  return {
    request: { ...request, ...(step.description !== '' && { description: step.description }) },
    response: withRequests(
      examplesOf(step, definition).map((example) => compileExample(itemId(definition, step), example)),
      request,
    ),
  };
}

/** The example of a success, then those of refusals by their status, of which there is one each. */
function examplesOf(step: Step, { errorExamples = [] }: Definition): NonNullable<Step['example']>[] {
  const shared = step.request.auth === undefined ? errorExamples : [];
  const refusals = [...(step.errorExamples ?? []), ...shared]
    .filter(({ status }, index, all) => all.findIndex((one) => one.status === status) === index)
    .toSorted((one, other) => one.status - other.status);
  return [...(step.example ? [step.example] : []), ...refusals];
}

/** An item with the header for random digits where its step stores them, also in the saved example that was compiled. */
function withEntropyHeader(item: Json, step: Step, definition: Definition): Json {
  if (!storesEntropy(step, definition)) return item;
  const added = (request: unknown): Json => {
    const { header, ...rest } = request as { header: readonly Json[] };
    return { ...rest, header: [...header, compileHeader(entropyHeader)] };
  };
  const examples = item.response as readonly Json[];
  const isCompiled = !Object.hasOwn(step.raw ?? {}, 'response');
  return {
    ...item,
    request: added(item.request),
    response: isCompiled
      ? examples.map((one, index) => (index === 0 ? { ...one, originalRequest: added(one.originalRequest) } : one))
      : examples,
  };
}

/** The definition with the variables that each request needs as it is really sent, with fragments over it. */
export function definitionAsSent(definition: Definition): Definition {
  const { steps, cleanUp } = definition;
  // Values of the environment are not in the collection: who imports it could not make the same scripts again.
  const inCollection = definition.variables.filter(({ scope }) => scope === 'collection');
  const values = new Map(inCollection.map(({ name, value }) => [name, value]));
  const set = setBySteps([...steps, ...cleanUp.steps]);
  const declared = new Set(definition.variables.map(({ name }) => name));
  const unneeded = new Set(
    definition.variables.filter((variable) => mayBeUnresolved(variable, definition)).map(({ name }) => name),
  );
  const withOwn = (step: Step): Step => ({
    ...step,
    needs: withoutMade(neededBy(step, definition, declared), values, set).filter((name) => !unneeded.has(name)),
  });
  return { ...definition, steps: steps.map(withOwn), cleanUp: { ...cleanUp, steps: cleanUp.steps.map(withOwn) } };
}

function neededBy(step: Step, definition: Definition, declared: ReadonlySet<string>): string[] {
  const isCleanUp = definition.cleanUp.steps.includes(step);
  const inherited = inheritedAuth(definition, isCleanUp ? [cleanUpFolderName] : folderOf(step, definition));
  return neededVariables(overlayRequest(compileRequest(step.request), step.raw), inherited, declared);
}

const compileRequest = perDefinition(
  (request: Step['request']): Json => ({
    method: request.method,
    header: request.headers.map(compileHeader),
    url: canonicalUrl(request.url),
    ...(request.auth && { auth: compileAuth(request.auth) }),
    ...(request.body && { body: compileBody(request.body) }),
  }),
);

function compileHeader({ name, value, description, disabled }: Step['request']['headers'][number]): Json {
  return { key: name, value, ...(description && { description }), ...(disabled && { disabled }) };
}

function compileBody(body: NonNullable<Step['request']['body']>): Json {
  if (body.form) {
    return {
      mode: 'urlencoded',
      urlencoded: Object.entries(body.form).map(([key, value]) => ({ key, value })),
    };
  }
  const language = body.raw === undefined ? 'json' : 'text';
  return { mode: 'raw', raw: rawBody(body) ?? '', options: { raw: { language } } };
}

/** Authorization in the array form of v2.1, which every tool reads. */
function compileAuth(authorization: AuthorizationSource): Json {
  const entry = (key: string, value: string) => ({ key, value, type: 'string' });
  if (authorization.basic) {
    const { username, password } = authorization.basic;
    return { type: 'basic', basic: [entry('username', username), entry('password', password)] };
  }
  if (authorization.bearer !== undefined) return { type: 'bearer', bearer: [entry('token', authorization.bearer)] };
  return { type: 'noauth', noauth: [] };
}

function compileEvents(owner: string, prerequest: ScriptLines, test: ScriptLines): Json {
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
  const events = [...event('prerequest', prerequest), ...event('test', test)];
  return events.length > 0 ? { event: events } : {};
}

/** The reason phrase of a status that Node knows, else the one that Postman's SDK knows; undefined when both have none. */
function reasonPhrase(status: number): string | undefined {
  return STATUS_CODES[status] ?? (new sdk.Response({ code: status, responseTime: 0 }).status || undefined);
}

export function compileExample(owner: string, example: NonNullable<Step['example']>): Json {
  const reason = reasonPhrase(example.status);
  return {
    id: stableId(owner, 'example', String(example.status)),
    name: example.name ?? `${example.status} ${STATUS_CODES[example.status] ?? ''}`.trim(),
    ...(reason !== undefined && { status: reason }),
    code: example.status,
    _postman_previewlanguage: example.body === undefined ? 'text' : 'json',
    header: Object.entries(example.headers ?? {}).map(([key, value]) => ({ key, value })),
    cookie: [],
    body: example.body === undefined ? '' : JSON.stringify(example.body, null, 4),
  };
}
