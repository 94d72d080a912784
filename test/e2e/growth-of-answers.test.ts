import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledCollectionFolder, bundledCollections } from '../../src/cli/collection-folder.ts';
import { compileJoined } from '../../src/compile/join-collections.ts';
import { joinDefinitions } from '../../src/definition/join-definitions.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { examine } from '../../src/run/doctor.ts';
import { runCollection } from '../../src/run/run.ts';
import { type StrictSchemaName, strictSchemas } from '../simulator/strict-schemas.ts';
import { slow } from '../slow.ts';
import { type GrownService, startGrownService } from './grown-service.ts';
import { type Growth, growths } from './growth-places.ts';
import { valuesForSimulator } from './library-run.ts';

/**
 * PingOne grows: every answer of the simulator gets new values, loses what may be missing, and gets new fields, one at a time. The
 * places are those of the strict schemas. `GROWTH=all` tries each; else each in so many.
 */

const parts = await Promise.all(bundledCollections().map((name) => loadDefinition(bundledCollectionFolder(name))));
const definition = joinDefinitions(parts);
const collection = compileJoined(parts, definition);

let service: GrownService;
beforeAll(async () => {
  service = await startGrownService();
});
afterAll(() => service.close());

const values = () => valuesForSimulator(definition, service.url);
const retry = { attempts: 3, baseDelay: 1 };

/** What a person starts, and the checks that fail in it; of doctor, what it finds in the way. */
const programs = {
  run: async () => failedChecks(),
  doctor: async () => {
    const findings = await examine({ definition, collection, values: values(), retry, engine: 'direct' });
    return findings.filter(({ status }) => status === 'bad' || status === 'error').map(({ subject }) => subject);
  },
  'run that loses answers': async () => failedChecks(),
} as const;
type Program = keyof typeof programs;

async function failedChecks(): Promise<readonly string[]> {
  const { steps, cleanUp } = await runCollection({
    definition,
    collection,
    values: values(),
    targetKind: 'given',
    cleanUp: 'always',
    engine: 'direct',
    retry,
  });
  const broken = steps.filter(({ status }) => status === 'failed' || status === 'error');
  return [
    ...broken.flatMap(({ checks, reason }) => [
      ...checks.filter(({ status }) => status === 'failed').map(({ name }) => name),
      ...(reason === undefined ? [] : [reason]),
    ]),
    ...(cleanUp?.items ?? []).filter(({ status }) => status === 'left').map(({ kind }) => `clean-up left ${kind}`),
  ];
}

interface Way {
  readonly program: Program;
  readonly refusal?: { readonly step: number; readonly status: number };
}

async function outcome({ program, refusal }: Way, growth?: Growth): Promise<readonly string[]> {
  service.begin({
    ...(growth && { growth }),
    ...(refusal && { refusal }),
    loses: program === 'run that loses answers',
  });
  return programs[program]();
}

const title = ({ schema, kind, path }: Growth) => `${kind} ${[schema, ...path].join('/')}`;

const notLookedUp =
  'the connection broke before the answer was complete (socket hang up); whether it was created could not be looked up, so it is not created again';

