import fc from 'fast-check';

/** Definitions of every kind, as the files they are read from (JSON, which is YAML too). */

type Json = Record<string, unknown>;

const variables = ['base', 'other', 'token', 'thing_id', '_x', '__proto__', 'Count2'];
const lenientVariables = [...variables, 'with-hyphen', 'a.b', '2nd', 'emptied'];

const reference = fc
  .constantFrom(...variables, 'with-hyphen', 'a.b', '2nd', '$guid', '$timestamp')
  .map((name) => `{{${name}}}`);
const piece = fc.oneof(
  fc.constantFrom(
    "'",
    '"',
    '\\',
    '`',
    '$' + '{x}',
    '</script>',
    '\u2028',
    '\n',
    '  ',
    ' \n',
    '\t',
    '#',
    ': ',
    '- ',
    '|',
    '\uFFFD',
    '\r\n',
    '/',
    ':id',
  ),
  reference,
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
);
const text = fc.array(piece, { maxLength: 5 }).map((pieces) => withoutHoles(pieces.join('')));
const someText = text.map((value) => (value.trim() === '' ? 'x' : value));
const identifier = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,5}){0,2}$/);

/** Braces that pieces may have made together name nothing that is declared. */
function withoutHoles(value: string): string {
  return value.replace(/\{\{([^{}]*)\}\}/g, (whole, name: string) =>
    lenientVariables.includes(name.trim()) || ['$guid', '$timestamp'].includes(name.trim()) ? whole : '{}',
  );
}

/** As a file may have it: what stands for bytes that are not UTF-8 is an escape. */
function fileText(data: unknown): string {
  return JSON.stringify(data).replaceAll('\uFFFD', '\\ufffd');
}

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** Without the keys that have no value. */
const present = (record: Json): Json =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) =>
    JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === 'string' ? withoutHoles(part) : part)),
  );
const url = fc
  .tuple(
    fc.constantFrom(
      'https://example.com',
      '{{base}}',
      'http://127.0.0.1:8080',
      'https://user:pass@example.com',
      '{{other}}.example.com:{{_x}}',
    ),
    fc.array(fc.constantFrom('/things', '/:id', '/{{thing_id}}', '/', '/a b', '/%20', '/:id/:id2', '/é'), {
      maxLength: 4,
    }),
    fc.array(fc.constantFrom('a=b', 'flag', 'empty=', 'x={{token}}', 'q=a b&c', '=v', 'a=b'), { maxLength: 3 }),
    fc.constantFrom('', '#top', '#'),
  )
  .map(([host, path, query, hash]) => `${host}${path.join('')}${query.length > 0 ? `?${query.join('&')}` : ''}${hash}`);

const auth = fc.oneof(
  fc.record({ basic: fc.record({ username: someText, password: someText }) }),
  fc.record({ bearer: someText }),
  fc.constant({ none: true }),
);
const body = fc.oneof(
  json.map((value) => ({ json: value })),
  fc.dictionary(text, text, { maxKeys: 3 }).map((form) => ({ form })),
  text.map((value) => ({ jsonText: value })),
  json.map((value) => ({ jsonText: withoutHoles(JSON.stringify(value)) })),
  text.map((value) => ({ raw: value })),
);
const headerName = fc.constantFrom('Accept', 'Content-Type', 'X-Text', 'x-1');
/** Other characters cannot be sent. */
const headerValue = text.map((value) =>
  value.replace(/\{\{[^{}]*\}\}|[^\t\x20-\x7e\x80-\xff]/gu, (one) => (one.startsWith('{{') ? one : '?')),
);
const header = fc
  .record({ name: headerName, value: headerValue, description: optional(someText), disabled: optional(fc.boolean()) })
  .map(present);

