import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import ajvFormats from 'ajv-formats';
import { bundledCollectionFolder, bundledCollections } from '../../src/cli/collection-folder.ts';
import { type StrictSchemaName, strictSchemas } from './strict-schemas.ts';

/** An answer to be judged. */
export interface Judged {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** What each kind of answer is, by path; `*` is one segment. A success must be one of these. */
const successes: readonly (readonly [path: string, schema: StrictSchemaName, collectionSchema?: string])[] = [
  ['/*/as/token', 'token', 'token'],
  ['/*/as/jwks', 'keys'],
  ['/*/as/.well-known/openid-configuration', 'openidConfiguration'],
  ['/*/as/authorize', 'flow', 'flow'],
  ['/*/as/resume', 'flow', 'flow'],
  ['/*/flows/*', 'flow', 'flow'],
  ['/*/deviceAuthentications', 'deviceAuthentication', 'device-authentication'],
  ['/*/deviceAuthentications/*', 'deviceAuthentication', 'device-authentication'],
  ['/v1/organizations', 'organizations'],
  ['/v1/organizations/*', 'organization'],
  ['/v1/organizations/*/licenses', 'licenses', 'license-list'],
  ['/v1/organizations/*/licenses/*', 'license'],
  ['/v1/environments', 'environments'],
  ['/v1/environments/*', 'environment', 'environment'],
  ['/v1/environments/*/status', 'environment', 'environment'],
  ['/v1/environments/*/type', 'environment', 'environment'],
  ['/v1/environments/*/populations', 'populations'],
  ['/v1/environments/*/populations/*', 'population', 'population'],
  ['/v1/environments/*/users', 'users', 'user-list'],
  ['/v1/environments/*/users/*', 'user', 'user'],
  ['/v1/environments/*/users/*/password', 'passwordState', 'password-state'],
  ['/v1/environments/*/users/*/mfaEnabled', 'mfaEnabled', 'mfa-enabled'],
  ['/v1/environments/*/users/*/devices', 'devices'],
  ['/v1/environments/*/users/*/devices/*', 'device', 'device'],
  ['/v1/environments/*/users/*/devices/*/nickname', 'device'],
  ['/v1/environments/*/mfaSettings', 'mfaSettings'],
  ['/v1/environments/*/deviceAuthenticationPolicies', 'deviceAuthenticationPolicies', 'device-policy-list'],
  ['/v1/environments/*/deviceAuthenticationPolicies/*', 'deviceAuthenticationPolicy'],
  ['/v1/environments/*/passwordPolicies', 'passwordPolicies'],
  ['/v1/environments/*/passwordPolicies/*', 'passwordPolicy', 'password-policy'],
  ['/v1/environments/*/groups', 'groups'],
  ['/v1/environments/*/groups/*', 'group', 'group'],
  ['/v1/environments/*/groups/*/memberOfGroups', 'groupMemberships'],
  ['/v1/environments/*/users/*/memberOfGroups', 'groupMemberships', 'group-membership-list'],
  ['/v1/environments/*/users/*/memberOfGroups/*', 'groupMembership', 'group-membership'],
  ['/v1/roles', 'roles'],
  ['/v1/roles/*', 'role'],
  ['/v1/environments/*/billOfMaterials', 'billOfMaterials'],
  ['/v1/environments/*/applications/*/roleAssignments', 'roleAssignments'],
  ['/v1/environments/*/users/*/enabled', 'userEnabled', 'user-enabled'],
  ['/v1/environments/*/applications', 'applications'],
  ['/v1/environments/*/applications/*', 'application', 'application'],
  ['/v1/environments/*/applications/*/secret', 'applicationSecret', 'application-secret'],
];

/** A creation is answered with one of what the list holds. */
const singular: Readonly<Record<string, readonly [StrictSchemaName, string?]>> = {
  environments: ['environment', 'environment'],
  populations: ['population', 'population'],
  users: ['user', 'user'],
  passwordPolicies: ['passwordPolicy', 'password-policy'],
  devices: ['device', 'device'],
  deviceAuthentication: ['deviceAuthentication', 'device-authentication'],
  applications: ['application', 'application'],
  groups: ['group', 'group'],
  groupMemberships: ['groupMembership', 'group-membership'],
};

const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
(ajvFormats as unknown as typeof ajvFormats.default)(ajv);
// Of the collections' schemas: it checks nothing.
ajv.addVocabulary(['x-known-values']);
const compiled = new Map<string, ValidateFunction>();

/** Names of the schemas that answers were judged by so far. */
export const usedSchemas = new Set<string>();

/** Everything that is wrong with an answer, by the schemas of these tests and by those of the collection. */
export function complaintsAbout(answer: Judged): readonly string[] {
  const { method, path, status, headers, body } = answer;
  const complaints = headerComplaints(answer);
  if (isBodiless(answer)) {
    if (body !== undefined) complaints.push('a body where there must be none');
    return complaints;
  }
  const [schema, collectionSchema] = schemaFor(answer);
  if (schema === undefined) return [...complaints, `no schema for ${status} ${method} ${path}`];
  complaints.push(...violations(`strict ${schema}`, () => strictSchemas[schema], body));
  if (collectionSchema !== undefined) {
    complaints.push(
      ...violations(`collection ${collectionSchema}`, () => readCollectionSchema(collectionSchema), body),
    );
  }
  if (status >= 400 && isRecord(body) && 'id' in body && body.id !== headers.get('correlation-id')) {
    complaints.push('the id is not the Correlation-Id');
  }
  if (status === 201 && headers.get('location') !== selfOf(body)) complaints.push('Location is not the self link');
  return complaints;
}

/** Documented: 204, and the errors of gateways. */
function isBodiless({ method, status }: Judged): boolean {
  return method === 'HEAD' || [204, 502, 503, 504].includes(status);
}

/** Headers that every answer has, with the same value. */
export const fixedHeaders = {
  'access-control-allow-credentials': 'true',
  'access-control-allow-headers':
    'Content-Type,Content-Disposition,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,Correlation-Id',
  'access-control-allow-origin': '*',
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  expires: '0',
  pragma: 'no-cache',
};
/** Of what was recorded, what every answer has. */
const alwaysThere = [...Object.keys(fixedHeaders), 'correlation-id', 'x-amzn-requestid'];

function headerComplaints(answer: Judged): string[] {
  const { headers, method, status } = answer;
  const missing = alwaysThere.filter((name) => !headers.has(name)).map((name) => `no header ${name}`);
  const type = headers.get('content-type');
  if (isBodiless(answer))
    return type === null || method === 'HEAD' ? missing : [...missing, 'a content type of nothing'];
  if (headers.get('correlation-id') !== headers.get('x-amzn-requestid')) missing.push('two request ids');
  const isGateway = status === 403 && headers.has('x-amzn-errortype');
  const wanted = isGateway ? /^application\/json$/ : /^application\/(hal\+)?json;charset=UTF-8$/;
  if (!wanted.test(type ?? '')) missing.push(`content type ${type}`);
  return missing;
}

export function schemaFor({ method, path, status, body }: Judged): readonly [StrictSchemaName?, (string | undefined)?] {
  if (status >= 400) {
    if (isRecord(body) && 'error' in body) return ['oauthError'];
    if (status === 403 && isRecord(body) && !('code' in body)) return ['gatewayError'];
    const name = `error${status}`;
    return name in strictSchemas
      ? [name as StrictSchemaName, status === 400 ? refusalSchemaFor(path, body) : undefined]
      : [];
  }
  const found = successes.find(([pattern]) => new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`).test(path));
  if (found === undefined) return [];
  const [, schema, collectionSchema] = found;
  if (isRecord(body) && 'test' in body)
    return schema === 'devices' ? ['device', 'test-device'] : [schema, 'test-authentication'];
  if (method === 'POST' && status === 201) return singular[schema] ?? [];
  if (isRecord(body) && 'authorizeResponse' in body) return [schema, 'completed-flow'];
  if (isRecord(body) && 'id_token' in body) return [schema, 'user-token'];
  return [schema, collectionSchema];
}

/** The collections' schema of a refusal that a step waits for. */
function refusalSchemaFor(path: string, body: unknown): string | undefined {
  if (path.includes('/deviceAuthentications')) return 'refusal';
  const detail = isRecord(body) && Array.isArray(body.details) ? body.details[0] : undefined;
  if (path.includes('/flows/')) return detail === undefined ? undefined : 'sign-on-refusal';
  if (!path.endsWith('/password') || !isRecord(detail) || !('target' in detail)) return undefined;
  return isRecord(detail.innerError) && 'unsatisfiedRequirements' in detail.innerError
    ? 'policy-refusal'
    : 'named-refusal';
}

function violations(name: string, schema: () => object, body: unknown): readonly string[] {
  let validate = compiled.get(name);
  if (validate === undefined) {
    validate = ajv.compile(schema());
    compiled.set(name, validate);
  }
  usedSchemas.add(name);
  if (validate(body)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${name}: ${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** Of all collections, whose schemas judge answers, too; a schema that several have is taken from the first. */
export const schemaFolders: readonly string[] = bundledCollections().map((name) =>
  join(bundledCollectionFolder(name), 'schemas'),
);

function readCollectionSchema(name: string): object {
  const files = schemaFolders.map((folder) => join(folder, `${name}.schema.json`));
  return JSON.parse(readFileSync(files.find(existsSync) ?? '', 'utf8')) as object;
}

function selfOf(body: unknown): unknown {
  return isRecord(body) && isRecord(body._links) && isRecord(body._links.self) ? body._links.self.href : undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: what is inside is looked at, not trusted.
function isRecord(value: unknown): value is Record<string, any> {
  return typeof value === 'object' && value !== null;
}
