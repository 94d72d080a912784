import sdk from 'postman-collection';
import { parseDocument } from 'yaml';
import type { Json } from '../../compile/canonical.ts';
import { type PostmanCollection, schemaUrl } from '../../compile/collection.ts';
import { jsonText } from '../../compile/compile.ts';
import { stableId } from '../../compile/ids.ts';
import { collectionToV3 } from '../../compile/postman-v3/postman-v3.ts';
import { isMapping } from '../../definition/merge-patch.ts';
import { UsageError } from '../../errors.ts';

/**
 * Reads the files of a collection in Postman's format v3 as the text of a collection of the format v2.1.
 *
 * @param files Texts by their paths in the folder of the collection, with forward slashes.
 * @param folder Name of the folder, for messages and for a collection without a name.
 */
export function readV3(files: ReadonlyMap<string, string>, folder: string): string {
  const data = new Map([...files].map(([path, text]) => [path, parsed(text, `${folder}/${path}`)]));
  const frame = data.get('.resources/definition.yaml') ?? {};
  const name = typeof frame.name === 'string' ? frame.name : (folder.split('/').at(-1) ?? folder);
  const variable = listFrom(frame.variables).map((entry) => ({ ...entry, type: 'string' }));
  return jsonText({
    info: {
      ...(frame.id !== undefined && { _postman_id: frame.id }),
      name,
      ...(frame.description !== undefined && { description: frame.description }),
      schema: schemaUrl,
      // As what Postman exports: its ids do not say which part comes from a fragment.
      _exporter_id: '0',
    },
    item: itemsIn('', data),
    ...sharedPart(frame, String(frame.id ?? name)),
    ...(variable.length > 0 && { variable }),
  });
}

/** The text that is read of a collection after it was written as files of the format v3. */
export function throughV3(collection: PostmanCollection): string {
  const files = collectionToV3(collection);
  const root = files[0]?.path.split('/').slice(0, 2).join('/') ?? '';
  return readV3(new Map(files.map(({ path, text }) => [path.slice(root.length + 1), text])), root);
}

type Files = ReadonlyMap<string, Json>;

function parsed(text: string, file: string): Json {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) {
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    throw new UsageError(`${file}:${line}:${col}: this is not YAML: ${error.message.split('\n')[0]}`);
  }
  const data: unknown = document.toJS();
  if (!isMapping(data)) throw new UsageError(`${file}:1:1: expected a mapping, as files of Postman's format v3 are`);
  return data;
}

const requestEnding = /\.request\.ya?ml$/;

/** The items directly in a folder, which is '' or ends with a slash. */
function itemsIn(folder: string, files: Files): Json[] {
  const inside = [...files.keys()].filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
  const requests = inside.filter((path) => !path.includes('/') && requestEnding.test(path));
  const names = inside.flatMap((path) =>
    path.includes('/') && !path.startsWith('.resources/') ? [path.split('/')[0] ?? ''] : [],
  );
  const items = [
    ...requests.map((path) => {
      const data = files.get(`${folder}${path}`) ?? {};
      return {
        order: data.order,
        stem: path.replace(requestEnding, ''),
        data: (stem: string) => requestItem(data, folder, stem, files),
      };
    }),
    ...[...new Set(names)].map((name) => {
      const data = files.get(`${folder}${name}/.resources/definition.yaml`) ?? {};
      return {
        order: data.order,
        stem: name,
        data: (stem: string) => folderItem(data, `${folder}${stem}/`, stem, files),
      };
    }),
  ];
  const place = (order: unknown) => (typeof order === 'number' ? order : Number.POSITIVE_INFINITY);
  return items
    .toSorted((one, other) => compare(place(one.order), place(other.order)) || compare(one.stem, other.stem))
    .map(({ data, stem }) => data(stem));
}

function compare<Value>(one: Value, other: Value): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function folderItem(data: Json, folder: string, stem: string, files: Files): Json {
  const variable = listFrom(data.variables);
  return {
    ...(data.id !== undefined && { id: data.id }),
    name: data.name ?? stem,
    ...(data.description !== undefined && { description: data.description }),
    item: itemsIn(folder, files),
    ...sharedPart(data, String(data.id ?? folder)),
    ...(variable.length > 0 && { variable }),
  };
}

/** Scripts and authorization for all requests within. */
function sharedPart({ scripts, auth }: Json, owner: string): Json {
  const [first] = Array.isArray(auth) ? auth : [auth];
  return { ...eventsFrom(scripts, owner), ...authFrom(first) };
}

