import sdk from 'postman-collection';
import { itemId, type PostmanCollection } from '../../src/compile/collection.ts';
import type { Definition, Step } from '../../src/definition/definition.ts';
import type { AuthorizationSource } from '../../src/definition/schema.ts';

/** A header as it is sent. */
export interface SentHeader {
  readonly name: string;
  readonly value: string;
}

interface Folder {
  readonly item: readonly { readonly id: string; readonly request: sdk.RequestDefinition }[];
}

const formType = 'application/x-www-form-urlencoded';

/** Stands for the client id and the client secret in an `Authorization: Basic` header. */
export const basicPlaceholder = '{{base64Credentials}}';

/** The headers a step sends, those that Postman adds by itself among them: the type of a form, and the authorization, which comes last. */
export function sentHeaders(step: Step, definition: Definition): SentHeader[] {
  const own = step.request.headers.filter(({ disabled }) => !disabled);
  const isThere = (name: string) => own.some((header) => header.name.toLowerCase() === name.toLowerCase());
  const authorization = authorizationValue(authorizationOf(step, definition));
  return [
    ...own.map(({ name, value }) => ({ name, value })),
    ...(step.request.body?.form && !isThere('Content-Type') ? [{ name: 'Content-Type', value: formType }] : []),
    ...(authorization !== undefined && !isThere('Authorization')
      ? [{ name: 'Authorization', value: authorization }]
      : []),
  ];
}

/** A step's own authorization, else that of the collection. */
export function authorizationOf(step: Step, definition: Definition): AuthorizationSource {
  return step.request.auth ?? definition.authorization;
}

function authorizationValue({ basic, bearer }: AuthorizationSource): string | undefined {
  if (basic) return `Basic ${basicPlaceholder}`;
  return bearer === undefined ? undefined : `Bearer ${bearer}`;
}

/** The request of a step's compiled item, with its authorization as a header. A new one at each call: generators change it. */
export function sentRequest(step: Step, definition: Definition, collection: PostmanCollection): sdk.Request {
  const id = itemId(definition, step);
  const { item: folders } = collection as unknown as { readonly item: readonly Folder[] };
  const item = folders.flatMap((folder) => folder.item).find((candidate) => candidate.id === id);
  if (!item) throw new Error(`the collection has no item of the step ${step.id}`);
  const { method, url, body } = item.request;
  return new sdk.Request({
    url,
    ...(method !== undefined && { method }),
    ...(body !== undefined && { body }),
    header: sentHeaders(step, definition).map(({ name, value }) => ({ key: name, value })),
  });
}
