/** The part of https://github.com/postmanlabs/postman-code-generators that is used; the package has no types of its own. */
declare module 'postman-code-generators' {
  import type { Request } from 'postman-collection';

  /** Calls back before it returns. Changes the request it is given. */
  export function convert(
    language: string,
    variant: string,
    request: Request,
    options: Readonly<Record<string, unknown>>,
    callback: (error: unknown, snippet: string) => void,
  ): void;
}
