import fc from 'fast-check';

/** Collections of Postman as people write them: every body, authorization, scope, jump, twin and idiom of scripts. */

type Json = Readonly<Record<string, unknown>>;

export interface GeneratedCollection {
  /** Addresses in it begin with `http://echo`, which stands for the server's. */
  readonly collection: Json;
  readonly environment: Json | undefined;
  /** CSV. */
  readonly data: string | undefined;
}

/** Variables that the collection, the environment, scripts or nobody sets. */
const names = ['token', 'user id', 'größe', 'a.b', 'flag', 'count', 'empty', 'made', 'nobody'] as const;
const name = fc.constantFrom(...names);
const reference = name.map((one) => `{{${one}}}`);

const text = fc.oneof(
  fc.constantFrom(
    '',
    'x',
    'a b',
    'ü',
    '50%',
    '%20',
    'a+b',
    "it's",
    '"q"',
    'http://x/y',
    '{{#each a}}',
    '{{ token }}',
    '{{}}',
    '{x}',
    '$1',
  ),
  reference,
  fc.tuple(fc.constantFrom('', 'a', '-'), reference).map((parts) => parts.join('')),
  fc.constantFrom('{{$nope}}', '{{token}}{{nobody}}', 'line\nline', 'tab\tx', ' space '),
);
const key = fc.oneof(fc.constantFrom('a', 'b', 'c d', 'ü', ''), reference);

// Values that multiply each other would fill the memory.
const value = fc.oneof(
  text.filter((one) => one.split('{{').length < 3),
  fc.constantFrom(
    '',
    '-----BEGIN KEY-----\nabc\n-----END KEY-----\n',
    '{"a": 1}',
    '<b>{{#if x}}{{token}}{{/if}}</b>',
    '{{token}}/x',
    '{{host}}{{host}}',
  ),
);
const typedValue = fc.oneof(
  value.map((one) => ({ value: one, type: 'string' })),
  fc.constantFrom(
    { value: 5, type: 'number' },
    { value: true, type: 'boolean' },
    { value: null, type: 'any' },
    { value: '7', type: 'any' },
    {},
  ),
  value.map((one) => ({ value: one })),
);
const variables = (maxLength: number) =>
  fc.array(
    fc
      .tuple(name, typedValue, fc.boolean())
      .map(([one, typed, off]) => ({ key: one, ...typed, ...(off && { disabled: true }) })),
    { maxLength },
  );

/** Lines of a pre-request script. */
const before = fc.constantFrom(
  `pm.environment.set('token', 'set-before');`,
  `pm.variables.set('made', [pm.variables.get('token'), pm.environment.get('user id')].join('-'));`,
  `pm.collectionVariables.set('count', Number(pm.collectionVariables.get('count') || 0) + 1);`,
  `postman.setEnvironmentVariable('user id', 'legacy');`,
  `postman.setGlobalVariable("flag", "global");`,
  `pm.environment.unset('token');`,
  `Object.keys({ made: 1, flag: 2 }).forEach((one) => pm.environment.set(one, one + '!'));`,
  `const scope = 'environment'; pm[scope].set('made', 'computed');`,
  `pm.request.headers.add({ key: 'X-Added', value: '{{token}}' });`,
  `pm.request.headers.upsert({ key: 'Content-Type', value: 'application/json' });`,
  `pm.request.url.query.add('added=1');`,
  `pm.sendRequest('http://echo/send?from=script', (error, response) => { pm.environment.set('token', response.json().token); });`,
  `pm.sendRequest({ url: 'http://echo/send', method: 'POST', header: { 'X-S': '1' }, body: { mode: 'raw', raw: 'b' } }, () => { pm.variables.set('made', 'late'); });`,
  `setTimeout(() => pm.environment.set('made', 'timer'), 5);`,
  `problems = 1; needed = 2; pm.variables.set('made', String(problems + needed));`,
  `var held = 3, check = 4, schema = 5; pm.variables.set('made', held + check + schema);`,
  `function check() { return 'mine'; }\npm.variables.set('made', check());`,
  `if (pm.info.requestName === 'twin') pm.variables.set('made', 'twin');`,
  `if (pm.environment.get('skipped') !== 'yes') { pm.environment.set('skipped', 'yes'); pm.execution.skipRequest(); }`,
  `console.log('before', pm.info.eventName);`,
  `throw new Error('before');`,
  `pm.test('checked before', () => pm.expect(pm.info.requestName).to.be.a('string'));`,
  `pm.variables.set('made', pm.variables.replaceIn('{{token}}/{{nobody}}'));`,
  '// only a comment',
  `const made = \`one\n  two\`; pm.variables.set('made', made.length);`,
);

