import { compareWays, type ParityCase } from './ways.ts';

const value = (key: string, content: unknown) => ({ key, value: content, type: 'any', enabled: true });
const environment = (...values: object[]) => ({ name: 'Test', values, _postman_variable_scope: 'environment' });
const raw = (text: unknown, language?: string) => ({
  mode: 'raw',
  raw: text,
  ...(language !== undefined && { options: { raw: { language } } }),
});

const unresolved: ParityCase[] = [
  {
    name: 'a token that a script is still fetching',
    items: [
      {
        name: 'a',
        path: '/a',
        headers: { 'X-Token': '{{fetched}}' },
        before: `pm.sendRequest(pm.variables.replaceIn('{{echo}}/token'), (error, response) => { pm.environment.set('fetched', response.json().token); });`,
      },
    ],
    environment: environment(value('echo', 'http://echo')),
    received: ['GET /token', 'GET /a X-Token: T'],
  },
  {
    name: 'a variable of the collection that is empty on purpose',
    variables: [{ key: 'cursor', value: '' }],
    items: [
      { name: 'first page', path: '/items?cursor={{cursor}}', after: `pm.collectionVariables.set('cursor', 'c2');` },
      { name: 'second page', path: '/items?cursor={{cursor}}' },
    ],
    received: ['GET /items?cursor=', 'GET /items?cursor=c2'],
  },
  {
    name: 'an empty variable of the environment that hides one of the collection',
    variables: [{ key: 'prefix', value: 'x' }],
    items: [{ name: 'a', path: '/[{{prefix}}]' }],
    environment: environment(value('prefix', '')),
    received: ['GET /[]'],
  },
  {
    name: 'braces that are meant for the server',
    items: [
      {
        name: 'register',
        method: 'POST',
        path: '/callbacks?to={{place}}',
        headers: { 'X-Template': '{{header}}' },
        body: raw('{"url": "https://shop.example/orders/{{orderId}}/paid"}'),
      },
    ],
    received: [
      'POST /callbacks?to={{place}} X-Template: {{header}} "{\\"url\\": \\"https://shop.example/orders/{{orderId}}/paid\\"}"',
    ],
  },
  {
    name: 'names that a loop sets',
    items: [
      {
        name: 'a',
        path: '/{{id}}/{{label}}',
        before: `const made = { id: '1', label: 'n' };\nObject.keys(made).forEach((name) => pm.environment.set(name, made[name]));`,
      },
    ],
    received: ['GET /1/n'],
  },
  {
    name: 'settings of OAuth 2 that sending does not need',
    items: [
      {
        name: 'a',
        path: '/a',
        auth: {
          type: 'oauth2',
          oauth2: [
            { key: 'accessToken', value: '{{token}}', type: 'string' },
            { key: 'clientSecret', value: '{{clientSecret}}', type: 'string' },
          ],
        },
      },
    ],
    environment: environment(value('token', 'tok-12345')),
    received: ['GET /a Authorization: Bearer tok-12345'],
  },
  {
    name: 'a twin that is disabled',
    variables: [
      { key: 'stage', value: 'prod', disabled: true },
      { key: 'stage', value: 'dev' },
    ],
    items: [{ name: 'a', path: '/{{stage}}' }],
    received: ['GET /dev'],
  },
  {
    name: 'a column that nobody uses',
    items: [{ name: 'a', path: '/{{user}}' }],
    data: 'user,remark\nada,new\n',
    received: ['GET /ada'],
  },
];

