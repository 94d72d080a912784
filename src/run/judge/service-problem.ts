import type { ServiceProblem, ServiceProblemDetail } from '../result/result.ts';

/**
 * What PingOne says is wrong in an error body: the platform's form (`code`, `message`, `details`), or the token endpoint's
 * (`error`, `error_description`; RFC 6749, section 5.2). Undefined when the body is neither.
 */
export function readServiceProblem(body: unknown): ServiceProblem | undefined {
  if (!isRecord(body)) return undefined;
  const { code, message, details, error, error_description: description } = body;
  if (typeof code === 'string') {
    return {
      code,
      message: asText(message),
      details: Array.isArray(details) ? details.filter(isRecord).map(readDetail) : [],
      oauth: false,
    };
  }
  if (typeof error === 'string') return { code: error, message: asText(description), details: [], oauth: true };
  return undefined;
}

function readDetail(detail: Record<string, unknown>): ServiceProblemDetail {
  const inner = isRecord(detail.innerError) ? detail.innerError : {};
  const { unsatisfiedRequirements, allowedValues } = inner;
  return {
    code: asText(detail.code),
    message: asText(detail.message),
    ...(typeof detail.target === 'string' && { target: detail.target }),
    ...(Array.isArray(unsatisfiedRequirements) && { unsatisfied: [...new Set(unsatisfiedRequirements.map(String))] }),
    ...(Array.isArray(allowedValues) && { allowed: allowedValues.map(String) }),
  };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
