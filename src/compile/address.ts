/** An address of a definition, taken apart. Its parts still hold `{{variables}}`. */
export interface Address {
  /** What comes before the path: `{{baseUrl}}`, or `https://example.com`. */
  readonly base: string;
  /** Begins with a slash. */
  readonly path: string;
  /** In the order of the address, not percent-encoded. */
  readonly query: readonly { readonly name: string; readonly value: string }[];
}

/** Takes an address apart. A fragment is never sent, so it is left out. */
export function takeApart(url: string): Address {
  const [, base = '', path = '', query = ''] =
    /^((?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?[^/?#]*)([^?#]*)(?:\?([^#]*))?/.exec(url) ?? [];
  return {
    base,
    path: path || '/',
    query: query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name = '', ...value] = pair.split('=');
        return { name: decoded(name), value: decoded(value.join('=')) };
      }),
  };
}

/** Tools encode the text of a parameter, so what the definition encoded is decoded. What is no encoding stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
