/** The drafts of JSON Schema in which a response can be described, by their `$schema`. */
export const drafts = {
  'http://json-schema.org/draft-07/schema#': 'draft-07',
  'https://json-schema.org/draft/2019-09/schema': '2019-09',
  'https://json-schema.org/draft/2020-12/schema': '2020-12',
} as const;

export type Draft = (typeof drafts)[keyof typeof drafts];

/** The draft that a schema is written in. Default: draft-07. */
export function draftOf({ $schema }: Readonly<Record<string, unknown>>): Draft {
  return Object.entries(drafts).find(([address]) => address === $schema)?.[1] ?? 'draft-07';
}

/** Whether the sandbox of Postman can check a body against the schema: its ajv is of draft-07. */
export function isCheckedInPostman(schema: Readonly<Record<string, unknown>>): boolean {
  return draftOf(schema) === 'draft-07';
}
