import { basename } from 'node:path';
import { canonicalFrame, type Json, withoutIds } from '../compile/canonical.ts';
import { compileExchange, compileStep, definitionAsSent } from '../compile/collection.ts';
import { cleanUpPrerequestScript } from '../compile/scripts/step-scripts.ts';
import { cleanUpFolderName } from '../definition/checks/folder-problems.ts';
import { type Definition, type Step, toDefinition, toStep } from '../definition/definition.ts';
import { isMapping, isSame, patchBetween } from '../definition/merge-patch.ts';
import type { CollectionFile, FolderSource, RawFragment, StepFile } from '../definition/schema.ts';
import { UsageError } from '../errors.ts';
import { declareVariables } from './declare-variables.ts';
import { isEntropyVariable } from './generated-entropy.ts';
import { definitionId, hasOurId, identifySteps, type KnownStep, type StepIdentity } from './identify.ts';
import { find } from './reading/code-shape.ts';
import { withoutLines } from './reading/plain-script.ts';
import { readCollection } from './reading/read-collection.ts';
import { collectionHintShapes, type FoundHints, readCollectionHints } from './reading/read-hints.ts';
import type { TestsFrom } from './reading/read-plain-tests.ts';
import { readAuthorization } from './reading/read-request.ts';
import { type FoundSchema, type ReadStep, readStep, type Scopes } from './reading/read-step.ts';
import { type FoundVariables, readBases, readVariables } from './reading/read-variables.ts';
import { isSameCode, statementsOf, textOf } from './reading/script-code.ts';
import { type SourceFolder, type SourceRequest, type SourceTree, walkItems } from './walk.ts';

/** What is known before a collection is read. */
export interface ImportOptions {
  /** The collection's file, as messages name it. */
  readonly file: string;
  /** Id for the definition where the collection does not tell: the name of the folder it goes to. */
  readonly wantedId?: string | undefined;
  /** The definition that is there already. */
  readonly known?: Pick<Definition, 'id'> &
    Pick<CollectionFile, 'variables' | 'unresolved'> & { readonly steps: readonly KnownStep[] };
}

/** The data of a definition that a collection was turned into. */
export interface ImportedDefinition {
  readonly collection: CollectionFile;
  /** Steps and clean-up steps in their order. */
  readonly steps: readonly ImportedStep[];
  readonly schemas: readonly FoundSchema[];
  /** Where the collection is in the source file. */
  readonly pointer: string;
  /** JSON pointers to the folders of `collection.folders`. */
  readonly folderPointers: readonly string[];
  /** What is not quite as it was, in sentences. */
  readonly notes: readonly string[];
}

export interface ImportedStep {
  readonly file: string;
  readonly data: StepFile;
  /** JSON pointer to the item in the source file. */
  readonly pointer: string;
}

/**
 * Turns a Postman collection (v2.0 or v2.1) into the data of a definition. What the format can say is said in its words;
 * the rest is in `raw`. Compiling the result gives the collection again. Throws `UsageError` for what is no collection.
 */