function requestItem(data: Json, folder: string, stem: string, files: Files): Json {
  const kind = String(data.$kind ?? 'http-request');
  if (kind !== 'http-request' && kind !== 'graphql-request') {
    throw new UsageError(`${folder}${stem}: a request of the kind ${kind} cannot be imported; expected one over HTTP`);
  }
  const { query, variables, operationName } = data;
  const graphql = {
    query,
    ...(variables !== undefined && { variables }),
    ...(operationName !== undefined && { operationName }),
  };
  const behavior = settingsFrom(data.settings);
  const id = data.id ?? stableId(folder, stem);
  return {
    id,
    name: data.name ?? stem,
    request: {
      ...requestFrom(data),
      ...(kind === 'graphql-request' && { body: { mode: 'graphql', graphql } }),
      ...(data.description !== undefined && { description: data.description }),
    },
    response: examplesOf(`${folder}.resources/${stem}.resources/examples/`, authFrom(data.auth), files),
    ...eventsFrom(data.scripts, String(id)),
    ...(behavior && { protocolProfileBehavior: behavior }),
  };
}

const exampleEnding = /\.example\.ya?ml$/;

/** The examples of a request; `auth` is its authorization, which the file of an example does not repeat. */
function examplesOf(folder: string, auth: Json, files: Files): Json[] {
  const found = [...files].filter(([path]) => path.startsWith(folder) && exampleEnding.test(path));
  const ordered = found.toSorted(([, one], [, other]) => compare(Number(one.order ?? 0), Number(other.order ?? 0)));
  const first = ordered[0]?.[0];
  return ordered.map(([path, data]) => {
    const response: Json = isMapping(data.response) ? data.response : {};
    const body: Json = isMapping(response.body) ? response.body : {};
    return {
      ...(data.id !== undefined && { id: data.id }),
      name: data.name ?? path.slice(folder.length).replace(exampleEnding, ''),
      ...(isMapping(data.request) && {
        originalRequest: { ...requestFrom(data.request), ...(path === first && auth) },
      }),
      ...(response.statusText !== undefined && { status: response.statusText }),
      ...(response.statusCode !== undefined && { code: response.statusCode }),
      ...(body.type !== undefined && { _postman_previewlanguage: body.type }),
      header: listFrom(response.headers),
      cookie: [],
      body: body.content ?? '',
    };
  });
}

function requestFrom(data: Json): Json {
  const body = bodyFrom(data.body);
  return {
    method: data.method ?? 'GET',
    header: listFrom(data.headers),
    url: urlFrom(String(data.url ?? ''), data.queryParams, data.pathVariables),
    ...(body && { body }),
    ...authFrom(data.auth),
  };
}

/** An address by its parts. The list of parameters says more than the address: also those that are switched off. */
function urlFrom(raw: string, parameters: unknown, variables: unknown): Json {
  const { raw: _, query, variable, ...parts } = new sdk.Url(raw).toJSON() as unknown as Json;
  const listed = parameters === undefined ? query : listFrom(parameters);
  const values = variables === undefined ? variable : listFrom(variables);
  return {
    raw,
    ...parts,
    ...(Array.isArray(listed) && listed.length > 0 && { query: listed }),
    ...(Array.isArray(values) && values.length > 0 && { variable: values }),
  };
}

function bodyFrom(body: unknown): Json | undefined {
  if (!isMapping(body) || body.type === 'none') return undefined;
  const { type, content } = body;
  if (type === 'urlencoded' || type === 'formdata') return { mode: type, [type]: listFrom(content) };
  if (type === 'file') return { mode: type, file: content };
  return { mode: 'raw', raw: content ?? '', options: { raw: { language: type ?? 'text' } } };
}

function authFrom(auth: unknown): Json {
  if (!isMapping(auth) || typeof auth.type !== 'string' || auth.type === 'inherit') return {};
  const { type } = auth;
  return { auth: { type, [type]: listFrom(auth.credentials) } };
}

const kinds: Readonly<Record<string, string>> = { beforeRequest: 'prerequest', afterResponse: 'test' };

function eventsFrom(scripts: unknown, owner: string): Json {
  const event = (Array.isArray(scripts) ? scripts : []).filter(isMapping).flatMap(({ type, code, language }) => {
    const listen = kinds[String(type).replace(/^http:/, '')];
    if (listen === undefined || typeof code !== 'string') return [];
    const exec = code.split('\n');
    return [{ id: stableId(owner, listen), listen, script: { type: language ?? 'text/javascript', exec } }];
  });
  return event.length > 0 ? { event } : {};
}

function settingsFrom(settings: unknown): Json | undefined {
  if (!isMapping(settings)) return undefined;
  const { disabledSystemHeaders: off, ...others } = settings;
  const names = Array.isArray(off) ? off : [];
  const headers = Object.fromEntries(names.map((name) => [String(name), true]));
  return { ...others, ...(names.length > 0 && { disabledSystemHeaders: headers }) };
}

/** Entries as a list, where they may be given by name. */
function listFrom(value: unknown): Json[] {
  if (Array.isArray(value)) return value.filter(isMapping);
  return Object.entries(isMapping(value) ? value : {}).map(([key, entry]) => ({ key, value: entry }));
}