/** What a step is about, or needs: when it goes, or has another value, this is the first check that fails. */
const meant: readonly (readonly [check: string, places: readonly string[]])[] = [
  ['body matches token.schema.json', ['dropped field token/access_token', 'dropped field token/token_type']],
  ['body.token_type is Bearer', ['new value token/token_type']],
  [
    'body matches password-policy.schema.json',
    [
      'dropped field passwordPolicy/id',
      'dropped field passwordPolicy/name',
      'dropped field passwordPolicies/_embedded/passwordPolicies/*/id',
    ],
  ],
  ['body matches user-token.schema.json', ['dropped field token/id_token']],
  [
    'body matches application.schema.json',
    [
      'dropped field application/|WEB_APP/id',
      'dropped field application/|WEB_APP/name',
      'dropped field application/|WEB_APP/enabled',
      'dropped field applications/_embedded/applications/*/|WEB_APP/id',
      'dropped field applications/_embedded/applications/*/|WEB_APP/enabled',
    ],
  ],
  [
    notLookedUp,
    [
      'dropped field applications/_embedded',
      'dropped field applications/_embedded/applications',
      'dropped field populations/_embedded',
      'dropped field populations/_embedded/populations',
      'dropped field devices/_embedded',
      'dropped field devices/_embedded/devices',
      'dropped field groups/_embedded',
      'dropped field groups/_embedded/groups',
      'dropped field passwordPolicies/_embedded',
      'dropped field passwordPolicies/_embedded/passwordPolicies',
    ],
  ],
  ['body matches application-secret.schema.json', ['dropped field applicationSecret/secret']],
  ['body matches flow.schema.json', ['dropped field flow/id', 'dropped field flow/status']],
  ['body.status is USERNAME_PASSWORD_REQUIRED', ['new value flow/status']],
  [
    'body matches completed-flow.schema.json',
    ['dropped field flow/authorizeResponse', 'dropped field flow/authorizeResponse/code'],
  ],
  [
    'body matches license-list.schema.json',
    ['dropped field licenses/_embedded', 'dropped field licenses/_embedded/licenses'],
  ],
  [
    'captures licenseID',
    [
      'dropped field licenses/_embedded/licenses/*/assignedEnvironmentsCount',
      'dropped field licenses/_embedded/licenses/*/beginsAt',
      'dropped field licenses/_embedded/licenses/*/environments',
      'dropped field licenses/_embedded/licenses/*/environments/max',
      'dropped field licenses/_embedded/licenses/*/environments/regions',
      'dropped field licenses/_embedded/licenses/*/id',
      'dropped field licenses/_embedded/licenses/*/status',
      'new value licenses/_embedded/licenses/*/status',
    ],
  ],
  [
    'body matches environment.schema.json',
    ['dropped field environment/id', 'dropped field environment/name', 'dropped field environment/type'],
  ],
  ['body.type is SANDBOX', ['new value environment/type']],
  [
    'body matches population.schema.json',
    [
      'dropped field population/id',
      'dropped field population/name',
      'dropped field populations/_embedded/populations/*/id',
    ],
  ],
  ['status is 201', ['dropped field populations/_embedded/populations/*/name']],
  ['body matches user.schema.json', ['dropped field user/id', 'dropped field user/username']],
  [
    'body matches user-list.schema.json',
    [
      'dropped field users/_embedded',
      'dropped field users/_embedded/users',
      'dropped field users/_embedded/users/*/id',
    ],
  ],
  ['body matches user-enabled.schema.json', ['dropped field userEnabled/enabled']],
  [
    'body matches group.schema.json',
    ['dropped field group/id', 'dropped field group/name', 'dropped field groups/_embedded/groups/*/id'],
  ],
  ['body matches group-membership.schema.json', ['dropped field groupMembership/id']],
  [
    'body matches group-membership-list.schema.json',
    [
      'dropped field groupMemberships/_embedded',
      'dropped field groupMemberships/_embedded/groupMemberships',
      'dropped field groupMemberships/_embedded/groupMemberships/*/id',
    ],
  ],
  ['body matches password-state.schema.json', ['dropped field passwordState/status']],
  ['body matches mfa-enabled.schema.json', ['dropped field mfaEnabled/mfaEnabled']],
  [
    'body matches device.schema.json',
    ['device', 'devices/_embedded/devices/*'].flatMap((place) =>
      ['id', 'type', 'status'].map((key) => `dropped field ${place}/${key}`),
    ),
  ],
  ['body.type is EMAIL', ['new value device/type', 'new value devices/_embedded/devices/*/type']],
  ['body.status is ACTIVE', ['new value device/status', 'new value devices/_embedded/devices/*/status']],
  ['body matches test-device.schema.json', ['dropped field device/test', 'dropped field device/test/otp']],
  [
    'body matches device-policy-list.schema.json',
    [
      'dropped field deviceAuthenticationPolicies/_embedded',
      'dropped field deviceAuthenticationPolicies/_embedded/deviceAuthenticationPolicies',
      'dropped field deviceAuthenticationPolicies/_embedded/deviceAuthenticationPolicies/*/id',
    ],
  ],
  [
    'body matches test-authentication.schema.json',
    ['id', 'status', 'test', 'test/otp'].map((key) => `dropped field deviceAuthentication/${key}`),
  ],
  ['body.status is OTP_REQUIRED', ['new value deviceAuthentication/status']],
  ["body.status fits the request's forceChange", ['new value passwordState/status']],
];
const meantFor = new Map(meant.flatMap(([check, places]) => places.map((place) => [place, check] as const)));