/** Lines of a test script. */
const after = fc.constantFrom(
  `pm.test('Status code is 200', function () { pm.response.to.have.status(200); });`,
  `pm.test("status is 200", () => { pm.response.to.have.status(200); });`,
  `pm.test('created', () => pm.expect(pm.response.code).to.be.oneOf([201, 202]));`,
  `pm.environment.set('token', pm.response.json().token);`,
  `pm.environment.set("user id", pm.response.json().id);`,
  `pm.collectionVariables.set('made', pm.response.json().list[1].a);`,
  `var jsonData = pm.response.json();\npm.environment.set('made', jsonData.none);`,
  `const json = pm.response.json(); pm.test('id', () => { pm.expect(json.id).to.eql(7); });`,
  `pm.test('wrong', () => { pm.expect(pm.response.json().id).to.eql(8); });`,
  `pm.test('schema', () => pm.response.to.have.jsonSchema({ type: 'object', required: ['token'] }));`,
  `tests['legacy'] = responseCode.code === 200;`,
  `tests['legacy wrong'] = false;`,
  `var data = JSON.parse(responseBody); postman.setEnvironmentVariable('token', data.token);`,
  `pm.globals.set('flag', [1, 2]);`,
  `pm.environment.set('count', { a: 1 });`,
  `pm.expect(pm.response.code).to.equal(404);`,
  `throw new Error('after');`,
  `pm.test.skip('skipped', () => {});`,
  `pm.test('late', (done) => { setTimeout(() => done(), 3); });`,
  `if (pm.info.requestName === 'twin') pm.test('the check of twin', () => {});`,
  `pm.test('name ' + pm.info.requestName, () => {});`,
  `problems = 1; const schema = 2; pm.test('own names', () => pm.expect(problems + schema).to.eql(3));`,
  `pm.sendRequest('http://echo/after', () => { pm.environment.set('made', 'after'); });`,
  `pm.visualizer.set('<b>{{token}}</b>', { token: 1 });`,
  `pm.cookies.has('session') && pm.environment.set('made', 'cookie');`,
  `[1, 2].forEach((n) => pm.test('n ' + n, () => pm.expect(n).to.be.below(2)));`,
);

/** Statements of a test script that the format has words for, each of which may fail. */
const plain = fc.constantFrom(
  `pm.test('Status code is 200', function () { pm.response.to.have.status(200); });`,
  `pm.test("Successful POST request", () => pm.expect(pm.response.code).to.be.oneOf([201, 202]));`,
  `pm.test('found', () => { pm.expect(pm.response.code).to.equal(200); });`,
  `pm.test('id', () => { pm.expect(pm.response.json().id).to.eql(7); });`,
  `pm.test("id and token", function () {\n    var jsonData = pm.response.json();\n    pm.expect(jsonData.id).to.equal(7);\n    pm.expect(jsonData["token"]).to.eq("{{token}}");\n});`,
  `pm.test('all', () => { pm.response.to.have.status(200); pm.expect(pm.response.json().list[1].a).to.equal('b'); });`,
  `pm.test('none', () => pm.expect(pm.response.json().none).to.be.null);`,
  `pm.test('within nothing', () => pm.expect(pm.response.json().none.deep).to.be.true);`,
  `pm.test('body', () => pm.expect(body.id).to.eql(8));`,
  `pm.environment.set('token', pm.response.json().token);`,
  `pm.environment.set("user id", pm.response.json()["id"]);`,
  `pm.environment.set('made', pm.response.json().none);`,
  `pm.collectionVariables.set('count', pm.response.json().list[0]);`,
  `pm.globals.set('flag', pm.response.json().list);`,
  `pm.variables.set('a.b', JSON.parse(responseBody).list[1].a);`,
  `pm.environment.set('made', pm.response.json().none.deep);`,
  `var body = pm.response.json();`,
  `var jsonData = JSON.parse(responseBody);\npm.environment.set('made', jsonData.list[1]);`,
  `var token = pm.response.json().token;\npm.environment.set('token', token);`,
  `pm.response.json();`,
);

