import Type, { type TSchema } from 'typebox';

/** What the schemas of a result and of events are written with. A description is a doc comment: it is for people and for editors. */

/** The type of data that nobody changes: read-only, however deep. */
export type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** An object with these keys and no others. */
export function object<T extends Record<string, TSchema>>(properties: T, description?: string) {
  return Type.Object(properties, { additionalProperties: false, ...(description !== undefined && { description }) });
}

/** A key that may be absent. */
export const maybe = Type.Optional;

/** The same schema with a description of its own. */
export function described<T extends TSchema>(schema: T, description: string): T {
  return { ...schema, description };
}

export const text = (description: string) => Type.String({ description });
export const name = Type.String();
export const flag = (description: string) => Type.Boolean({ description });
export const texts = (description: string) => Type.Array(Type.String(), { description });
export const count = (description?: string) =>
  Type.Integer({ minimum: 0, ...(description !== undefined && { description }) });
export const fromOne = (description: string) => Type.Integer({ minimum: 1, description });
export const milliseconds = (description: string) => Type.Number({ minimum: 0, description });
export const moment = (description: string) => Type.String({ format: 'date-time', description });
/** Name of one of several targets. */
export const targetName = text('Name of the target; absent when the run has only one.');
