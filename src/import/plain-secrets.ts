import { isMapping } from '../definition/merge-patch.ts';
import { parseSource } from '../definition/reading/parse.ts';
import { type DataPath, problemAtPath } from '../definition/reading/source-file.ts';
import type { AuthorizationSource, RawFragment, StepFile } from '../definition/schema.ts';
import type { ImportedDefinition } from './import-collection.ts';
import { collectionFile, type FileTexts } from './writing/files.ts';

/** A secret that a collection holds in clear, where a variable should be. */
export interface PlainSecret {
  readonly file: string;
  readonly line: number;
  readonly value: string;
}

type Found = readonly [path: DataPath, value: string];

/** Secrets in clear in the files of an imported definition, as far as names and kinds of values tell. */
export function plainSecrets({ collection, steps }: ImportedDefinition, files: FileTexts): PlainSecret[] {
  const inCollection: Found[] = [
    ...inAuthorization(collection.authorization, ['authorization']),
    ...Object.entries(collection.variables).flatMap(([name, { secret, value }]): Found[] =>
      secret ? [[['variables', name, 'value'], value ?? '']] : [],
    ),
    ...inFragment(collection.raw, ['raw']),
    ...(collection.folders ?? []).flatMap(({ raw }, index) => inFragment(raw, ['folders', index, 'raw'])),
  ];
  return [
    ...placed(collectionFile, inCollection, files),
    ...steps.flatMap(({ file, data }) => placed(file, inStep(data), files)),
  ];
}

function placed(file: string, found: readonly Found[], files: FileTexts): PlainSecret[] {
  const plain = found.filter(([, value]) => value !== '' && !value.includes('{{'));
  if (plain.length === 0) return [];
  const { source } = parseSource(file, files.get(file) ?? '');
  return plain.map(([path, value]) => ({ file, line: problemAtPath(source, path, '').line, value }));
}

function inStep({ request, raw }: StepFile): Found[] {
  return [
    ...inAuthorization(request.auth, ['request', 'auth']),
    ...(request.headers ?? []).flatMap(({ name, value }, index): Found[] =>
      secretHeader.test(name) ? [[['request', 'headers', index, 'value'], value]] : [],
    ),
    ...inFragment(raw, ['raw']),
    ...(isMapping(raw?.request) ? inFragment(raw.request, ['raw', 'request']) : []),
  ];
}

const secretHeader = /^(proxy-)?authorization$|api-?key|token|secret/i;
const secretParameter = /(secret|password|token|.key|value)$/i;

function inAuthorization(auth: AuthorizationSource | undefined, path: DataPath): Found[] {
  return [
    ...(auth?.basic ? [[[...path, 'basic', 'password'], auth.basic.password] as const] : []),
    ...(auth?.bearer === undefined ? [] : [[[...path, 'bearer'], auth.bearer] as const]),
  ];
}

/** In the parameters of a fragment's authorization. */
function inFragment(raw: RawFragment | undefined, path: DataPath): Found[] {
  const auth = raw?.auth;
  if (!isMapping(auth)) return [];
  return Object.entries(auth).flatMap(([type, list]) =>
    (Array.isArray(list) ? list : []).flatMap((entry: unknown, index): Found[] =>
      isMapping(entry) && typeof entry.value === 'string' && secretParameter.test(String(entry.key))
        ? [[[...path, 'auth', type, index, 'value'], entry.value]]
        : [],
    ),
  );
}
