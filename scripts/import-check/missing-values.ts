import { readFile } from 'node:fs/promises';

interface Value {
  readonly key?: string;
  readonly value?: unknown;
  readonly enabled?: boolean;
  readonly disabled?: boolean;
}

interface Environment {
  readonly name?: string;
  readonly values?: readonly Value[];
}

/**
 * An environment with a value for each variable that addresses begin with and nothing sets, so that there is something to compare:
 * `{{baseUrl}}/users` goes to `https://baseurl.example`. Those that a person must give (`required`) have their names as values. Others
 * stay as they are.
 */
export async function withMissing(
  collection: unknown,
  required: readonly string[],
  environmentFile: string | undefined,
): Promise<Environment> {
  const environment: Environment =
    environmentFile === undefined ? {} : (JSON.parse(await readFile(environmentFile, 'utf8')) as Environment);
  const { name = 'import-check', values = [] } = environment;
  const { variable = [] } = collection as { variable?: readonly Value[] };
  const isSet = (key: string) =>
    [...values, ...variable].some((one) => one.key === key && one.value && !one.disabled && one.enabled !== false);
  const wanted = new Map([...required.map((key) => [key, key] as const), ...addressVariables(collection)]);
  const added = [...wanted].filter(([key]) => !isSet(key));
  return {
    ...environment,
    name,
    values: [
      ...values.filter(({ key }) => !added.some(([other]) => other === key)),
      ...added.map(([key, value]) => ({ key, value, enabled: true })),
    ],
  };
}

/** Each variable in scheme, host or port of an address, with a value that makes it one. */
function addressVariables(collection: unknown): Map<string, string> {
  const found = new Map<string, string>();
  for (const address of addressesIn(collection)) {
    const [, scheme, authority = ''] = /^\s*(?:([^/]*?):\/\/)?([^/?#]*)/.exec(address) ?? [];
    for (const [, key = ''] of scheme?.matchAll(/\{\{([^{}]+)\}\}/g) ?? []) found.set(key, 'https');
    for (const { 1: key = '', index } of authority.matchAll(/\{\{([^{}]+)\}\}/g)) {
      const host = `${key.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.example`;
      if (authority[index - 1] === ':') found.set(key, '8443');
      else found.set(key, scheme === undefined && index === 0 ? `https://${host}` : host);
    }
  }
  return found;
}

/** The address of every request, in folders too. */
function addressesIn(item: unknown): string[] {
  const { item: items = [], request } = item as {
    item?: readonly unknown[];
    request?: string | { url?: string | { raw?: string } };
  };
  const url = typeof request === 'object' ? request.url : request;
  const address = typeof url === 'object' ? url.raw : url;
  return [...(address === undefined ? [] : [address]), ...items.flatMap(addressesIn)];
}
