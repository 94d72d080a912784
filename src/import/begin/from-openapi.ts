import { isMapping } from '../../definition/merge-patch.ts';
import { referredPlace, valueAt } from '../../definition/pointer.ts';
import { parseSource } from '../../definition/reading/parse.ts';
import { DefinitionError } from '../../definition/reading/problem.ts';
import type { AuthorizationSource, WrittenStep } from '../../definition/schema.ts';
import { UsageError } from '../../errors.ts';
import { slugOf } from '../names.ts';
import { type BegunCollection, givenVariables, osName, withIds } from './begun-collection.ts';
import { asJson, asList, exampleOf, responseSchema } from './openapi-schema.ts';

type Json = Readonly<Record<string, unknown>>;

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

/** A collection of the operations of an OpenAPI description (3.0 or 3.1), in its order: a person orders and completes them. */
export function beginFromOpenApi(text: string, file: string, id?: string): BegunCollection {
  const { source, problems } = parseSource(file, text);
  if (problems.length > 0) throw new DefinitionError(problems);
  const document = source.data as Json;
  if (!/^3\.[01]\./.test(String(document.openapi)))
    throw new UsageError(`${file} is not an OpenAPI description that can be read; expected openapi: 3.0.x or 3.1.x`);
  const operations = operationsOf(document);
  if (operations.length === 0) throw new UsageError(`${file} has no operation under paths`);
  const title = textOf(asJson(document.info).title) ?? 'API';
  const security = securityOf(document);
  const schemas: Record<string, object> = {};
  const steps = withIds(operations.map((operation) => stepOf(operation, document, security.auth)));
  const withSchemas = steps.map((step, index): WrittenStep => {
    const schema = operations[index] && responseSchema(responseOf(operations[index], document).response, document);
    if (!schema) return step;
    schemas[`${step.id}.schema.json`] = schema;
    return { ...step, expect: { ...step.expect, schema: `${step.id}.schema.json` } };
  });
  const names = operations.flatMap(({ path, query }) => [...namesIn(path), ...query.map(variableOf)]);
  const ownId = id ?? slugOf(title, 'api');
  return {
    collection: {
      id: ownId,
      name: title,
      variables: {
        baseUrl: { value: addressOf(document), format: 'base-url', os: osName(ownId, 'baseUrl') },
        ...givenVariables(ownId, [...security.givens, ...names], security.secrets),
      },
      ...(security.auth && { authorization: security.auth }),
      steps: withSchemas,
    },
    schemas,
  };
}

/** An operation, with what its path says of it. */
interface Operation {
  readonly method: (typeof methods)[number];
  readonly path: string;
  /** Names of the parameters that its address needs behind the question mark. */
  readonly query: readonly string[];
  readonly operation: Json;
}

function operationsOf(document: Json): Operation[] {
  return Object.entries(asJson(document.paths)).flatMap(([path, found]) => {
    const item = resolved(found, document);
    return methods.flatMap((method) => {
      if (!isMapping(item[method])) return [];
      const operation = asJson(item[method]);
      const query = [...asList(item.parameters), ...asList(operation.parameters)]
        .map((parameter) => resolved(parameter, document))
        .filter((parameter) => parameter.in === 'query' && parameter.required === true)
        .flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
      return [{ method, path, query: [...new Set(query)], operation }];
    });
  });
}

function stepOf(
  found: Operation,
  document: Json,
  auth: AuthorizationSource | undefined,
): Omit<WrittenStep, 'id'> & { readonly title: string } {
  const { method, path, query, operation } = found;
  const filled = path.replace(/\{([^{}]+)\}/g, (_, name: string) => `{{${variableOf(name)}}}`);
  const search = query.map((name) => `${name}={{${variableOf(name)}}}`).join('&');
  const isOpen = auth && Array.isArray(operation.security) && operation.security.length === 0;
  const body = bodyOf(operation, document);
  const description = textOf(operation.description) ?? textOf(operation.summary);
  return {
    title: textOf(operation.operationId)?.replace(/([a-z\d])([A-Z])/g, '$1 $2') ?? `${method} ${path}`,
    ...(description !== undefined && { description }),
    request: {
      method: method.toUpperCase() as WrittenStep['request']['method'],
      url: `{{baseUrl}}${filled}${search === '' ? '' : `?${search}`}`,
      ...(isOpen && { auth: { none: true as const } }),
      ...(body && { body }),
    },
    expect: { status: responseOf(found, document).status },
  };
}

/** The first response of a success. */
function responseOf({ operation }: Operation, document: Json): { readonly status: number; readonly response: Json } {
  const responses = asJson(operation.responses);
  const status = Object.keys(responses).find((code) => /^2\d\d$/.test(code));
  return { status: Number(status ?? 200), response: resolved(responses[status ?? '2XX'], document) };
}

function bodyOf(operation: Json, document: Json): WrittenStep['request']['body'] {
  const content = asJson(resolved(operation.requestBody, document).content);
  for (const [type, value] of Object.entries(content)) {
    const example = exampleOf(asJson(value), document);
    if (/[/+]json\b/.test(type)) return { json: example };
    if (type === 'application/x-www-form-urlencoded')
      return { form: Object.fromEntries(Object.entries(asJson(example)).map(([key, one]) => [key, String(one)])) };
  }
  return undefined;
}

interface Security {
  readonly auth?: AuthorizationSource;
  readonly givens: readonly string[];
  readonly secrets: readonly string[];
}

/** The first way to sign on that the document names and the format has. */
function securityOf(document: Json): Security {
  const named = asList(document.security).flatMap((one) => Object.keys(asJson(one)));
  const schemes = asJson(asJson(document.components).securitySchemes);
  for (const name of named.length > 0 ? named : Object.keys(schemes)) {
    const { type, scheme } = resolved(schemes[name], document);
    if (type === 'http' && scheme === 'basic')
      return {
        auth: { basic: { username: '{{username}}', password: '{{password}}' } },
        givens: ['username'],
        secrets: ['password'],
      };
    if (type === 'oauth2' || type === 'openIdConnect' || (type === 'http' && scheme === 'bearer'))
      return { auth: { bearer: '{{token}}' }, givens: [], secrets: ['token'] };
  }
  return { givens: [], secrets: [] };
}

/** The first server that has a whole address. */
function addressOf(document: Json): string {
  const urls = asList(document.servers).flatMap((server) => textOf(asJson(server).url) ?? []);
  return (urls.find((url) => /^https?:\/\/[^{}]+$/.test(url)) ?? 'https://api.example.com').replace(/\/+$/, '');
}

function namesIn(path: string): string[] {
  return [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => variableOf(name));
}

/** todo-id → todo_id */
function variableOf(name: string): string {
  return name.replace(/\W+/g, '_').replace(/^(?=\d)/, '_');
}

function resolved(value: unknown, document: Json): Json {
  const { $ref } = asJson(value);
  const place = typeof $ref === 'string' ? referredPlace(document, $ref) : undefined;
  return place === undefined ? asJson(value) : asJson(valueAt(document, place));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
