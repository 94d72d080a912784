/** A Postman collection and an environment, as far as a conversion must keep them. */
export interface PostmanItem {
  readonly name: string;
  readonly item?: readonly PostmanItem[];
  readonly request?: {
    readonly method: string;
    readonly url: { readonly raw: string };
    readonly header?: readonly object[];
    readonly auth?: { readonly type: string };
    readonly body?: { readonly mode: string };
  };
  readonly event?: readonly { readonly listen: string }[];
  readonly response?: readonly object[];
}

export interface PostmanSource extends Omit<PostmanItem, 'name'> {
  readonly auth?: { readonly type: string };
  readonly variable?: readonly { readonly key: string }[];
}

/** The same in Bruno, as `@usebruno/converters` gives it. */
export interface BrunoItem {
  readonly name: string;
  readonly type: string;
  readonly items?: readonly BrunoItem[];
  readonly request?: BrunoRequest;
  readonly root?: { readonly request?: BrunoRequest };
  readonly examples?: readonly object[];
}

interface BrunoRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: readonly object[];
  readonly auth?: { readonly mode?: string };
  readonly body?: { readonly mode?: string };
  readonly script?: { readonly req?: string | null; readonly res?: string | null };
  readonly vars?: { readonly req?: readonly { readonly name: string }[] };
}

export interface BrunoCollection {
  readonly items: readonly BrunoItem[];
  readonly root: { readonly request: BrunoRequest };
  readonly packageReport?: { readonly needsInstall: readonly string[]; readonly unsupported: readonly string[] };
}

/** What is counted on both sides, in words. */
type Inventory = readonly string[];

/** What a conversion lost, changed, or left in Postman's own words: nothing when it is whole. */
export function conversionLosses(source: PostmanSource, converted: BrunoCollection): string[] {
  const [before, after] = [inventoryOf(source), brunoInventory(converted)];
  const { needsInstall = [], unsupported = [] } = converted.packageReport ?? {};
  return [
    ...before.filter((entry) => !after.includes(entry)).map((entry) => `lost: ${entry}`),
    ...after.filter((entry) => !before.includes(entry)).map((entry) => `new: ${entry}`),
    ...untranslated(converted),
    ...[...needsInstall, ...unsupported].map((name) => `the module ${name} is not part of Bruno`),
  ];
}

function inventoryOf(source: PostmanSource): Inventory {
  return [
    `authorization of the collection: ${source.auth?.type ?? 'none'}`,
    ...scripts('the collection', source.event),
    ...(source.variable ?? []).map(({ key }) => `variable ${key}`),
    ...itemInventory(source.item ?? []),
  ];
}

function itemInventory(items: readonly PostmanItem[]): Inventory {
  return items.flatMap(({ name, item, request, event, response }) => [
    ...(item ? [`folder ${name}`] : []),
    ...(request
      ? [
          `request ${name}: ${request.method} ${request.url.raw}`,
          `${request.header?.length ?? 0} headers of ${name}`,
          `authorization of ${name}: ${authorizationMode(request.auth?.type)}`,
          `body of ${name}: ${bodyModes[request.body?.mode ?? ''] ?? 'none'}`,
          `${response?.length ?? 0} examples of ${name}`,
        ]
      : []),
    ...scripts(name, event),
    ...itemInventory(item ?? []),
  ]);
}

/** Modes of a body, in Bruno's words; a raw body is compared as what it is, a body with text. */
const bodyModes: Readonly<Record<string, string>> = { raw: 'text', urlencoded: 'formUrlEncoded' };

function authorizationMode(type: string | undefined): string {
  if (type === undefined) return 'inherit';
  return type === 'noauth' ? 'none' : type;
}

function scripts(owner: string, events: PostmanItem['event']): Inventory {
  return (events ?? []).map(({ listen }) => `${listen} script of ${owner}`);
}

function brunoInventory({ root, items }: BrunoCollection): Inventory {
  return [
    `authorization of the collection: ${root.request.auth?.mode ?? 'none'}`,
    ...brunoScripts('the collection', root.request),
    ...(root.request.vars?.req ?? []).map(({ name }) => `variable ${name}`),
    ...brunoItems(items),
  ];
}

function brunoItems(items: readonly BrunoItem[]): Inventory {
  return items.flatMap(({ name, type, items: children, request, root, examples }) => [
    ...(type === 'folder' ? [`folder ${name}`, ...brunoScripts(name, root?.request)] : []),
    ...(request
      ? [
          `request ${name}: ${request.method} ${request.url}`,
          `${request.headers?.length ?? 0} headers of ${name}`,
          `authorization of ${name}: ${request.auth?.mode}`,
          `body of ${name}: ${request.body?.mode === 'json' ? 'text' : request.body?.mode}`,
          `${examples?.length ?? 0} examples of ${name}`,
          ...brunoScripts(name, request),
        ]
      : []),
    ...brunoItems(children ?? []),
  ]);
}

function brunoScripts(owner: string, request: BrunoRequest | undefined): Inventory {
  const { req, res } = request?.script ?? {};
  return [...(req ? [`prerequest script of ${owner}`] : []), ...(res ? [`test script of ${owner}`] : [])];
}

/** Idioms of Postman that the converter has left as they were: Bruno does not know them. */
function untranslated({ root, items }: BrunoCollection): string[] {
  const own = (owner: string, request: BrunoRequest | undefined) =>
    [request?.script?.req, request?.script?.res].flatMap((code) =>
      [...(code ?? '').matchAll(/\bpm\.[\w.]+/g)].map(([idiom]) => `${idiom} in ${owner} is not translated`),
    );
  const inItems = (all: readonly BrunoItem[]): string[] =>
    all.flatMap(({ name, request, root: folder, items: children }) => [
      ...own(name, request ?? folder?.request),
      ...inItems(children ?? []),
    ]);
  return [...own('the collection', root.request), ...inItems(items)];
}
