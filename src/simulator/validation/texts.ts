import { Type } from 'typebox';

/** A text of 1 to `maximum` characters (code points). */
export function text(maximum?: number) {
  return Type.String({ minLength: 1, ...(maximum === undefined ? {} : { maxLength: maximum }) });
}

/** A text of 1 to `maximum` characters that matches `pattern` (Unicode). */
export function patternedText(maximum: number, pattern: string) {
  return Type.String({ minLength: 1, maxLength: maximum, pattern });
}

/** An object of which unknown and read-only keys are ignored. */
export const closed = { additionalProperties: false } as const;

/** A reference to another resource: `{ "id": … }`. */
export const reference = Type.Object({ id: text() }, closed);

/** What a description may hold (observed). */
export const description = Type.Optional(Type.String({ format: 'description' }));

/** A language tag such as `en` or `fr-CA`. */
export const languageTag = Type.String({ pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$' });