const scriptPiece = fc.constantFrom(
  'const problems = [1];',
  'const text = `a\n  b`;',
  "pm.environment.set('token', 'x');",
  "pm.test('mine', () => {\n    pm.expect(1).to.equal(1);\n});",
  '// a comment',
  '/* two\n   lines */',
  "if (pm.environment.get('_x')) {\n    console.log('}');\n}",
  '',
  '    const indented = 1;',
  "const quoted = 'it\\'s';",
);
const script = fc
  .uniqueArray(scriptPiece, { minLength: 1, maxLength: 3 })
  .map((lines) => `${lines.join('\n')}\n// end`);
const functionBody = fc
  .tuple(script, fc.constantFrom("return 'x';", 'return pm.response.code;', 'return `a\nb`;'))
  .map((lines) => lines.join('\n'));

const key = fc.constantFrom('id', "it's", 'a/b', '~x', 'b-c', '__proto__', '0', 'constructor', '</script>', 'é');
const generator = fc
  .tuple(
    fc.oneof(
      fc
        .record({
          length: fc.integer({ min: 12, max: 255 }),
          avoid: optional(fc.array(text, { maxLength: 2 })),
        })
        .map((password) => ({ password: present(password) })),
      fc.constant({ runId: true }),
      fc
        .record({ of: someText, values: fc.dictionary(fc.oneof(key, text), someText, { minKeys: 1, maxKeys: 3 }) })
        .map((table) => ({ table })),
      functionBody.map((value) => ({ script: value })),
    ),
    optional(fc.boolean()),
  )
  .map(([made, unlessSet]) => present({ ...made, unlessSet }));

const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);

/** A schema with keys that are always there, and the pointers to them. */
const schema = fc.uniqueArray(key, { minLength: 1, maxLength: 4 }).map((keys) => {
  const properties = Object.fromEntries(keys.map((name) => [name, {}]));
  const inner = { type: 'object', required: keys, properties };
  return {
    content: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      required: [...keys, 'inner', 'list'],
      properties: { ...properties, inner, list: { type: 'array', items: inner } },
    },
    pointers: keys
      .map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .flatMap((one) => [one, `/inner${one}`]),
  };
});

const condition = fc.oneof(
  fc.constantFrom({ atLeast: -1.5 }, { past: true }, { future: true }),
  fc
    .tuple(
      fc.oneof(
        fc.record({ is: fc.oneof(text, fc.constantFrom(7, true), fc.array(text, { minLength: 1, maxLength: 2 })) }),
        fc.record({ has: fc.oneof(text, fc.integer()) }),
        fc.record({ endsWith: someText }),
      ),
      optional(fc.dictionary(fc.oneof(key, text), someText, { minKeys: 1, maxKeys: 2 })),
      optional(fc.boolean()),
    )
    .map(([asked, writtenAs, ifSet]) => present({ ...asked, writtenAs, ifSet })),
);

const choice = (pointers: readonly string[]) => {
  const pointer = fc.constantFrom(...pointers.filter((one) => !one.startsWith('/inner')));
  const where = fc.oneof(
    fc.tuple(pointer, condition).map(([value, asked]) => ({ value, ...asked })),
    fc.record({ value: pointer, minus: pointer, atLeast: fc.integer() }),
  );
  return fc
    .record({
      from: fc.constant('/list'),
      take: pointer,
      name: optional(pointer),
      where: optional(fc.array(where, { maxLength: 3 })),
      most: optional(fc.record({ value: pointer, minus: optional(pointer) }).map(present)),
    })
    .map((made) => ({ choose: present(made) }));
};

const capture = (pointers: readonly string[]) =>
  fc
    .tuple(
      fc.oneof(
        choice(pointers),
        fc.record({ from: fc.constantFrom(...pointers), claim: optional(someText) }).map(present),
        functionBody.map((value) => ({ script: value })),
      ),
      optional(fc.boolean()),
      fc.boolean(),
    )
    .map(([source, unlessSet, isOptional]) => present({ ...source, unlessSet, optional: isOptional || undefined }));

const captured = fc.constantFrom('token', 'thing_id', '__proto__', 'Count2', 'emptied');
const byName = (value: fc.Arbitrary<unknown>) =>
  fc
    .array(fc.tuple(captured, value), { minLength: 1, maxLength: 3 })
    .map((entries) => Object.fromEntries(entries) as Json);

