import type { Variable } from '../../definition/definition.ts';

const formats: Readonly<Record<string, string>> = { uuid: 'uuid', email: 'email', 'base-url': 'uri' };

/** JSON Schema of a variable's value, as its declaration says it; any text when it is not declared. */
export function variableSchema(variable: Variable | undefined): Readonly<Record<string, unknown>> {
  const format = variable?.secret ? 'password' : formats[variable?.format ?? ''];
  return {
    type: 'string',
    ...(format && { format }),
    ...(variable?.allowed && { enum: variable.allowed }),
    ...(variable?.known && { examples: variable.known }),
  };
}
