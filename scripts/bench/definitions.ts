import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { defaultCredentials } from '../../src/simulator/index.ts';
import { ownOutput } from './tools/own.ts';

/** Definitions that are made of the committed one, compiled by the program as it was built. */

const collectionFile = 'collection.yaml';

/**
 * Two copies that differ in nothing but `expect.schema`, which the second lacks. What may be asked only of an answer with a schema is in
 * neither: expected values are left out, and captures are scripts. The folders must not be there yet.
 */
export async function copiesWithAndWithoutSchemas(source: string, withSchemas: string, without: string): Promise<void> {
  await cp(source, withSchemas, { recursive: true });
  for (const file of await stepFiles(source)) await editYaml(join(withSchemas, file), asksNothingOfSchemas);
  await editYaml(join(withSchemas, collectionFile), (collection) => {
    // What the first step would take out of the token.
    collection.setIn(['variables', 'orgID', 'value'], defaultCredentials.orgID);
  });
  await cp(withSchemas, without, { recursive: true });
  for (const file of await stepFiles(without))
    await editYaml(join(without, file), (step) => step.deleteIn(['expect', 'schema']));
  for (const folder of [withSchemas, without]) await ownOutput(['compile', folder], folder);
}

function asksNothingOfSchemas(step: Document): void {
  step.deleteIn(['expect', 'values']);
  const { capture = {} } = step.toJS() as { capture?: Record<string, { from?: string; claim?: string }> };
  for (const [name, { from, claim }] of Object.entries(capture)) {
    if (claim !== undefined) step.deleteIn(['capture', name]);
    else if (from !== undefined) step.setIn(['capture', name], { script: `return pm.response.json()${member(from)};` });
  }
}

function member(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => `[${JSON.stringify(part)}]`)
    .join('');
}

/**
 * A copy with so many steps: the first four as they are, then the last two again and again, each pair with a user and variables of its own.
 * Only the YAML: it is not compiled.
 */
export async function longCopy(source: string, target: string, steps: number): Promise<void> {
  await cp(source, target, {
    recursive: true,
    filter: (file) => !/\.(json|arazzo\.yaml|openapi\.yaml)$/.test(file) || /\.schema\.json$/.test(file),
  });
  const files = await stepFiles(source);
  const [user, password] = files.slice(4);
  if (files.length !== 6 || user === undefined || password === undefined) throw new Error('there are not six steps');
  const texts = await Promise.all([user, password].map((file) => readFile(join(source, file), 'utf8')));
  await Promise.all([user, password].map((file) => rm(join(target, file))));
  const pairs = Array.from({ length: Math.ceil((steps - 4) / 2) }, (_, index) => index + 1);
  const made = pairs.flatMap((number) =>
    texts.map((text, index) => ({ file: `${number}-${index}.yaml`, text: numbered(text, number) })),
  );
  const kept = made.slice(0, steps - 4);
  for (const { file, text } of kept) await writeFile(join(target, file), text);
  const { cleanUp } = await collectionIn(source);
  for (const file of cleanUp?.steps ?? [])
    await writeFile(join(target, file), withNumbers(await readFile(join(source, file), 'utf8'), 1));
  await editYaml(join(target, collectionFile), (collection) => {
    collection.set('steps', [...files.slice(0, 4), ...kept.map(({ file }) => file)]);
    for (const name of numberedVariables) {
      const declared = collection.getIn(['variables', name]);
      collection.deleteIn(['variables', name]);
      for (const number of pairs) collection.setIn(['variables', `${name}${number}`], declared);
    }
  });
}

const numberedVariables = ['sharedUserID', 'sharedUsername', 'userPassword'];

function withNumbers(text: string, number: number): string {
  return text.replace(new RegExp(`\\b(${numberedVariables.join('|')})\\b`, 'g'), `$1${number}`);
}

function numbered(text: string, number: number): string {
  return withNumbers(text, number)
    .replaceAll('sharedTestUser-{{runID}}', `sharedTestUser${number}-{{runID}}`)
    .replace(/^id: (.*)$/m, `id: $1-${number}`)
    .replace(/^name: "Step \d: (.*)"$/m, `name: "$1 ${number}"`);
}

async function collectionIn(folder: string) {
  const text = await readFile(join(folder, collectionFile), 'utf8');
  return parseDocument(text).toJS() as { readonly steps: string[]; readonly cleanUp?: { readonly steps: string[] } };
}

async function stepFiles(folder: string): Promise<string[]> {
  return (await collectionIn(folder)).steps;
}

async function editYaml(file: string, edit: (document: Document) => void): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'));
  edit(document);
  await writeFile(file, document.toString({ lineWidth: 0 }));
}