const checked = schema.chain(({ content, pointers }) =>
  fc.record({
    content: fc.constant(content),
    status: fc.oneof(
      fc.integer({ min: 100, max: 599 }),
      fc.uniqueArray(fc.integer({ min: 100, max: 599 }), { minLength: 1, maxLength: 3 }),
    ),
    values: optional(fc.dictionary(fc.constantFrom(...pointers), scalar, { maxKeys: 3 })),
    claims: optional(
      fc.dictionary(fc.constantFrom(...pointers), fc.dictionary(someText, condition, { minKeys: 1, maxKeys: 2 }), {
        maxKeys: 2,
      }),
    ),
    capture: optional(byName(capture(pointers))),
    unset: optional(fc.array(fc.constant('emptied'), { maxLength: 1 })),
    hasExample: fc.boolean(),
    exampleName: optional(someText),
    exampleHeaders: optional(fc.dictionary(headerName, text, { maxKeys: 2 })),
  }),
);

const pointer = fc
  .array(key, { maxLength: 2 })
  .map((keys) => keys.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''));
const statuses = fc.oneof(
  fc.integer({ min: 100, max: 599 }),
  fc.uniqueArray(fc.integer({ min: 100, max: 599 }), { minLength: 1, maxLength: 3 }),
);
const plainTest = fc.oneof(
  fc
    .record({
      name: text,
      status: optional(statuses),
      values: optional(fc.dictionary(pointer, scalar, { minKeys: 1, maxKeys: 3 })),
    })
    .map(({ name, status, values }) => ({
      name,
      expect: status === undefined && !values ? { status: 200 } : present({ status, values }),
    })),
  fc
    .record({ name: captured, from: pointer, scope: optional(fc.constantFrom('collection', 'global', 'local')) })
    .map(({ name, from, scope }) => present({ capture: Object.fromEntries([[name, from]]), scope })),
  fc.constant({ parse: 'json' }),
);

const rawRequest = fc
  .record({
    method: optional(fc.constantFrom('COPY', 'LINK', 'GET')),
    auth: optional(
      fc.constantFrom(
        {
          type: 'apikey',
          apikey: [
            { key: 'value', value: '{{token}}' },
            { key: 'key', value: 'X-Key' },
            { key: 'in', value: 'header' },
          ],
        },
        {
          type: 'oauth2',
          oauth2: [
            { key: 'accessToken', value: '{{token}}', type: 'string' },
            { key: 'clientSecret', value: '{{other}}' },
          ],
        },
        {
          type: 'basic',
          basic: [
            { key: 'password', value: 'p' },
            { key: 'username', value: '{{other}}' },
            { key: 'showPassword', value: false },
          ],
        },
        { type: 'noauth' },
      ),
    ),
    url: optional(
      fc.constantFrom(
        {
          query: [
            { key: 'off', value: '{{token}}', disabled: true },
            { key: 'on', value: '{{_x}}', description: 'Why.' },
          ],
        },
        { variable: [{ key: 'id', value: '{{other}}' }] },
        { raw: 'https://example.org/x' },
        { host: ['{{other}}'], path: null },
      ),
    ),
    body: optional(
      fc.constantFrom(
        {
          mode: 'formdata',
          formdata: [
            { key: 'a', value: '{{_x}}', type: 'text' },
            { key: 'file', src: '/tmp/x', type: 'file', disabled: true },
          ],
        },
        { mode: 'graphql', graphql: { query: '{ a }', variables: '{"b": "{{token}}"}' } },
        { mode: 'file', file: { src: '/tmp/x' } },
        {
          mode: 'urlencoded',
          urlencoded: [
            { key: 'a', value: '1' },
            { key: 'a', value: '2', disabled: true },
          ],
        },
        { options: { raw: { language: 'xml' } }, mode: 'raw', raw: '<a/>' },
        null,
      ),
    ),
    header: optional(
      fc.constantFrom(
        [
          { key: 'A', value: '{{_x}}' },
          { key: '', value: '' },
        ],
        [{ key: 'B', value: 'b', enabled: false }],
      ),
    ),
    description: optional(fc.constantFrom('Another.', { content: 'As an object.', type: 'text/markdown' })),
  })
  .map(present);

