import sdk from 'postman-collection';

/**
 * What a collection says, read by Postman's own SDK: an independent witness beside `compile/canonical.ts`. Ids, marks of
 * editors, the order of what has no order, and the checks that every compiled request begins with are left out.
 */

type Json = Record<string, unknown>;

export interface Meaning {
  readonly info: unknown;
  readonly auth: unknown;
  readonly scripts: unknown;
  readonly variables: unknown;
  readonly folders: readonly unknown[];
  readonly requests: readonly unknown[];
}

/** `withoutTests`: names of requests whose test scripts are left out. */
export function meaningOf(source: Json, withoutTests: readonly string[] = []): Meaning {
  const collection = new sdk.Collection(source as never);
  const requests: unknown[] = [];
  const folders: unknown[] = [];
  const used = new Set<string>();
  const visit = (group: sdk.ItemGroup<sdk.Item>, path: readonly string[], data: Json) => {
    const names = new Set<string>();
    group.items.each((entry: sdk.Item | sdk.ItemGroup<sdk.Item>) => {
      const own = ((data.item as Json[])[group.items.indexOf(entry as never)] ?? {}) as Json;
      if (entry instanceof sdk.ItemGroup) {
        const inside = [...path, unique((entry.name ?? '').trim() === '' ? 'Folder' : entry.name, names)];
        folders.push({
          path: inside,
          description: textOf(entry.description),
          auth: authOf(entry.auth),
          scripts: scriptsOf(entry.events),
        });
        visit(entry, inside, own);
      } else {
        const name = unique((entry.name ?? '').trim() === '' ? 'Request' : entry.name, used);
        const { scripts, ...rest } = requestOf(entry, own);
        const compared = (scripts as Json[]).filter(({ listen }) => listen !== 'test' || !withoutTests.includes(name));
        requests.push({ path, name, ...rest, scripts: compared });
      }
    });
  };
  visit(collection as never, [], source);
  const info = source.info as Json;
  return {
    info: { name: info.name, description: textOf(collection.description), version: info.version },
    auth: authOf(collection.auth) ?? { type: 'noauth' },
    scripts: scriptsOf(collection.events),
    variables: ((source.variable ?? []) as Json[]).map(({ key, id, value, disabled, type }) => ({
      key: key ?? id,
      value: value ?? '',
      disabled: disabled === true,
      isText: !['number', 'boolean'].includes(String(type)),
    })),
    folders: [...folders].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    requests,
  };
}

function unique(name: string, taken: Set<string>): string {
  let found = name;
  for (let number = 2; taken.has(found); number += 1) found = `${name} (${number})`;
  taken.add(found);
  return found;
}

function requestOf(item: sdk.Item, data: Json): Json {
  const { request } = item;
  const known = ['id', 'name', 'request', 'response', 'event', 'description', 'protocolProfileBehavior'];
  const behavior = data.protocolProfileBehavior;
  return {
    ...sent(request),
    description: textOf(request.description),
    itemDescription: textOf(item.description),
    scripts: scriptsOf(item.events),
    examples: item.responses.map((response) => ({
      name: response.name,
      code: response.code,
      status: response.status,
      headers: response.headers.map(({ key, value }) => ({ key, value })),
      body: response.body ?? '',
      request: response.originalRequest && sent(response.originalRequest),
    })),
    behavior: behavior && Object.keys(behavior).length > 0 ? behavior : undefined,
    more: Object.fromEntries(Object.entries(data).filter(([key]) => !known.includes(key))),
  };
}

function sent(request: sdk.Request): Json {
  const { url } = request;
  const body = request.body?.toJSON() as Json | undefined;
  const mode = String(body?.mode);
  return {
    method: request.method,
    path: (url.path ?? []).join('/'),
    host: url.getHost(),
    port: url.port,
    hash: url.hash,
    query: url.query.map(({ key, value, disabled, description }) => ({
      key,
      value: value ?? null,
      disabled: disabled === true,
      description: textOf(description),
    })),
    pathVariables: (url.variables.all() as unknown as Json[])
      .map(({ key, value, description }) => ({ key, value: value ?? '', description: textOf(description) }))
      .sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1)),
    headers: request.headers
      .map(({ key, value, disabled, description }) => ({
        key,
        value,
        disabled: disabled === true,
        description: textOf(description),
      }))
      .filter(({ key }: Json) => key),
    auth: authOf(request.auth),
    body:
      body?.mode === undefined
        ? undefined
        : { mode, content: contentOf(body[mode]), language: languageOf(body), disabled: body.disabled === true },
  };
}

function contentOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content ?? '';
  return (content as Json[]).map(({ key, value, src, type, disabled, description, contentType }) => ({
    key,
    value,
    src,
    type: type ?? 'text',
    disabled: disabled === true,
    description: textOf(description),
    contentType,
  }));
}

function languageOf({ options }: Json): unknown {
  return (options as { raw?: { language?: string } } | undefined)?.raw?.language ?? 'text';
}

function authOf(auth: sdk.RequestAuth | undefined | null): unknown {
  if (!auth) return undefined;
  const parameters = auth.parameters()?.toObject() as Json | undefined;
  const { showPassword: _, ...meant } = parameters ?? {};
  return { type: auth.type, parameters: Object.keys(meant).length > 0 ? meant : undefined };
}

/** Scripts by what they listen to, without the check of the variables and the braces around a script of the definition. */
function scriptsOf(events: sdk.EventList): unknown {
  return events
    .map((event) => ({
      listen: event.listen,
      disabled: (event as unknown as Json).disabled === true,
      text: ownScript(String((event.script.exec ?? []).join('\n'))),
    }))
    .filter(({ text }: Json) => text !== '');
}

function ownScript(text: string): string {
  const lines = text.replace(/\r/g, '');
  const checked = /^const problems = \[\];\n([\s\S]*?)\n?\/\/ Nothing is sent with a hole in it[\s\S]*$/.exec(lines);
  const own = (checked ? (checked[1] ?? '') : lines).trim();
  const block = /^\{\n([\s\S]*)\n\}$/.exec(own);
  return (block ? (block[1] ?? '').replace(/^ {4}/gm, '') : own).trim();
}

function textOf(description: unknown): string {
  const text = typeof description === 'object' && description !== null ? (description as Json).content : description;
  return typeof text === 'string' ? text.trim() : '';
}