export function importCollection(text: string, options: ImportOptions): ImportedDefinition {
  const source = readCollection(text, options.file);
  const tree = walkItems(source.data, source.pointer);
  if (tree.requests.length === 0) throw new UsageError(`${options.file}:1:1: this collection holds no request`);
  const info = isMapping(source.data.info) ? source.data.info : {};
  const name = typeof info.name === 'string' && info.name.trim() !== '' ? info.name : 'Imported collection';
  const wantedId = options.known?.id ?? options.wantedId;
  const identity = definitionId(source.data, basename(options.file), wantedId, name);
  // Postman marks what it exports. Without the mark, it is what `compile` wrote, and its ids tell what is from a fragment.
  const isCompiled = identity.isOurs && !Object.hasOwn(info, '_exporter_id');
  const frame = readFrame(source.data, isCompiled);
  const cleanUp = findCleanUp(tree, isCompiled);
  const scopes = { variables: scopedVariables(frame.variables), askedBy: cleanUp?.askedBy, hints: frame.hints };
  const identities = identifySteps(tree.requests, identity, options.known?.steps ?? [], text);
  const read = tree.requests.map((request, index) =>
    readOne(request, identities[index] as StepIdentity, { name, isCompiled, cleanUp: cleanUp?.folder, scopes }),
  );
  const { steps: structured, schemas, notes } = settleSchemas(read);
  const isCleanUp = (request: SourceRequest) => cleanUp !== undefined && isSame(request.path, cleanUp.folder.path);
  const fileNames = (wanted: boolean) =>
    tree.requests.flatMap((request, index) => (isCleanUp(request) === wanted ? [identities[index]?.file ?? ''] : []));
  // Where nothing was looked at before sending, nothing is.
  const isChecked = identity.isOurs && structured.some(({ isGenerated }) => isGenerated);
  const unresolved = options.known ? options.known.unresolved : isChecked ? undefined : 'sent';
  const folders = readFolders(tree.folders, tree.requests, cleanUp?.folder);
  const collection: CollectionFile = {
    id: identity.id,
    name,
    description: frame.description,
    variables: {},
    authorization: frame.authorization,
    steps: fileNames(false),
    ...(cleanUp && { cleanUp: { askedBy: cleanUp.askedBy, steps: fileNames(true) } }),
    ...(folders.length > 0 && { folders: folders.map(({ data }) => data) }),
    // As where the collection comes from. What a definition of ours says of it is not in what it compiles to.
    ...(!options.known && !identity.isOurs && { iterations: 'shared' as const }),
    ...(unresolved && { unresolved }),
    ...frame.hints,
    ...(frame.raw && { raw: frame.raw }),
  };
  const withFragments = addFragments(collection, structured, schemas, scopes, isCleanUp);
  const declared = declareVariables(collection, withFragments, frame.variables, options.known?.variables ?? {}, {
    ...tree,
    events: source.data.event,
  });
  return {
    collection: declared.collection,
    steps: withFragments.map((data, index) => ({
      file: identities[index]?.file ?? '',
      data,
      pointer: tree.requests[index]?.pointer ?? '',
    })),
    schemas,
    pointer: source.pointer,
    folderPointers: folders.map(({ pointer }) => pointer),
    notes: [...tree.notes, ...notes, ...declared.notes],
  };
}

/** What is around the items of a collection. */
interface Frame {
  readonly description: string;
  readonly authorization: CollectionFile['authorization'];
  readonly variables: FoundVariables;
  readonly raw: RawFragment | undefined;
  /** Causes and remedies for every step. */
  readonly hints: FoundHints | undefined;
}

function readFrame(data: Json, isCompiled: boolean): Frame {
  const { info: given, item: _, ...rest } = data;
  const { auth, event, variable: listed, ...more } = withoutIds(canonicalFrame(rest));
  const variable = Array.isArray(listed) ? listed.filter((one: Json) => !isEntropyVariable(one)) : listed;
  const info = withoutIds(canonicalFrame(isMapping(given) ? given : {}));
  const { name: __, description, schema: ___, ...moreInfo } = info;
  const authorization = readAuthorization(auth);
  const events = (event ?? []) as readonly Json[];
  const [script] = events;
  const isFragment = isCompiled && Array.isArray(data.event) && !data.event.every(hasOurId);
  const own = isFragment || events.length !== 1 ? '' : (plainScript(script, 'prerequest') ?? '');
  const hints = readCollectionHints(own);
  const withoutHints = hints ? withoutLines(own, collectionHintShapes) : own;
  const bases = hints && withoutHints.trim() === '' ? [] : readBases(withoutHints);
  const marked = (Array.isArray(data.variable) ? data.variable : []).filter(
    (one) => isMapping(one) && one.type === 'secret',
  );
  const secrets = marked.map((one: Json) => one.key ?? one.id);
  const variables = readVariables((variable ?? []) as readonly Json[], secrets, bases ?? []);
  const raw = {
    ...more,
    ...(auth !== undefined && !authorization && { auth }),
    ...(events.length > 0 && !bases && { event: readableEvents(events) }),
    ...(!variables.saysList && { variable }),
    ...(Object.keys(moreInfo).length > 0 && { info: moreInfo }),
  };
  return {
    description: typeof description === 'string' ? description : '',
    authorization: authorization ?? { none: true },
    variables,
    hints: bases && hints,
    raw: Object.keys(raw).length > 0 ? raw : undefined,
  };
}

/** The text of a script that is nothing but its lines. */
function plainScript(event: Json | undefined, listen: string): string | undefined {
  if (event?.listen !== listen || Object.keys(event).length !== 2 || !isMapping(event.script)) return undefined;
  const { exec, type, ...more } = event.script;
  if (Object.keys(more).length > 0 || type !== 'text/javascript' || !Array.isArray(exec)) return undefined;
  return exec.join('\n');
}