const rawEvents = fc.constantFrom(
  [{ listen: 'test', script: { exec: ["fetch('x')", ''], type: 'text/javascript' } }],
  [
    { listen: 'prerequest', script: { exec: "const a = 1;\npm.environment.set('token', a ?? 2);", packages: {} } },
    { listen: 'test', script: { exec: 'x' } },
  ],
  [],
);

const rawResponses = fc.constantFrom(
  [
    {
      name: 'Good',
      originalRequest: { method: 'GET', header: [], url: { raw: 'https://example.com' } },
      status: 'OK',
      code: 200,
      _postman_previewlanguage: 'html',
      header: null,
      cookie: [],
      body: '<p>',
    },
  ],
  [
    { name: 'One', code: 200, body: '1' },
    { name: 'Two', code: 404, body: null, responseTime: null },
  ],
  [],
);

const rawStep = fc
  .record({
    request: optional(rawRequest),
    response: optional(rawResponses),
    protocolProfileBehavior: optional(fc.constantFrom({ disableBodyPruning: true }, { followRedirects: false })),
    description: optional(fc.constant('Of the item.')),
  })
  .map(present);

const stepParts = (fragments: boolean) =>
  fc
    .record({
      id: identifier,
      name: someText,
      description: text,
      method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
      url,
      headers: optional(fc.array(header, { maxLength: 3 })),
      auth: optional(auth),
      body: optional(body),
      generate: optional(byName(generator)),
      checked: optional(checked),
      tests: optional(fc.array(plainTest, { minLength: 1, maxLength: 3 })),
      scripts: optional(fc.record({ prerequest: optional(script), test: optional(script) }).map(present)),
      folder: fc.constantFrom(undefined, [], ['A'], ['A', 'B'], ['Ä 🙂/x']),
      raw: fragments ? optional(rawStep) : fc.constant(undefined),
      events: fragments ? optional(rawEvents) : fc.constant(undefined),
    })
    .map((parts) => {
      const {
        events,
        checked,
        tests,
        generate,
        scripts: written,
        method,
        url: address,
        headers,
        auth: own,
        body: sent,
        ...rest
      } = parts;
      // `tests` are the whole test script.
      const checks = tests ? undefined : checked;
      const scripts = tests && written ? present({ ...written, test: undefined }) : written;
      const request = present({ method, url: address, headers, auth: own, body: sent });
      if (events)
        return {
          step: present({ ...rest, request, expect: {}, raw: { ...parts.raw, event: events } }),
          schema: undefined,
        };
      const example = checks?.hasExample
        ? present({ name: checks.exampleName, status: [checks.status].flat()[0], headers: checks.exampleHeaders })
        : undefined;
      const step = present({
        ...rest,
        request,
        generate,
        tests,
        scripts,
        expect: checks
          ? present({ status: checks.status, values: checks.values, claims: checks.claims, schema: 'x.schema.json' })
          : {},
        capture: checks?.capture,
        unset: checks?.unset,
        example,
      });
      return { step, schema: checks?.content };
    });

const variable = fc
  .record({
    description: someText,
    value: fc.constantFrom('v', 'a b', "it's"),
    scope: optional(fc.constantFrom('environment', 'collection')),
    base: fc.boolean(),
    removeSuffix: optional(fc.constantFrom('/v1', "'")),
    secret: optional(fc.boolean()),
  })
  .map(({ base, removeSuffix, ...rest }) => present({ ...rest, ...(base && { format: 'base-url', removeSuffix }) }));