/** Jumps happen once each, so that no run goes on for ever. */
const jump = fc
  .tuple(fc.constantFrom('twin', 'first', 'last', 'none', 'an-id'), fc.boolean(), fc.integer({ min: 1, max: 3 }))
  .map(([to, isOld, number]) => {
    const next = to === 'none' ? 'null' : to === 'an-id' ? `'${itemId}'` : `'${to}'`;
    const call = `${isOld ? 'postman' : 'pm.execution'}.setNextRequest(${next});`;
    return `if (!pm.globals.get('jumped${number}')) { pm.globals.set('jumped${number}', true); ${call} }`;
  });
const itemId = '11111111-2222-4333-8444-555555555555';

const script = (lines: fc.Arbitrary<string>, listen: string) =>
  fc
    .tuple(fc.array(lines, { minLength: 1, maxLength: 3 }), fc.boolean(), fc.constantFrom('\n', '\r\n'))
    .map(([parts, isText, feed]) => {
      const whole = parts.map((part, index) => (parts.indexOf(part) === index ? part : '')).join('\n');
      const source = parts.length > 1 ? whole.replace(/\b(const|let) /g, 'var ') : whole;
      return {
        listen,
        script: { type: 'text/javascript', exec: isText ? source.replaceAll('\n', feed) : source.split('\n') },
      };
    });
const events = fc
  .tuple(
    fc.option(script(before, 'prerequest'), { freq: 2 }),
    fc.option(
      fc.oneof(
        script(fc.oneof({ weight: 5, arbitrary: after }, { weight: 1, arbitrary: jump }), 'test'),
        script(plain, 'test'),
      ),
      { freq: 3 },
    ),
  )
  .map((list) => list.filter((one) => one !== null));

const parameter = (more: fc.Arbitrary<Json> = fc.constant({})) =>
  fc
    .tuple(key, text, fc.constantFrom({}, {}, { disabled: true }, { description: 'd' }), more)
    .map(([one, content, marks, extra]) => ({ key: one, value: content, ...marks, ...extra }));

const raw = fc.oneof(
  text,
  fc.constantFrom(
    '{\n  // the name\n  "a": 1\n}',
    '{"a": "{{token}}", "b": {{count}}}',
    '{\n    "a": "http://x"\n}',
    '{\r\n    "label": "x"\r\n}',
    '/* c */ [1, 2]',
    '<a>{{token}}</a> <!-- c -->',
    '{"url": "https://shop.example/orders/{{orderId}}/paid"}',
    '  trailing \n\n',
  ),
);
const body = fc.oneof(
  fc
    .tuple(raw, fc.constantFrom(undefined, undefined, 'json', 'text', 'xml', 'javascript', 'html'))
    .map(([content, language]) => ({
      mode: 'raw',
      raw: content,
      ...(language !== undefined && { options: { raw: { language } } }),
    })),
  fc.constantFrom<Json>(
    { mode: 'raw' },
    { mode: 'raw', raw: '', options: { raw: { language: 'json' } } },
    {},
    { mode: 'file', file: {} },
    { mode: 'raw', raw: 'off', disabled: true },
    { mode: 'graphql', graphql: { query: '{ me { id } }', variables: '{"a": "{{token}}"}' } },
    { mode: 'graphql', graphql: { query: 'query Q { me }', operationName: 'Q', variables: '' } },
    { mode: 'urlencoded', urlencoded: 'a=1&b={{token}}' },
  ),
  fc
    .array(parameter(fc.constantFrom({}, { type: 'text' })), { maxLength: 4 })
    .map((list) => ({ mode: 'urlencoded', urlencoded: list })),
  fc
    .array(parameter(fc.constantFrom({ type: 'text' }, { type: 'text', contentType: 'application/json' })), {
      maxLength: 3,
    })
    .map((list) => ({ mode: 'formdata', formdata: list })),
);