const values: ParityCase[] = [
  {
    name: 'lines in a variable of the collection',
    variables: [{ key: 'payload', value: '{\n  "a": 1\n}' }],
    items: [{ name: 'a', method: 'POST', path: '/a', body: raw('{{payload}}') }],
    received: ['POST /a "{\\n  \\"a\\": 1\\n}"'],
  },
  {
    name: 'a number and a boolean of the environment',
    items: [{ name: 'a', path: '/{{limit}}/{{on}}' }],
    environment: environment(value('limit', 5), value('on', true)),
    received: ['GET /5/true'],
  },
  {
    name: 'null, which Postman writes as a word',
    variables: [{ key: 'none', value: null, type: 'any' }],
    items: [{ name: 'a', path: '/{{none}}' }],
    received: ['GET /null'],
  },
  {
    name: 'a template in a variable of the collection',
    variables: [{ key: 'page', value: '<ul>{{#each rows}}<li>{{label}}</li>{{/each}}{{}}</ul>' }],
    items: [
      { name: 'a', path: '/a', after: `pm.visualizer.set(pm.collectionVariables.get('page'), { rows: [] });` },
      { name: 'b', method: 'POST', path: '/b', body: raw('{{page}}') },
    ],
    received: ['GET /a', 'POST /b "<ul>{{#each rows}}<li>{{label}}</li>{{/each}}{{}}</ul>"'],
  },
  {
    name: 'a variable that names itself',
    variables: [{ key: 'again', value: '{{again}}' }],
    items: [{ name: 'a', path: '/{{again}}' }],
    received: ['GET /{{again}}'],
  },
];

const json = { 'Content-Type': 'application/json' };
const commented = '{\n  // the name\n  "a": 1\n}';

const bodies: ParityCase[] = [
  {
    name: 'comments in a body without a language',
    items: [
      { name: 'JSON by its header', method: 'POST', path: '/a', headers: json, body: raw(commented) },
      { name: 'no header', method: 'POST', path: '/b', body: raw(commented) },
      { name: 'text', method: 'POST', path: '/c', headers: json, body: raw(commented, 'text') },
      { name: 'JSON by its language', method: 'POST', path: '/d', body: raw(commented, 'json') },
      {
        name: 'by a variable',
        method: 'POST',
        path: '/e',
        headers: { 'Content-Type': '{{type}}' },
        body: raw(commented),
      },
    ],
    environment: environment(value('type', 'application/json')),
    received: [
      'POST /a "{\\n  \\n  \\"a\\": 1\\n}"',
      'POST /b "{\\n  // the name\\n  \\"a\\": 1\\n}"',
      'POST /c "{\\n  // the name\\n  \\"a\\": 1\\n}"',
      'POST /d "{\\n  \\n  \\"a\\": 1\\n}"',
      'POST /e "{\\n  \\n  \\"a\\": 1\\n}"',
    ],
  },
  {
    name: 'a list as a raw body',
    items: [
      { name: 'a', method: 'POST', path: '/a', body: raw([1, 2]) },
      { name: 'b', path: '/b' },
    ],
    received: ['POST /a "[1,2]"', 'GET /b'],
  },
  {
    name: 'lines that end as in Windows, and blanks at their ends',
    items: [
      {
        name: 'a',
        method: 'POST',
        path: '/a',
        body: raw('{\r\n    "label": "x" \r\n}', 'json'),
        after: `const body = pm.response.json(); \n\npm.test('has a token', () => {\n    pm.expect(body.token).to.be.a('string');\n});`,
      },
    ],
    received: ['POST /a "{\\r\\n    \\"label\\": \\"x\\" \\r\\n}"'],
    checks: ['has a token: passed'],
  },
];

const names: ParityCase[] = [
  {
    name: 'a jump to an id',
    items: [
      { name: 'start', path: '/start', after: `pm.execution.setNextRequest('11111111-2222-4333-8444-555555555555');` },
      { name: 'passed by', path: '/passed-by' },
      { name: 'target', id: '11111111-2222-4333-8444-555555555555', path: '/target' },
    ],
    received: ['GET /start', 'GET /target'],
  },
  {
    name: 'the name of two requests',
    items: [
      { name: 'twin', path: '/1', after: `pm.execution.setNextRequest('twin');` },
      { name: 'other', path: '/other' },
      {
        name: 'twin',
        path: '/2',
        after: `if (pm.info.requestName === 'twin') pm.test('the check of twin', () => pm.response.to.have.status(200));`,
      },
    ],
    received: ['GET /1', 'GET /2'],
    checks: ['the check of twin: passed'],
  },
  {
    name: 'names of generated code',
    items: [
      {
        name: 'a',
        path: '/{{v}}',
        before: `problems = 2;\nneeded = 3;\npm.variables.set('v', String(problems + needed));`,
        after: `var schema = 1, held = 2, check = 3;\npm.test('own', () => pm.expect(schema + held + check).to.eql(6));`,
      },
    ],
    received: ['GET /5'],
    checks: ['own: passed'],
  },
  {
    name: 'checks although nothing could be sent',
    items: [
      { name: 'a', path: '/a', headers: { 'not a name': '1' }, after: `pm.test('runs', () => {});` },
      { name: 'b', path: '/b' },
    ],
    received: ['GET /b'],
    checks: ['runs: passed'],
    fails: true,
  },
];

