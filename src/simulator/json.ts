/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object; a key whose value is `undefined` is not written. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
