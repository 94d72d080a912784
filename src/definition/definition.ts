import { withEntropyVariable } from './password-entropy.ts';
import type { Places } from './reading/places.ts';
import type {
  AuthorizationSource,
  CaptureSource,
  CollectionFile,
  ConditionSource,
  ErrorExample,
  ExpectedValue,
  Experiment,
  FolderSource,
  GeneratorSource,
  RawFragment,
  RetrySource,
  RoleNeeds,
  ServiceSource,
  StepFile,
  TroubleshootingEntry,
  VariableSource,
  WrittenCollection,
  WrittenStep,
} from './schema.ts';

/** A collection as read from YAML: checked, with what was left out filled in. Plain data. */
export interface Definition {
  readonly id: string;
  readonly name: string;
  /** Its folder, as messages name it; undefined when it was not read from files. */
  readonly folder?: string;
  readonly description: string;
  /** In the order of `collection.yaml`. */
  readonly variables: readonly Variable[];
  /** What requests use that have no authorization of their own. */
  readonly authorization: AuthorizationSource;
  readonly steps: readonly Step[];
  /** Empty `steps` and `askedBy` undefined when the collection has no clean-up. */
  readonly cleanUp: { readonly askedBy: string | undefined; readonly steps: readonly Step[] };
  readonly environments: readonly EnvironmentTemplate[];
  readonly next: readonly string[];
  /** The service that the requests go to, as far as the collection says. */
  readonly service?: ServiceSource;
  /** The roles that the steps need; undefined when the collection does not say. */
  readonly roles?: RoleNeeds;
  /** Whether values carry over from one iteration to the next, as in Newman. Default: separate. */
  readonly iterations?: 'shared' | 'separate';
  /** Whether requests are sent although a variable has no value. Default: refused. */
  readonly unresolved?: 'sent' | 'refused';
  /** How often requests are tried again; a step's own `retry` comes first. */
  readonly retry: RetrySource;
  /** Entries for every step. */
  readonly troubleshooting: readonly PlacedTroubleshooting[];
  /** Likely refusals of the requests that use the collection's authorization. Absent: none. */
  readonly errorExamples?: readonly ErrorExample[];
  /** Dynamic variables of Postman that are used beyond those of every engine. Undefined: none. */
  readonly dynamicVariables?: readonly string[];
  /** What there is to say of folders. Undefined: nothing. */
  readonly folders?: readonly FolderSource[];
  /** Put over the compiled collection. */
  readonly raw?: RawFragment;
}

/** A place in a file of a definition. */
export interface SourcePlace {
  /** Path from the working folder, as the folder of the collection was named. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** A troubleshooting entry, and where it is written when it was read from a file. */
export type PlacedTroubleshooting = TroubleshootingEntry & { readonly source?: SourcePlace };

/** A declared variable. */
export interface Variable extends VariableSource {
  readonly name: string;
}

export interface EnvironmentTemplate {
  readonly id: string;
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/** A step with what was left out filled in, and its response schema. */
export interface Step
  extends Pick<
    StepFile,
    'id' | 'name' | 'description' | 'folder' | 'tests' | 'scripts' | 'creates' | 'gone' | 'retry' | 'raw'
  > {
  /** File the step came from, relative to the collection's folder. */
  readonly file: string;
  /** Tags by which a run chooses steps. Absent: none. */
  readonly tags?: readonly string[];
  /** In a run with iterations it runs once, before them. Only the first steps of a collection can; absent means false. */
  readonly once?: boolean;
  /** The collection it belongs to, in a definition that was joined of several. */
  readonly origin?: Pick<Definition, 'folder' | 'id' | 'service'>;
  /** The lines of the parts of the file. */
  readonly places: Places;
  readonly request: Request;
  readonly generate: readonly (GeneratorSource & { readonly variable: string })[];
  readonly expect: Expectation;
  readonly captures: readonly (CaptureSource & { readonly variable: string })[];
  readonly unset: readonly string[];
  readonly troubleshooting: readonly PlacedTroubleshooting[];
  readonly example: StepFile['example'];
  /** Likely refusals. Absent: none. */
  readonly errorExamples?: readonly ErrorExample[];
  /** What parts of the response mean, by JSON pointer; "" is the whole. Absent: nothing is said. */
  readonly answer?: Readonly<Record<string, string>>;
  /** Things to try. Absent: none. */
  readonly experiments?: readonly Experiment[];
  /** Variables the request cannot be sent without, in the order of their first use. */
  readonly needs: readonly string[];
}

export interface Request {
  readonly method: StepFile['request']['method'];
  readonly url: string;
  readonly headers: NonNullable<StepFile['request']['headers']>;
  /** Undefined: the collection's authorization is used. */
  readonly auth: AuthorizationSource | undefined;
  readonly body: StepFile['request']['body'];
}

export interface Expectation {
  /** Empty: any status will do. */
  readonly status: readonly number[];
  readonly schema: { readonly file: string; readonly content: Readonly<Record<string, unknown>> } | undefined;
  readonly values: readonly { readonly pointer: string; readonly value: ExpectedValue }[];
  /** What claims of tokens must be. Absent: nothing. */
  readonly claims?: readonly ClaimCheck[];
}

/** What a claim of a JSON Web Token in the response body must be. */
export interface ClaimCheck {
  /** Where the token is. */
  readonly pointer: string;
  readonly claim: string;
  readonly condition: ConditionSource;
}

/** Schemas of the `schemas/` folder, by file name. */
export type Schemas = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A step with the defaults of what it leaves out, and mappings in place of text. */
export function writtenOutStep(step: WrittenStep): StepFile {
  const { id, name = wordsOf(id), description = '', capture } = step;
  const captures = capture && byName(capture, (one) => (typeof one === 'string' ? { from: one } : one));
  return { ...step, name, description, ...(captures && { capture: captures }) } as StepFile;
}

/** The same of a collection; its steps stay as they are. */
export function writtenOutCollection(collection: WrittenCollection): CollectionFile {
  const { description = '', variables = {}, authorization = { none: true } } = collection;
  return {
    ...collection,
    description,
    variables: byName(variables, (one) => ({ description: '', ...(typeof one === 'string' ? { value: one } : one) })),
    authorization,
  };
}

/** create-todo → Create todo */
function wordsOf(id: string): string {
  return id.charAt(0).toUpperCase() + id.slice(1).replaceAll('-', ' ');
}

function byName<T, U>(entries: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value)]));
}

