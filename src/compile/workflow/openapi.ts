import { STATUS_CODES } from 'node:http';
import { group } from 'd3-array';
import type { Definition, Step } from '../../definition/definition.ts';
import { asList } from '../../definition/definition.ts';
import type { AuthorizationSource, TroubleshootingEntry } from '../../definition/schema.ts';
import { variablesIn } from '../../definition/variables.ts';
import { takeApart } from '../address.ts';
import { mediaTypeOf, sentBody } from '../request-body.ts';
import { variableNamed } from '../scripts/planned-checks.ts';
import { toCurrentSchema } from './current-schema.ts';
import { type Server, serverOf } from './openapi-servers.ts';
import { type Operation, operationsOf, pathVariables } from './operations.ts';
import { variableSchema } from './variable-schema.ts';

/** An OpenAPI 3.1.0 description. Plain data, in the order in which it is written. */
export type OpenApiDescription = Readonly<Record<string, unknown>>;

type Json = Readonly<Record<string, unknown>>;

/** Describes exactly the operations that a definition uses, clean-up included. The same definition always gives the same. */
export function compileOpenApi(definition: Definition): OpenApiDescription {
  const operations = operationsOf(definition);
  const schemas = schemaComponents(definition);
  const responses = commonErrors(definition);
  const components = withoutEmpty({ schemas, responses, securitySchemes: schemesOf(definition) });
  return {
    openapi: '3.1.0',
    info: { title: definition.name, version: '1.0.0', description: definition.description },
    servers: [mostUsedServer(definition)],
    security: securityOf(definition.authorization),
    paths: Object.fromEntries(
      [...group(operations, ({ path }) => path)].map(([path, sharing]) => [
        path,
        Object.fromEntries(
          sharing.map((operation) => [operation.method.toLowerCase(), describe(operation, definition)]),
        ),
      ]),
    ),
    ...(Object.keys(components).length > 0 && { components }),
  };
}

function describe(operation: Operation, definition: Definition): Json {
  const { steps, id } = operation;
  const [first] = steps;
  const servers = distinct(steps.map((step) => serverOf(takeApart(step.request.url).base, definition)));
  const used = distinct(steps.map((step) => securityOf(step.request.auth ?? definition.authorization)));
  const isInherited = steps.every(({ request }) => request.auth === undefined);
  return withoutEmpty({
    operationId: id,
    summary: first.name,
    description: first.description,
    servers,
    security: isInherited ? undefined : used.length === 1 ? used[0] : used.map(([scheme]) => scheme ?? {}),
    parameters: parametersOf(operation, definition),
    requestBody: requestBodyOf(steps, definition),
    responses: responsesOf(steps, definition),
  });
}

/** The server that most steps use; the first of several. */
function mostUsedServer(definition: Definition): Server {
  const bases = [...definition.steps, ...definition.cleanUp.steps].map(({ request }) => takeApart(request.url).base);
  const [[base] = ['']] = [...group(bases, (each) => each)].sort(([, a], [, b]) => b.length - a.length);
  return serverOf(base, definition);
}

function securityOf(authorization: AuthorizationSource): Json[] {
  if (authorization.basic) return [{ basic: [] }];
  return authorization.bearer === undefined ? [] : [{ bearer: [] }];
}

function schemesOf(definition: Definition): Json {
  const all = [...definition.steps, ...definition.cleanUp.steps].map(
    ({ request }) => request.auth ?? definition.authorization,
  );
  return {
    ...(all.some(({ basic }) => basic) && { basic: { type: 'http', scheme: 'basic' } }),
    ...(all.some(({ bearer }) => bearer !== undefined) && { bearer: { type: 'http', scheme: 'bearer' } }),
  };
}

/** OpenAPI leaves these to the media types and to the security schemes. */
const notDescribed = ['accept', 'authorization', 'content-type'];