const header = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('X-A', 'x-b', 'Content-Type', 'Accept', 'X-Ä', '', '{{a.b}}'),
      fc.constantFrom('1', '', 'application/json', 'text/xml', '{{token}}', 'a, b', '{{nobody}}'),
      fc.constantFrom({}, {}, { disabled: true }, { type: 'text' }, { description: 'd' }),
    )
    .map(([one, content, marks]) => ({ key: one, value: content, ...marks })),
  fc.constantFrom({ key: 'Content-Type', value: 'application/json' }),
);

const auth = fc.oneof(
  fc.constantFrom<Json | null>(
    { type: 'noauth' },
    null,
    {
      type: 'basic',
      basic: [
        { key: 'username', value: 'u', type: 'string' },
        { key: 'password', value: '{{token}}', type: 'string' },
      ],
    },
    { type: 'basic', basic: { username: 'u', password: '' } },
    { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    { type: 'bearer', bearer: [{ key: 'token', value: '', type: 'string' }] },
    { type: 'bearer', bearer: [] },
    {
      type: 'apikey',
      apikey: [
        { key: 'key', value: 'X-Key', type: 'string' },
        { key: 'value', value: '{{nobody}}', type: 'string' },
      ],
    },
    {
      type: 'apikey',
      apikey: [
        { key: 'in', value: 'query', type: 'string' },
        { key: 'key', value: 'k', type: 'string' },
        { key: 'value', value: '{{token}}', type: 'string' },
      ],
    },
    {
      type: 'oauth2',
      oauth2: [
        { key: 'accessToken', value: '{{token}}', type: 'string' },
        { key: 'clientSecret', value: '{{nobody}}', type: 'string' },
      ],
    },
    {
      type: 'oauth2',
      oauth2: [
        { key: 'accessToken', value: '{{token}}', type: 'string' },
        { key: 'addTokenTo', value: 'queryParams', type: 'string' },
      ],
    },
    {
      type: 'oauth2',
      oauth2: [
        { key: 'headerPrefix', value: 'Own ', type: 'string' },
        { key: 'accessToken', value: 't', type: 'string' },
      ],
    },
  ),
  fc.constant(undefined),
);

const path = fc.constantFrom(
  '',
  '/',
  '/a',
  '/a/{{user id}}',
  '/a%20b',
  '/a b',
  '/ü',
  '/a/:id/c',
  '/status/404',
  '/status/500',
  '/status/201',
  '/text',
  '/redirect',
  '/cookie',
  '/{{größe}}/{{nobody}}',
  '//double',
  '/a/../b',
  '/{{#each}}',
);
const query = fc.constantFrom(
  '',
  '?',
  '?a',
  '?a=',
  '?a=1&a=2',
  '?q={{token}}',
  '?q=a%20b&r=a+b',
  '?&x=1',
  '?x=1&',
  '?ü=ß',
  '?e={{empty}}&n={{nobody}}',
  '?u=http://x/y?z=1',
  '#part',
  '?a=1#part',
);
const url = fc
  .tuple(path, query, fc.integer({ min: 0, max: 2 }), fc.array(parameter(), { maxLength: 2 }))
  .map(([where, search, form, list]): unknown => {
    const whole = `http://echo${where}${search}`;
    if (form === 0) return whole;
    const segments = where.replace(/^\//, '').split('/');
    const parts = { protocol: 'http', host: ['echo'], path: segments };
    if (form === 1) return { raw: whole, ...parts, query: list, variable: [{ key: 'id', value: '{{user id}}' }] };
    return { raw: '{{token}}/x', host: ['{{host}}'], path: ['x', ...segments] };
  });

const request = fc
  .record({
    name: fc.constantFrom('first', 'twin', 'twin', 'last', 'a', '', '  ', 'ü'),
    id: fc.constantFrom(undefined, undefined, undefined, itemId),
    method: fc.constantFrom(
      'GET',
      'GET',
      'POST',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'HEAD',
      'OPTIONS',
      'get',
      'COPY',
      undefined,
    ),
    url,
    headers: fc.array(header, { maxLength: 3 }),
    auth,
    body: fc.option(body, { freq: 3, nil: undefined }),
    events,
    behavior: fc.constantFrom<Json | undefined>(
      undefined,
      undefined,
      undefined,
      { disableBodyPruning: true },
      { followRedirects: false },
      { disabledSystemHeaders: { 'user-agent': true } },
    ),
  })
  .map(
    ({ name: called, id, events: event, behavior, headers, ...rest }): Json => ({
      name: called,
      ...(id !== undefined && { id }),
      ...(event.length > 0 && { event }),
      ...(behavior && { protocolProfileBehavior: behavior }),
      request: { ...Object.fromEntries(Object.entries(rest).filter(([, one]) => one !== undefined)), header: headers },
      response: [],
    }),
  );

const folder = fc
  .record({
    name: fc.constantFrom('Folder', 'Folder', 'Clean up', 'Inner'),
    item: fc.array(request, { maxLength: 2 }),
    event: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: events }),
    auth,
  })
  .map(({ auth: own, ...rest }): Json => ({ ...rest, ...(own !== undefined && { auth: own }) }));

