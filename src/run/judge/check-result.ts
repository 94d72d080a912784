import type { PlannedCheck } from '../../compile/scripts/planned-checks.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { ofLately, perDefinition } from '../../definition/per-definition.ts';
import { lineOf } from '../../definition/reading/places.ts';
import type { SchemaCheck } from '../../definition/schemas/response-schema.ts';
import type { CheckResult, SourcePlace } from '../result/result.ts';

/** Where a part of a step is in the files of its definition. */
export function placeOf(step: Step, definition: Definition, pointer: string): SourcePlace | undefined {
  const { folder } = step.origin ?? definition;
  if (folder === undefined) return undefined;
  return { file: `${folder}/${step.file}`, line: linesOf(step)(pointer) };
}

/** The line of a part of a step, by its pointer. */
const linesOf = perDefinition(({ places }: Step) =>
  ofLately((pointer): number => {
    const lineAt = (place: string) => lineOf(places, place);
    return lineAt(pointer) ?? lineAt(pointer.slice(0, pointer.lastIndexOf('/'))) ?? lineAt('/request') ?? 1;
  }),
);

/** A check with its outcome: it failed when there is a message. */
export function checkResult(
  { kind, name, variable }: Omit<PlannedCheck, 'askedAt'>,
  message: string | undefined,
  source: SourcePlace | undefined,
): CheckResult {
  return {
    kind,
    name,
    status: message === undefined ? 'passed' : 'failed',
    ...(message !== undefined && { message }),
    ...(variable !== undefined && { variable }),
    ...(source && { source }),
  };
}

/** So many ways in which a body differs from its schema are shown. */
const mostViolations = 20;

/**
 * What the schema finds wrong in a body, as one message; undefined when it is satisfied.
 *
 * @param body Parsed JSON; undefined for a body that is not JSON.
 */
export function schemaFailure(check: SchemaCheck, body: unknown): string | undefined {
  if (body === undefined) return 'the body is not JSON';
  const violations = violationsOf(check, body);
  if (violations.length === 0) return undefined;
  const more = violations.length - mostViolations;
  return [
    ...violations
      .slice(0, mostViolations)
      .map(({ pointer, message }) => `${pointer === '' ? 'the body' : pointer} ${message}`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('; ');
}

function violationsOf(check: SchemaCheck, body: unknown): ReturnType<SchemaCheck> {
  try {
    return check(body);
  } catch (error) {
    // A schema that refers to itself goes as deep as the body.
    if (error instanceof RangeError) return [{ pointer: '', message: 'is nested too deeply to be checked' }];
    throw error;
  }
}