/** Fills in a step file that was checked; `needs` comes from `stepNeeds`. */
export function toStep(
  file: string,
  source: StepFile,
  schemas: Schemas,
  needs: readonly string[],
  places: Places,
): Step {
  const { request, expect } = source;
  const schemaFile = expect.schema;
  return {
    id: source.id,
    name: source.name,
    description: source.description.trim(),
    file,
    places,
    request: {
      method: request.method,
      url: request.url,
      headers: request.headers ?? [],
      auth: request.auth,
      body: request.body,
    },
    generate: Object.entries(source.generate ?? {}).map(([variable, generator]) => ({ variable, ...generator })),
    expect: {
      status: asList(expect.status),
      schema: schemaFile === undefined ? undefined : { file: schemaFile, content: schemas[schemaFile] ?? {} },
      values: Object.entries(expect.values ?? {}).map(([pointer, value]) => ({ pointer, value })),
      ...(expect.claims && {
        claims: Object.entries(expect.claims).flatMap(([pointer, claims]) =>
          Object.entries(claims).map(([claim, condition]) => ({ pointer, claim, condition })),
        ),
      }),
    },
    captures: Object.entries(source.capture ?? {}).map(([variable, capture]) => ({ variable, ...capture })),
    unset: source.unset ?? [],
    troubleshooting: source.troubleshooting ?? [],
    example: source.example,
    ...(source.errorExamples && { errorExamples: source.errorExamples }),
    needs,
    ...(source.tags && { tags: source.tags }),
    ...(source.once && { once: true }),
    ...(source.tests && { tests: source.tests }),
    ...(source.scripts && { scripts: source.scripts }),
    ...(source.creates && { creates: source.creates }),
    ...(source.gone !== undefined && { gone: source.gone }),
    ...(source.retry && { retry: source.retry }),
    ...(source.answer && { answer: source.answer }),
    ...(source.try && { experiments: source.try }),
    ...(source.folder && { folder: source.folder }),
    ...(source.raw && { raw: source.raw }),
  };
}

/** Fills in a `collection.yaml` that was checked. */
export function toDefinition(
  source: CollectionFile,
  steps: readonly Step[],
  cleanUpSteps: readonly Step[],
  folder: string,
): Definition {
  return {
    id: source.id,
    name: source.name,
    folder,
    description: source.description.trim(),
    variables: withEntropyVariable(
      Object.entries(source.variables).map(([name, variable]) => ({ name, ...variable })),
      steps,
    ),
    authorization: source.authorization,
    steps,
    cleanUp: { askedBy: source.cleanUp?.askedBy, steps: cleanUpSteps },
    environments: Object.entries(source.environments ?? {}).map(([id, template]) => ({
      id,
      name: template.name,
      values: template.values ?? {},
    })),
    next: source.next ?? [],
    ...(source.service && { service: source.service }),
    ...(source.roles && { roles: source.roles }),
    ...(source.iterations === 'shared' && { iterations: source.iterations }),
    ...(source.unresolved === 'sent' && { unresolved: source.unresolved }),
    retry: source.retry ?? {},
    troubleshooting: source.troubleshooting ?? [],
    ...(source.errorExamples && { errorExamples: source.errorExamples }),
    ...(source.dynamicVariables && { dynamicVariables: source.dynamicVariables }),
    ...(source.folders && { folders: source.folders }),
    ...(source.raw && { raw: source.raw }),
  };
}

/** Variables that the steps give a value to, before their requests or from the responses. */
export function setBySteps(steps: readonly Pick<Step, 'generate' | 'captures'>[]): ReadonlySet<string> {
  return new Set(steps.flatMap(({ generate, captures }) => [...generate, ...captures].map(({ variable }) => variable)));
}

/** Whether a request is sent although this variable of it has no value. */
export function mayBeUnresolved(
  variable: Pick<VariableSource, 'unresolved'> | undefined,
  { unresolved }: Pick<CollectionFile, 'unresolved'>,
): boolean {
  return (variable?.unresolved ?? unresolved) === 'sent';
}

/** Folders around a step, from the outermost. */
export function folderOf(step: Pick<Step, 'folder'>, definition: Pick<Definition, 'name'>): readonly string[] {
  return step.folder ?? [definition.name];
}

/** The name of a step's request in Postman, which another one may have. */
export function itemName({ name, raw }: Pick<Step, 'name' | 'raw'>): string {
  return typeof raw?.name === 'string' ? raw.name : name;
}

/** A value that may be written alone or as a list, as a list. */
export function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
