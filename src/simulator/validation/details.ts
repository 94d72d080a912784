import type { ErrorObject } from 'ajv';
import { inferredChoices, inferredMessages } from '../inferred.ts';
import type { Json } from '../json.ts';
import { messages } from '../messages.ts';
import type { Detail } from '../refusal.ts';

/** The `details` of an error body, from what ajv found. */
export function detailsOf(errors: readonly ErrorObject[]): readonly Detail[] {
  const details = errors.map(detailOf);
  const empty = new Set(details.filter((detail) => detail.code === 'EMPTY_VALUE').map((detail) => detail.target));
  return details.filter((detail) => detail.code === 'EMPTY_VALUE' || !empty.has(detail.target));
}

/**
 * The message above `details`. PingOne answers a malformed e-mail address with the text of its bean validation; with
 * other problems beside it, the general text is used (inferred).
 */
export function topMessageOf(details: readonly Detail[]): string {
  const [only, ...others] = details;
  return only?.message === messages.malformedEmail && others.length === 0
    ? `Validation Error : [${only.target} ${only.message}]`
    : messages.invalidData;
}

function detailOf(error: ErrorObject): Detail {
  const target = targetOf(error.instancePath);
  const limit = Number(error.params.limit);
  switch (error.keyword) {
    case 'required': {
      const missing = String(error.params.missingProperty);
      return {
        code: 'REQUIRED_VALUE',
        target: target === '' ? missing : `${target}.${missing}`,
        message: inferredMessages.required,
      };
    }
    case 'minLength':
    case 'minItems':
      return { code: 'EMPTY_VALUE', target, message: messages.empty };
    case 'maxLength':
    case 'maxItems':
      return {
        code: inferredChoices.tooLongCode,
        target,
        message: inferredMessages.tooLong(limit),
        innerError: { maximumValue: limit },
      };
    case 'enum':
      return {
        code: 'INVALID_VALUE',
        target,
        message: inferredMessages.notAllowedValue,
        innerError: { allowedValues: error.params.allowedValues as Json },
      };
    case 'pattern':
      return {
        code: 'INVALID_VALUE',
        target,
        message: inferredMessages.pattern,
        innerError: { allowedPattern: String(error.params.pattern) },
      };
    case 'format':
      return formatDetail(String(error.params.format), target);
    default:
      return { code: 'INVALID_VALUE', target, message: inferredMessages.wrongType(String(error.params.type)) };
  }
}

function formatDetail(format: string, target: string): Detail {
  if (format === 'not-blank') return { code: inferredChoices.blankCode, target, message: messages.blank };
  if (format === 'description') return { code: 'INVALID_VALUE', target, message: messages.description };
  if (format === 'email') return { code: 'INVALID_VALUE', target, message: messages.malformedEmail };
  return { code: 'INVALID_VALUE', target, message: inferredMessages.malformedUrl };
}

/** `/billOfMaterials/products/0/type` → `billOfMaterials.products[0].type`. */
function targetOf(pointer: string): string {
  return pointer
    .slice(1)
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.');
}
