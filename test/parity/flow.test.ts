import { compareWays, type ParityCase } from './ways.ts';

/** Requests that differ as long as the engine does not get the whole state. */
const notYet: string[] = [];

const failing = `pm.test('fails', () => { throw new Error('no'); });`;

const failures: ParityCase[] = [
  {
    name: 'a stop, lifted only when a check holds',
    items: [
      {
        name: 'guard',
        path: '/guard',
        after: `postman.setNextRequest(null);\npm.test('guard', () => { pm.expect(1).to.equal(2); postman.setNextRequest(); });`,
      },
      { name: 'destroy', method: 'DELETE', path: '/everything' },
    ],
    received: ['GET /guard'],
    fails: true,
  },
  {
    name: 'globals, lists and variables of the run after a failure',
    items: [
      {
        name: 'a',
        path: '/a',
        after: `pm.globals.set('g', 'G');\npm.environment.set('list', [1, 2]);\npm.variables.set('mine', 'M');`,
      },
      { name: 'b', path: '/b', after: failing },
      {
        name: 'c',
        path: '/c/{{g}}/{{kind}}/{{mine}}',
        before: `pm.variables.set('kind', Array.isArray(pm.environment.get('list')) ? 'list' : 'text');`,
      },
    ],
    received: ['GET /a', 'GET /b', 'GET /c/G/list/M'],
    fails: true,
  },
  {
    name: 'a soft check fails, and what the script set is used',
    items: [
      {
        name: 'login',
        method: 'POST',
        path: '/login',
        after: `pm.environment.set('token', pm.response.json().token);\npm.test('fast enough', () => pm.expect(pm.response.responseTime).to.be.below(-1));`,
      },
      { name: 'me', path: '/me', headers: { Authorization: 'Bearer {{token}}' } },
    ],
    received: ['POST /login', 'GET /me Authorization: Bearer T'],
    fails: true,
  },
  {
    name: 'a script that ends with an error',
    items: [
      { name: 'a', path: '/a', after: `pm.environment.set('x', '1');\nundefinedFunction();` },
      { name: 'b', path: '/b/{{x}}' },
    ],
    received: ['GET /a', 'GET /b/1'],
    fails: true,
  },
  {
    name: 'a request of a script that cannot be sent',
    items: [
      { name: 'a', path: '/a', before: `pm.sendRequest('http://127.0.0.1:1/', () => {});` },
      { name: 'b', path: '/b' },
    ],
    received: ['GET /a', 'GET /b'],
    fails: true,
  },
  {
    name: 'a request that cannot be sent, and one of the script after it that can',
    items: [
      {
        name: 'a',
        path: '/a',
        headers: { 'X-\u00c4': '1' },
        after: `pm.sendRequest(pm.request.url.toString().replace('/a', '/b'), () => {});`,
      },
      { name: 'c', path: '/c' },
    ],
    received: ['GET /b', 'GET /c'],
    fails: true,
  },
  {
    name: 'a request of the script after one, and what that one received',
    items: [
      {
        name: 'a',
        path: '/text',
        after: `pm.sendRequest(pm.request.url.toString().replace('/text', '/b'), () => {});\npm.test('text', () => pm.expect(pm.response.text()).to.equal('not JSON'));`,
      },
    ],
    received: ['GET /text', 'GET /b'],
    checks: ['text: passed'],
  },
  {
    // Stock Newman does not try again; what was set before the fault is there in both.
    name: 'a fault that passes',
    items: [
      { name: 'a', path: '/a', after: `pm.globals.set('g', 'G'); pm.environment.set('list', [1, 2]);` },
      { name: 'flaky', path: '/flaky', after: `pm.test('ok', () => pm.response.to.have.status(200));` },
      { name: 'c', path: '/c/{{g}}/{{n}}', before: `pm.variables.set('n', pm.environment.get('list').length);` },
    ],
    received: ['GET /a', 'GET /flaky', 'GET /c/G/2'],
    fails: true,
    ours: { received: ['GET /a', 'GET /flaky', 'GET /flaky', 'GET /c/G/2'], fails: false },
  },
];