const environment = fc.tuple(variables(5), fc.boolean()).map(([values, isWrapped]): Json => {
  const unwrapped = {
    name: 'Test',
    // Stock Newman uses disabled ones, which Postman does not.
    values: values.map(({ disabled: _, ...rest }) => ({ ...rest, enabled: true })),
    _postman_variable_scope: 'environment',
  };
  return isWrapped ? { environment: unwrapped } : unwrapped;
});

/** One request has the id, and one at least is there. */
const items = fc.array(fc.oneof({ weight: 4, arbitrary: request }, { weight: 1, arbitrary: folder }), {
  minLength: 1,
  maxLength: 4,
});

export const postmanCollections: fc.Arbitrary<GeneratedCollection> = fc
  .record({
    items,
    first: request,
    variables: variables(5),
    events: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: events }),
    auth,
    environment: fc.option(environment, { freq: 2, nil: undefined }),
    data: fc.constantFrom(undefined, undefined, undefined, 'token,count\nrow,1\n,\n'),
    isOld: fc.boolean(),
  })
  .map(({ items: list, first, variables: variable, events: event, auth: own, environment: given, data }) => ({
    collection: {
      info: { name: 'Generated', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
      // Nothing is sent to an address without a host, which our run says and Newman finds out.
      variable: [...variable, { key: 'host', value: 'http://echo' }],
      ...(event.length > 0 && { event }),
      ...(own !== undefined && { auth: own }),
      item: withOneId([first, ...list]),
    },
    environment: given,
    data,
  }));

function withOneId(list: readonly Json[]): Json[] {
  let isTaken = false;
  const visit = (item: Json): Json => {
    if (Array.isArray(item.item)) return { ...item, item: item.item.map(visit) };
    const { id, ...rest } = item;
    if (id === undefined || isTaken) return rest;
    isTaken = true;
    return item;
  };
  return list.map(visit);
}
