import { createRequire } from 'node:module';

/** A cookie jar of the class that Postman's runtime has (`@postman/tough-cookie`), which comes without types. */
export interface CookieJar {
  /** Cookies for an address (one that was parsed is taken as it is), as a header has them. Empty when there are none. */
  getCookieStringSync(url: string | object): string;
  /** Takes a `Set-Cookie` header of an answer from this address. */
  setCookieSync(cookie: string, url: string | object, options: { readonly ignoreError: boolean }): unknown;
  cloneSync(): CookieJar;
}

/** The cookies of a run or an iteration. They change as answers set them. */
export interface Cookies {
  /** Whether there can be any: the jar was asked for. */
  readonly isUsed: boolean;
  /** The jar, made when it is first asked for. */
  jar(): CookieJar;
}

/** The same cookies, apart: what answers set in one is not in the other. */
export function copyOfCookies(cookies: Cookies): Cookies {
  return createCookies(cookies.isUsed ? cookies.jar().cloneSync() : undefined);
}

/** No cookies yet, or those of a jar. */
export function createCookies(given?: CookieJar): Cookies {
  let made = given;
  return {
    get isUsed() {
      return made !== undefined;
    },
    jar: () => {
      const { CookieJar } = require('@postman/tough-cookie') as { CookieJar: new () => CookieJar };
      made ??= new CookieJar();
      return made;
    },
  };
}

const require = createRequire(import.meta.url);