/** Events with each script as one text, which YAML shows line by line. */
function readableEvents(events: readonly Json[]): Json[] {
  return events.map((event) => {
    const script = event.script as Json;
    return Array.isArray(script.exec) ? { ...event, script: { ...script, exec: script.exec.join('\n') } } : event;
  });
}

/** The folder that a variable asks for, when it is as `compile` makes it: the last one, with nothing but requests. */
function findCleanUp(
  tree: SourceTree,
  isCompiled: boolean,
): { readonly folder: SourceFolder; readonly askedBy: string } | undefined {
  const folder = tree.folders.at(-1);
  if (!folder || !isSame(folder.path, [cleanUpFolderName])) return undefined;
  const inside = tree.requests.filter(({ path }) => isSame(path, folder.path));
  const isLast = tree.requests.at(-1) === inside.at(-1) && inside.length < tree.requests.length;
  const event = (folder.original.event ?? []) as readonly unknown[];
  if (!isLast || inside.length === 0 || (isCompiled && !event.every(hasOurId))) return undefined;
  const events = (folder.frame.event ?? []) as readonly Json[];
  const script = statementsOf((events.length === 1 && plainScript(events[0], 'prerequest')) || '') ?? [];
  const reference = find("if (pm.variables.replaceIn($reference) !== 'true') $skip;", script)?.reference;
  const askedBy = /^\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}$/.exec(textOf(reference) ?? '')?.[1];
  const isOurs = askedBy !== undefined && isSameCode(statementsOf(cleanUpPrerequestScript(askedBy).join('\n')), script);
  return isOurs ? { folder, askedBy } : undefined;
}

function scopedVariables({ listed, saysList }: FoundVariables): Definition['variables'] {
  return listed.map(({ name, description }) => ({
    name,
    description,
    ...(saysList && { scope: 'collection' as const }),
  }));
}

interface ReadRequest extends ReadStep {
  readonly request: SourceRequest;
}

/** What a request is read in. */
interface Surroundings {
  readonly name: string;
  readonly isCompiled: boolean;
  readonly cleanUp: SourceFolder | undefined;
  readonly scopes: Scopes;
}

function readOne(
  request: SourceRequest,
  identity: StepIdentity,
  { name: collectionName, isCompiled, cleanUp, scopes }: Surroundings,
): ReadRequest {
  const { item, name, path, original } = request;
  const isDefault = isSame(path, [collectionName]) || (cleanUp !== undefined && isSame(path, cleanUp.path));
  const { event, response } = original;
  const isFragment = (list: unknown) => isCompiled && Array.isArray(list) && !list.every(hasOurId);
  const fragments = {
    event: isFragment(event) || (isCompiled && event === undefined),
    response: isFragment(response),
  };
  const names = { id: identity.id, name, folder: isDefault ? undefined : path };
  return { ...readStep(item, names, scopes, fragments, testsFrom(identity, isCompiled)), request };
}

/** The script of a step that is there stays one; of a collection that `compile` wrote, others do. */
function testsFrom({ ownScript }: StepIdentity, isCompiled: boolean): TestsFrom {
  if (ownScript) return 'none';
  return isCompiled && ownScript === undefined ? 'compiled tests' : 'any script';
}

/** One schema a file: where two steps name the same file for different ones, the second keeps its scripts as they are. */
function settleSchemas(read: readonly ReadRequest[]): {
  readonly steps: readonly ReadRequest[];
  readonly schemas: readonly FoundSchema[];
  readonly notes: readonly string[];
} {
  const schemas = new Map<string, FoundSchema>();
  const notes: string[] = [];
  const steps = read.map((step): ReadRequest => {
    const { schema, request } = step;
    notes.push(...step.notes.map((note) => `${request.pointer} ("${request.name}"): ${note}`));
    const known = schema && schemas.get(schema.file.toLowerCase());
    if (!schema || !known || JSON.stringify(known) === JSON.stringify(schema)) {
      if (schema) schemas.set(schema.file.toLowerCase(), schema);
      return step;
    }
    notes.push(
      `${request.pointer} ("${request.name}"): its ${schema.file} is another one than that of a step before it; its scripts are kept as they are`,
    );
    const { generate: _, capture: __, unset: ___, scripts: ____, example: _____, ...file } = step.file;
    return { ...step, file: { ...file, expect: {} }, schema: undefined, saysScripts: false, saysExample: false };
  });
  return { steps, schemas: [...schemas.values()], notes };
}