/** Test scripts that the format has words for, and what they do when the response is another one. */
const isOk = `pm.test("Status code is 200", function () {\n    pm.response.to.have.status(200);\n});`;
const tests: ParityCase[] = [
  {
    name: 'a plain test script',
    items: [
      {
        name: 'login',
        path: '/login',
        after: `${isOk}\nvar jsonData = pm.response.json();\npm.environment.set("token", jsonData.token);\npm.test("id", () => pm.expect(jsonData.id).to.equal(7));`,
      },
      { name: 'use', path: '/use', headers: { 'X-Token': '{{token}}' } },
    ],
    received: ['GET /login', 'GET /use X-Token: T'],
    checks: ['Status code is 200: passed', 'id: passed'],
  },
  {
    name: 'a plain test script after another status',
    items: [
      {
        name: 'login',
        path: '/status/404',
        after: `${isOk}\npm.environment.set("token", pm.response.json().token);\npm.test('one of', () => pm.expect(pm.response.code).to.be.oneOf([200, 404]));`,
      },
      { name: 'use', path: '/use', headers: { 'X-Token': '{{token}}' } },
    ],
    received: ['GET /status/404', 'GET /use X-Token: T'],
    checks: ['Status code is 200: failed', 'one of: passed'],
    fails: true,
  },
  {
    name: 'a plain test script and a body that is no JSON',
    items: [
      {
        name: 'checks',
        path: '/text',
        after: `${isOk}\npm.test('id', () => { const json = pm.response.json(); pm.expect(json.id).to.eql(7); });\n${isOk}`,
      },
      {
        name: 'sets',
        path: '/text',
        after: `${isOk}\npm.environment.set('token', pm.response.json().token);\npm.test('not run', () => pm.response.to.have.status(200));`,
      },
      {
        name: 'reads first',
        path: '/text',
        after: `const json = pm.response.json();\npm.test('not run either', () => pm.expect(json.id).to.eql(7));`,
      },
      { name: 'use', path: '/use', headers: { 'X-Token': '{{token}}' } },
    ],
    received: ['GET /text', 'GET /text', 'GET /text', 'GET /use X-Token: {{token}}'],
    checks: ['Status code is 200: passed', 'id: failed', 'Status code is 200: passed', 'Status code is 200: passed'],
    fails: true,
  },
  {
    name: 'a plain test script and parts that are missing',
    items: [
      {
        name: 'sets nothing',
        path: '/a',
        after: `pm.environment.set('token', pm.response.json().none);\npm.test('none', () => pm.expect(pm.response.json().none).to.eql(null));\npm.test('deep', () => pm.expect(pm.response.json().none.deep).to.eql('x'));`,
      },
      { name: 'use', path: '/use', headers: { 'X-Token': '{{token}}' } },
      {
        name: 'ends',
        path: '/b',
        after: `pm.globals.set('kept', pm.response.json().list[1].a);\npm.environment.set('token', pm.response.json().none.deep);\n${isOk}`,
      },
      { name: 'use again', path: '/use/{{kept}}' },
    ],
    environment: environment(value('token', 'before')),
    received: ['GET /a', 'GET /use X-Token: null', 'GET /b', 'GET /use/b'],
    checks: ['none: failed', 'deep: failed'],
    fails: true,
  },
  {
    name: 'a plain test script whose values have braces and types',
    items: [
      {
        name: 'a',
        path: '/a',
        after: `pm.test('braces', () => pm.expect(pm.response.json().token).to.eql('{{token}}'));\npm.test('text', () => pm.expect(pm.response.json().id).to.eql('7'));\npm.test('number', () => pm.expect(pm.response.json().id).to.eql(7));`,
      },
    ],
    environment: environment(value('token', 'T')),
    received: ['GET /a'],
    checks: ['braces: failed', 'text: failed', 'number: passed'],
    fails: true,
  },
];

compareWays([...unresolved, ...values, ...bodies, ...names, ...tests], []);
