import type { Json } from '../compile/canonical.ts';
import { isMapping } from '../definition/merge-patch.ts';
import { entropyHeader, entropyVariable } from '../definition/password-entropy.ts';

/** What `compile` adds of itself for passwords in engines without Web Crypto is made anew, so it says nothing of a definition. */

/** An item in its canonical form without the header for digits, also in its examples. */
export function withoutEntropyHeader(item: Json): Json {
  const { request, response } = item;
  return {
    ...item,
    ...(isMapping(request) && { request: withoutHeader(request) }),
    ...(Array.isArray(response) && {
      response: response.map((example: unknown) =>
        isMapping(example) && isMapping(example.originalRequest)
          ? { ...example, originalRequest: withoutHeader(example.originalRequest) }
          : example,
      ),
    }),
  };
}

function withoutHeader(request: Json): Json {
  if (!Array.isArray(request.header)) return request;
  return { ...request, header: request.header.filter((header: unknown) => !isEntropyHeader(header)) };
}

function isEntropyHeader(header: unknown): boolean {
  const { name, value, description, disabled } = entropyHeader;
  return (
    isMapping(header) &&
    header.key === name &&
    header.value === value &&
    header.description === description &&
    header.disabled === disabled
  );
}

/** Whether a variable of a collection is the one for the digits. */
export function isEntropyVariable({ key, value, description }: Json): boolean {
  return key === entropyVariable.name && value === '' && description === entropyVariable.description;
}