const rawCollection = fc
  .record({
    auth: optional(
      fc.constantFrom(
        {
          type: 'apikey',
          apikey: [
            { key: 'key', value: 'X' },
            { key: 'value', value: '{{token}}' },
          ],
        },
        { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}' }] },
      ),
    ),
    event: optional(rawEvents),
    info: optional(fc.constant({ version: '1.2.3' })),
    protocolProfileBehavior: optional(fc.constant({ strictSSL: false })),
  })
  .map(present);

const folderOrder = [undefined, [], ['A'], ['A', 'B'], ['Ä 🙂/x']].map((path) => JSON.stringify(path));

/** With `fragments`, parts of the Postman format stand in `raw`. */
export function definitionFiles({ fragments }: { readonly fragments: boolean }): fc.Arbitrary<Map<string, string>> {
  return fc
    .record({
      id: identifier,
      name: someText.filter((name) => !['A', 'Clean up', 'Ä 🙂/x', 'Empty'].includes(name)),
      description: text,
      variables: fc.tuple(...lenientVariables.map(() => variable)),
      order: fc.shuffledSubarray(lenientVariables, { minLength: lenientVariables.length }),
      authorization: auth,
      steps: fc.uniqueArray(stepParts(fragments), {
        minLength: 1,
        maxLength: 4,
        comparator: (a, b) => a.step.id === b.step.id || a.step.name === b.step.name,
      }),
      cleanUp: fc.boolean(),
      folders: fragments
        ? optional(
            fc.constantFrom(
              [
                {
                  path: ['A'],
                  description: ' A folder. ',
                  raw: { auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{_x}}' }] } },
                },
              ],
              [
                { path: ['Empty', 'Inner'] },
                { path: ['A', 'B'], raw: { event: [{ listen: 'test', script: { exec: ['1;'] } }] } },
              ],
            ),
          )
        : fc.constant(undefined),
      raw: fragments ? optional(rawCollection) : fc.constant(undefined),
    })
    .map(
      ({ id, name, description, variables: declared, order, authorization, steps: parts, cleanUp, folders, raw }) => {
        const files = new Map<string, string>();
        const all = parts
          .map((part, index) => ({ ...part, file: `s${index}.yaml`, schemaFile: `s${index}.schema.json` }))
          .sort(
            (a, b) =>
              folderOrder.indexOf(JSON.stringify(a.step.folder)) - folderOrder.indexOf(JSON.stringify(b.step.folder)),
          );
        const undoing = cleanUp && all.length > 1 ? all.splice(-1) : [];
        for (const { step, schema: content, file, schemaFile } of [...all, ...undoing]) {
          const { folder, ...rest } = step;
          const isUndoing = undoing.some((one) => one.file === file);
          const data: Json = isUndoing ? rest : present({ ...rest, folder });
          if (content) (data.expect as Json).schema = schemaFile;
          files.set(file, fileText(data));
          if (content) files.set(`schemas/${schemaFile}`, fileText(content));
        }
        const collection = present({
          id,
          name,
          description,
          variables: Object.fromEntries(
            order.map((one) => [
              one,
              {
                ...declared[lenientVariables.indexOf(one)],
                scope: (one !== 'emptied' && declared[lenientVariables.indexOf(one)]?.scope) || 'collection',
              },
            ]),
          ),
          authorization,
          steps: all.map(({ file }) => file),
          cleanUp: undoing.length > 0 ? { askedBy: '_x', steps: undoing.map(({ file }) => file) } : undefined,
          folders,
          raw,
        });
        // A variable of the environment must be used.
        const used = (collection.variables as Json) ?? {};
        const environment = Object.keys(used).filter(
          (one) => (used[one] as Json).scope === 'environment' && one !== 'emptied',
        );
        const first = [...all][0];
        if (first && environment.length > 0) {
          const data = JSON.parse(files.get(first.file) ?? '') as Json & { request: { headers?: Json[] } };
          data.request.headers = [
            ...(data.request.headers ?? []),
            { name: 'X-All', value: environment.map((one) => `{{${one}}}`).join(',') },
          ];
          files.set(first.file, fileText(data));
        }
        files.set('collection.yaml', fileText(collection));
        return files;
      },
    );
}