const jumps: ParityCase[] = [
  {
    name: 'a jump forward, also when a check fails',
    items: [
      { name: 'a', path: '/a', after: `pm.execution.setNextRequest('c');\n${failing}` },
      { name: 'b', path: '/b' },
      { name: 'c', path: '/c' },
    ],
    received: ['GET /a', 'GET /c'],
    fails: true,
  },
  {
    name: 'a jump forward',
    items: [
      { name: 'a', path: '/a', after: `pm.execution.setNextRequest('c');` },
      { name: 'b', path: '/b' },
      { name: 'c', path: '/c' },
    ],
    received: ['GET /a', 'GET /c'],
  },
  {
    name: 'a jump backward',
    items: [
      { name: 'a', path: '/a/{{n}}', before: `pm.environment.set('n', (pm.environment.get('n') || 0) + 1);` },
      { name: 'b', path: '/b', after: `if (pm.environment.get('n') < 3) postman.setNextRequest('a');` },
      { name: 'c', path: '/c' },
    ],
    received: ['GET /a/1', 'GET /b', 'GET /a/2', 'GET /b', 'GET /a/3', 'GET /b', 'GET /c'],
  },
  {
    name: 'a jump from before a request, by id',
    items: [
      { name: 'a', path: '/a', before: `pm.execution.setNextRequest('1f0d5a52-7f3e-4c8e-9d11-0a4be4bd0c01');` },
      { name: 'b', path: '/b' },
      { name: 'c', id: '1f0d5a52-7f3e-4c8e-9d11-0a4be4bd0c01', path: '/c' },
    ],
    received: ['GET /a', 'GET /c'],
  },
  {
    name: 'an end in each iteration',
    items: [
      { name: 'a', path: '/a/{{user}}', after: `if (data.user === 'ada') pm.execution.setNextRequest(null);` },
      { name: 'b', path: '/b/{{user}}' },
    ],
    data: 'user\nada\nbob\n',
    received: ['GET /a/ada', 'GET /a/bob', 'GET /b/bob'],
  },
  {
    name: 'a request that its script skips',
    items: [
      { name: 'a', path: '/a', before: `pm.environment.set('x', '1'); pm.execution.skipRequest();` },
      { name: 'b', path: '/b/{{x}}' },
    ],
    received: ['GET /b/1'],
  },
];

const consoles: ParityCase[] = [
  {
    name: 'what cannot be printed as JSON',
    items: [
      {
        name: 'a',
        path: '/a',
        after: `const circle = {}; circle.circle = circle;\nconsole.log(circle, 10n, undefined, null, () => 1, Symbol('s'), new Error('e'), new Map([[1, { a: 2n }]]));\nconsole.log('x'.repeat(2 ** 20));`,
      },
      { name: 'b', path: '/b' },
    ],
    received: ['GET /a', 'GET /b'],
  },
  {
    name: 'a script that waits',
    items: [{ name: 'a', path: '/a/{{late}}', before: `setTimeout(() => pm.environment.set('late', 'yes'), 700);` }],
    arguments: ['--timeout-script', '5'],
    received: ['GET /a/yes'],
  },
  {
    name: 'a script that waits longer than it may',
    items: [
      { name: 'a', path: '/a', before: `setTimeout(() => {}, 1000);` },
      { name: 'b', path: '/b' },
    ],
    arguments: ['--timeout-script', '0.5'],
    received: ['GET /a', 'GET /b'],
    // Stock Newman has no limit unless it is told one. What a script does not get ready is not sent.
    ours: { received: ['GET /b'], fails: true },
  },
  {
    name: 'a secret by its type',
    items: [
      {
        name: 'a',
        path: '/{{pin}}',
        after: `console.log(pm.environment.get('pin'));\npm.test('fails', () => { throw new Error('pin ' + pm.environment.get('pin')); });`,
      },
    ],
    environment: { name: 'Test', values: [{ key: 'pin', value: 'zebra-4711-quartz', type: 'secret', enabled: true }] },
    received: ['GET /zebra-4711-quartz'],
    fails: true,
    hidden: 'zebra-4711-quartz',
  },
];

compareWays([...failures, ...jumps, ...consoles], notYet);