function readFolders(
  folders: readonly SourceFolder[],
  requests: readonly SourceRequest[],
  cleanUp: SourceFolder | undefined,
): { readonly data: FolderSource; readonly pointer: string }[] {
  const filled = new Set(
    [...requests, ...folders.map(({ path }) => ({ path: path.slice(0, -1) }))].map(({ path }) => JSON.stringify(path)),
  );
  return folders.flatMap((folder) => {
    const { path, pointer } = folder;
    const { name: _, description, event, ...rest } = folder.frame;
    const raw = {
      ...rest,
      ...(event !== undefined && folder !== cleanUp && { event: readableEvents(event as readonly Json[]) }),
    };
    const hasRaw = Object.keys(raw).length > 0;
    const hasText = typeof description === 'string' && description !== '';
    const position = emptyPosition(folder, requests);
    if (!hasRaw && !hasText && position === undefined && filled.has(JSON.stringify(path))) return [];
    const data = {
      path: [...path],
      ...(hasText && { description }),
      ...(position !== undefined && { position }),
      ...(hasRaw && { raw }),
    };
    return [{ data, pointer }];
  });
}

/** The place of a folder without requests, when requests follow beside it. */
function emptyPosition({ pointer }: SourceFolder, requests: readonly SourceRequest[]): number | undefined {
  if (requests.some((request) => request.pointer.startsWith(`${pointer}/`))) return undefined;
  const around = pointer.replace(/\d+$/, '');
  const position = Number(pointer.slice(around.length));
  const follows = (other: string) =>
    other.startsWith(around) && Number.parseInt(other.slice(around.length), 10) > position;
  return requests.some((request) => follows(request.pointer)) ? position : undefined;
}

/** Steps with what they do not say in `raw`: the difference between what they compile to and their items. */
function addFragments(
  collection: CollectionFile,
  read: readonly ReadRequest[],
  schemas: readonly FoundSchema[],
  scopes: Pick<Definition, 'variables'>,
  isCleanUp: (request: SourceRequest) => boolean,
): StepFile[] {
  const contents = Object.fromEntries(schemas.map(({ file, content }) => [file, content]));
  const toSteps = (wanted: boolean) =>
    read.filter(({ request }) => isCleanUp(request) === wanted).map(({ file }) => toStep('', file, contents, [], ''));
  const { raw: _, ...withoutRaw } = collection;
  const definition = { ...toDefinition(withoutRaw, toSteps(false), toSteps(true), ''), variables: scopes.variables };
  // Scripts that a step says are not compared, and only they ask for what is sent.
  const sent = read.every(({ saysScripts }) => saysScripts) ? definition : definitionAsSent(definition);
  const steps = new Map([...sent.steps, ...sent.cleanUp.steps].map((step) => [step.id, step]));
  return read.map((one) => {
    const step = steps.get(one.file.id) as Step;
    const made = withoutIds(one.saysScripts ? compileExchange(sent, step) : compileStep(sent, step));
    const { name, item } = one.request;
    const named = typeof item.name === 'string' && item.name !== name ? { name: item.name } : undefined;
    const raw = fragment(one, made, item);
    return raw || named ? { ...one.file, raw: { ...named, ...raw } } : one.file;
  });
}

function fragment({ saysScripts, saysExample }: ReadStep, made: Json, item: Json): RawFragment | undefined {
  // The text of an address follows from its parts.
  const compared = ({ name: _, event, response, request, ...rest }: Json): Json => ({
    ...rest,
    request: { ...(request as Json), url: withoutRaw((request as Json).url as Json) },
    ...(!saysExample && { response }),
    ...(!saysScripts && { event: event ?? [] }),
  });
  const patch = patchBetween(compared(made), compared(item)) as RawFragment | undefined;
  if (!patch) return undefined;
  return Array.isArray(patch.event) ? { ...patch, event: readableEvents(patch.event as readonly Json[]) } : patch;
}

function withoutRaw({ raw, ...parts }: Json): Json {
  return Object.keys(parts).length === 0 ? { raw } : parts;
}