it('knows every place of the strict schemas', () => {
  const counts = { 'new value': 0, 'dropped field': 0, 'new field': 0 };
  JSON.parse(JSON.stringify(strictSchemas), (key, value: unknown) => {
    if (key === 'enum' && Array.isArray(value)) counts['new value'] += 1;
    if (key !== 'properties') return value;
    counts['new field'] += 1;
    counts['dropped field'] += Object.keys(value as object).length;
    return value;
  });
  for (const [kind, count] of Object.entries(counts))
    expect(growths.filter((growth) => growth.kind === kind)).toHaveLength(count);
  const titles = new Set(growths.map(title));
  expect(titles.size).toBe(growths.length);
  expect([...meantFor.keys()].filter((place) => !titles.has(place))).toEqual([]);
});

const schemas = Object.keys(strictSchemas) as StrictSchemaName[];

/** The first program that gets answers of each schema; errors are those of a step that is refused. */
const readBy = new Map<StrictSchemaName, Way>();
async function findReaders(): Promise<void> {
  for (const program of Object.keys(programs) as Program[]) {
    service.begin({ loses: program === 'run that loses answers' });
    expect(await programs[program]()).toEqual([]);
    for (const schema of service.answered())
      if (!/[eE]rror/.test(schema) && !readBy.has(schema)) readBy.set(schema, { program });
  }
  for (const schema of schemas) {
    const [, status] = /^error(\d+)$/.exec(schema) ?? [];
    if (status) readBy.set(schema, { program: 'run', refusal: { step: 4, status: Number(status) } });
  }
  readBy.set('oauthError', { program: 'run', refusal: { step: 1, status: 400 } });
}

/** Answers that nothing of ours asks for. */
const unread = [
  ...['openidConfiguration', 'keys', 'organization', 'organizations', 'license'],
  ...['gatewayError', 'billOfMaterials', 'role'],
  ...['deviceAuthenticationPolicy', 'mfaSettings'],
];

describe('our programs', slow, () => {
  beforeAll(findReaders);

  it('ask for all answers but a few', () => {
    expect(schemas.filter((schema) => !readBy.has(schema)).sort()).toEqual([...unread].sort());
  });

  describe('stay green when answers grow, but for the checks that are meant to fail', () => {
    const every = process.env.GROWTH === 'all' ? 1 : 72;

    it.each(schemas.filter((schema) => !unread.includes(schema)).map((schema) => ({ schema, every })))(
      '$schema',
      { timeout: 600_000 },
      tryAll,
    );

    it('a sample', () => tryAll({ schema: 'passwordState', every: 36 }));

    async function tryAll({ schema, every = 18 }: { readonly schema: StrictSchemaName; readonly every?: number }) {
      const places = growths.filter((growth) => growth.schema === schema).filter((_, index) => index % every === 0);
      const way = readBy.get(schema);
      if (!way) throw new Error(`nothing reads ${schema}`);
      const without = await outcome(way);
      for (const growth of places) {
        const check = meantFor.get(title(growth));
        const [failed] = await outcome(way, growth);
        expect([title(growth), failed]).toEqual([title(growth), check ?? without[0]]);
      }
    }
  });
});