function parametersOf({ steps, pathParameters }: Operation, definition: Definition): Json[] {
  const [first] = steps;
  const values = pathVariables(first);
  const inPath = pathParameters.map((name, index) => ({
    name,
    in: 'path',
    required: true,
    ...describedAs(`{{${values[index]}}}`, definition),
  }));
  const sent = (part: 'header' | 'query') => {
    const perStep = steps.map((step) => (part === 'query' ? takeApart(step.request.url).query : sentHeaders(step)));
    const names = [...new Set(perStep.flatMap((parameters) => parameters.map(({ name }) => name)))];
    return names.map((name) => {
      const given = perStep.flatMap((parameters) => parameters.filter((parameter) => parameter.name === name));
      const isList = perStep.some((parameters) => parameters.filter((parameter) => parameter.name === name).length > 1);
      const description = describedAs(given[0]?.value ?? '', definition);
      return {
        name,
        in: part,
        required: perStep.every((parameters) => parameters.some((parameter) => parameter.name === name)),
        ...description,
        ...(isList && { schema: { type: 'array', items: description.schema } }),
        ...(given[0]?.value === '' && part === 'query' && { allowEmptyValue: true }),
      };
    });
  };
  return [...inPath, ...sent('query'), ...sent('header')];
}

function sentHeaders(step: Step): Step['request']['headers'] {
  return step.request.headers.filter(({ name, disabled }) => !disabled && !notDescribed.includes(name.toLowerCase()));
}

/** Description and schema of a parameter: those of the variable when the value is one, else any text. */
function describedAs(value: string, definition: Definition): { readonly schema: Json; readonly description?: string } {
  const [name] = variablesIn(value);
  const variable = name !== undefined && value.trim() === `{{${name}}}` ? variableNamed(definition, name) : undefined;
  return { ...(variable && { description: variable.description }), schema: variableSchema(variable) };
}

function requestBodyOf(steps: Operation['steps'], definition: Definition): Json | undefined {
  const bodies = steps.flatMap((step) => sentBody(step.request) ?? []);
  if (bodies.length === 0) return undefined;
  const types = [...new Set(bodies.map(({ mediaType }) => mediaType))];
  return {
    required: bodies.filter(({ value }) => value !== '').length === steps.length,
    content: Object.fromEntries(
      types.map((type) => {
        const sent = bodies.filter(({ mediaType }) => mediaType === type);
        return [type, { schema: anyOf(sent.map(({ value }) => schemaOfSent(value, definition))) }];
      }),
    ),
  };
}

/** The schema of a value that is sent: its shape, and what is declared of the variables in it. */
function schemaOfSent(value: unknown, definition: Definition): Json {
  if (typeof value === 'string') return describedAs(value, definition).schema;
  if (value === null) return { type: 'null' };
  if (Array.isArray(value)) {
    const items = value.map((item) => schemaOfSent(item, definition));
    return { type: 'array', ...(items.length > 0 && { items: anyOf(items) }) };
  }
  if (typeof value !== 'object') return { type: Number.isInteger(value) ? 'integer' : typeof value };
  const entries = Object.entries(value).filter(([key]) => variablesIn(key).length === 0);
  return {
    type: 'object',
    ...(entries.length > 0 && {
      required: entries.map(([key]) => key),
      properties: Object.fromEntries(entries.map(([key, child]) => [key, schemaOfSent(child, definition)])),
    }),
  };
}

function responsesOf(steps: Operation['steps'], definition: Definition): Json {
  const expected = [...new Set(steps.flatMap((step) => step.expect.status))];
  const troubleshooting = steps.flatMap((step) => step.troubleshooting);
  const errors = group(
    troubleshooting.flatMap((entry) => statusesOf([entry]).map((status) => ({ status, entry }))),
    ({ status }) => status,
  );
  const common = statusesOf(definition.troubleshooting);
  const described = [...new Set([...expected, ...errors.keys(), ...common])].sort((a, b) => a - b);
  const responses = described.map((status): [string, Json] => {
    if (expected.includes(status)) return [String(status), expectedResponse(steps, status)];
    const own = errors.get(status);
    const response = own ? errorResponse(own.map(({ entry }) => entry)) : { $ref: `#/components/responses/${status}` };
    return [String(status), response];
  });
  const saysNoError = !described.some((status) => status >= 400 && status < 500);
  return {
    ...Object.fromEntries(responses),
    ...(steps.some((step) => step.expect.status.length === 0) && { default: { description: 'Any answer will do.' } }),
    ...(saysNoError && { '4XX': { description: 'The request was refused.' } }),
  };
}

