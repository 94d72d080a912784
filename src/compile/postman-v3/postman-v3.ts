import { Document, isScalar, Scalar, visit } from 'yaml';
import { isMapping } from '../../definition/merge-patch.ts';
import type { Json } from '../canonical.ts';
import type { PostmanCollection } from '../collection.ts';
import type { PostmanEnvironment } from '../environment-file.ts';
import { stableId } from '../ids.ts';
import { authOf, bodyOf, entriesOf, listOf, requestOf, scriptsOf, undescribed } from './entity.ts';
import { createNames } from './v3-file-names.ts';

/** A file of Postman's format v3, by its path from the folder `postman` of a repository. */
export interface V3File {
  readonly path: string;
  readonly text: string;
}

/**
 * A compiled collection as files of the format v3, which Postman 12 keeps in git: one for each request, folder and example.
 * The same collection always gives the same files, to the byte.
 */
export function collectionToV3(collection: PostmanCollection): V3File[] {
  const { info, item, variable, auth, event } = collection as Json;
  const { _postman_id: id, name, description } = info as Json;
  const root = `collections/${createNames()(String(name), 'collection')}`;
  const definition = {
    $kind: 'collection',
    id,
    name,
    ...(description !== undefined && { description }),
    ...variablesOf(variable),
    ...scriptsOf(event, 'http:'),
    // Without any, requests have no authorization.
    ...(isMapping(auth) && auth.type !== 'noauth' && sharedAuth(auth, String(id))),
  };
  return [file(`${root}/.resources/definition.yaml`, definition), ...itemFiles(listOf(item), root)];
}

/** A compiled environment as a file of the format v3. */
export function environmentToV3({ id, name, values }: PostmanEnvironment): V3File {
  const entries = values.map(({ key, value, type, enabled }) => ({
    key,
    value,
    ...(type === 'secret' && { type }),
    enabled,
  }));
  const data = { $kind: 'environment', id, name, values: entries };
  return file(`environments/${createNames()(name, 'environment')}.environment.yaml`, data);
}

/** Places between items, so that one can be put between two. */
const step = 1000;

function itemFiles(items: readonly Json[], folder: string): V3File[] {
  // A folder and a request may have the same name.
  const [folderNames, requestNames] = [createNames(), createNames()];
  return items.flatMap((item, index) => {
    const order = (index + 1) * step;
    if (isMapping(item.request)) {
      const name = requestNames(String(item.name ?? ''), 'http-request');
      return requestFiles(item, folder, name, order);
    }
    const name = folderNames(String(item.name ?? ''), 'collection');
    const inside = `${folder}/${name}`;
    return [
      file(`${inside}/.resources/definition.yaml`, folderData(item, name, order)),
      ...itemFiles(listOf(item.item), inside),
    ];
  });
}

function folderData({ id, name, description, event, auth, variable }: Json, fileName: string, order: number): Json {
  return {
    $kind: 'collection',
    ...(id !== undefined && { id }),
    ...(name !== fileName && { name }),
    ...(description !== undefined && { description }),
    ...variablesOf(variable),
    ...scriptsOf(event, 'http:'),
    ...sharedAuth(auth, String(id)),
    order,
  };
}

function requestFiles(item: Json, folder: string, fileName: string, order: number): V3File[] {
  const request = item.request as Json;
  const resources = `.resources/${fileName}.resources/examples`;
  const examples = listOf(item.response);
  const graphql = isMapping(request.body) && request.body.mode === 'graphql' ? request.body.graphql : undefined;
  const auth = authOf(request.auth);
  const settings = settingsOf(item.protocolProfileBehavior);
  const data = {
    $kind: graphql ? 'graphql-request' : 'http-request',
    ...(item.id !== undefined && { id: item.id }),
    ...(item.name !== fileName && { name: item.name }),
    ...(request.description !== undefined && { description: request.description }),
    ...requestOf(request),
    ...(isMapping(graphql) && graphql),
    ...(auth && { auth }),
    ...(settings && { settings }),
    ...scriptsOf(item.event, ''),
    ...(examples.length > 0 && { examples: `./${resources}` }),
    order,
  };
  const names = createNames();
  return [
    file(`${folder}/${fileName}.request.yaml`, data),
    ...examples.map((example, index) => {
      const name = names(String(example.name ?? ''), 'example');
      return file(`${folder}/${resources}/${name}.example.yaml`, exampleData(example, name, (index + 1) * step));
    }),
  ];
}

function exampleData({ id, name, originalRequest, ...response }: Json, fileName: string, order: number): Json {
  const headers = listOf(response.header);
  const language = response._postman_previewlanguage;
  const body = bodyOf({ mode: 'raw', raw: response.body ?? '', options: { raw: { language } } });
  return {
    $kind: 'http-example',
    ...(id !== undefined && { id }),
    ...(name !== fileName && { name }),
    ...(isMapping(originalRequest) && { request: requestOf(originalRequest) }),
    response: {
      ...(response.code !== undefined && { statusCode: response.code }),
      ...(response.status !== undefined && { statusText: response.status }),
      ...(headers.length > 0 && { headers: entriesOf(headers) }),
      body,
    },
    order,
  };
}

/** Authorization for all requests within: a list, of which Postman uses the first. */
function sharedAuth(auth: unknown, owner: string): Json {
  const own = authOf(auth);
  if (!own) return {};
  const name = own.type === 'noauth' ? 'No Auth' : `${own.type} auth`;
  const { type, ...rest } = own;
  return { auth: [{ id: stableId(owner, 'auth'), type, name, ...rest }] };
}

function variablesOf(variable: unknown): Json {
  const list = listOf(variable).map(
    ({ type: _, description, ...entry }): Json => ({
      ...entry,
      ...(description !== undefined && description !== undescribed && { description }),
    }),
  );
  return list.length > 0 ? { variables: entriesOf(list) } : {};
}

function settingsOf(behavior: unknown): Json | undefined {
  if (!isMapping(behavior) || Object.keys(behavior).length === 0) return undefined;
  const { disabledSystemHeaders: off, ...settings } = behavior;
  const headers = isMapping(off) ? Object.keys(off).filter((name) => off[name] === true) : [];
  return { ...settings, ...(headers.length > 0 && { disabledSystemHeaders: headers }) };
}

function file(path: string, data: Json): V3File {
  const document = new Document(data, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Scalar(_key, node) {
      // What a block cannot hold as it is.
      const isOdd =
        isScalar(node) && typeof node.value === 'string' && /[^\P{C}\n]|[ \t]\n|^\s|\n\n$/u.test(node.value);
      if (isOdd) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return { path, text: document.toString({ lineWidth: 0, blockQuote: 'literal' }) };
}