function expectedResponse(steps: Operation['steps'], status: number): Json {
  const giving = steps.filter((step) => step.expect.status.includes(status));
  const examples = giving.flatMap(({ id, name, example }) =>
    example?.status === status ? [{ id, name, example }] : [],
  );
  const headers = Object.assign({}, ...examples.map(({ example }) => example.headers ?? {})) as Record<string, string>;
  const bodies = examples.filter(({ example }) => example.body !== undefined);
  const hasBody = bodies.length > 0 || giving.some(({ expect }) => expect.schema);
  const mediaTypes = new Set(
    examples.map(({ example }) => mediaTypeOf(headerOf(example.headers ?? {}, 'content-type')) ?? '*/*'),
  );
  const [mediaType = '*/*'] = mediaTypes;
  const schemas = giving.flatMap(({ expect }) => (expect.schema ? [schemaReference(expect.schema.file)] : []));
  return withoutEmpty({
    description: STATUS_CODES[status] ?? `Status ${status}`,
    headers: Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => name.toLowerCase() !== 'content-type')
        .map(([name, example]) => [name, { schema: { type: 'string' }, example }]),
    ),
    content: hasBody && {
      [mediaType]: withoutEmpty({
        schema: schemas.length > 0 && anyOf(schemas),
        examples: Object.fromEntries(
          bodies.map(({ id, name, example }) => [id, { summary: example.name ?? name, value: example.body }]),
        ),
      }),
    },
  });
}

function headerOf(headers: Readonly<Record<string, string>>, wanted: string): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function statusesOf(troubleshooting: readonly TroubleshootingEntry[]): number[] {
  return [...new Set(troubleshooting.flatMap(({ when }) => asList(when.status)))].filter((status) => status >= 400);
}

/** An error, described by what the definition says of it: each cause with its remedy. */
function errorResponse(entries: readonly TroubleshootingEntry[]): Json {
  const texts = distinct(entries.map(({ cause, remedy }) => `${cause} ${remedy}`));
  return { description: texts.length === 1 ? texts[0] : texts.map((text) => `* ${text}`).join('\n') };
}

/** Errors that every step may have. Only those that a step has no words of its own for are written down. */
function commonErrors(definition: Definition): Json {
  const isReferred = (status: number) =>
    operationsOf(definition).some(
      ({ steps }) =>
        !steps.some((step) => step.expect.status.includes(status) || statusesOf(step.troubleshooting).includes(status)),
    );
  return Object.fromEntries(
    statusesOf(definition.troubleshooting)
      .filter(isReferred)
      .sort((a, b) => a - b)
      .map((status) => [
        String(status),
        errorResponse(definition.troubleshooting.filter(({ when }) => asList(when.status).includes(status))),
      ]),
  );
}

function schemaComponents(definition: Definition): Json {
  const used = [...definition.steps, ...definition.cleanUp.steps].flatMap(({ expect }) => expect.schema ?? []);
  const distinctSchemas = new Map(used.map(({ file, content }) => [file, content]));
  return Object.fromEntries(
    [...distinctSchemas].map(([file, content]) => [
      schemaName(file),
      toCurrentSchema(content, schemaReference(file).$ref),
    ]),
  );
}

function schemaName(file: string): string {
  return file.replace(/\.schema\.json$/, '');
}

function schemaReference(file: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${schemaName(file)}` };
}

/** One schema for any of several. */
function anyOf(schemas: readonly Json[]): Json {
  const different = distinct(schemas);
  return different.length === 1 ? (different[0] ?? {}) : { anyOf: different };
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** Without what is undefined, false, or an object without keys. (A list without entries says something: `security: []`.) */
function withoutEmpty(fields: Json): Json {
  return Object.fromEntries(
    Object.entries(fields).filter(([key, value]) => {
      if (value === undefined || value === false) return false;
      if (Array.isArray(value)) return value.length > 0 || key === 'security';
      return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
    }),
  );
}
