import { compareWays, type ParityCase } from './ways.ts';

/** Requests that differ as long as the engine does not get the whole state. */
const notYet: string[] = [];

const value = (key: string, content: unknown, type = 'default') => ({ key, value: content, type, enabled: true });
const environment = (...values: object[]) => ({ name: 'Test', values, _postman_variable_scope: 'environment' });

const environments: ParityCase[] = [
  {
    name: 'values of the environment that nobody declared',
    items: [
      {
        name: 'a',
        path: '/{{out}}',
        before: `pm.variables.set('out', [environment.region, pm.environment.get('host_' + 'eu'), pm.environment.toObject().region, pm.environment.name, pm.environment.has('none')].join('_'));`,
      },
    ],
    environment: environment(value('region', 'eu'), value('host_eu', 'h1')),
    received: ['GET /eu_h1_eu_Test_false'],
  },
  {
    name: 'values of the environment with their types',
    items: [
      {
        name: 'a',
        path: '/{{out}}/{{count}}/{{on}}/{{list}}',
        before: `pm.variables.set('out', ['count', 'on', 'list', 'box'].map((name) => typeof pm.environment.get(name)).join('-') + pm.environment.get('list').length + pm.environment.get('box').a);`,
      },
    ],
    environment: environment(value('count', 7), value('on', true), value('list', [1, 2]), value('box', { a: 1 })),
    received: ['GET /number-boolean-object-object21/7/true/1,2'],
  },
  {
    name: 'an environment as the API of Postman gives it, with an empty value',
    items: [
      { name: 'a', path: '/{{out}}x', before: `pm.variables.set('out', '[' + pm.environment.get('empty') + ']');` },
    ],
    environment: { environment: environment(value('empty', '')) },
    received: ['GET /[]x'],
  },
  {
    name: 'names that are put together in a loop',
    items: [
      {
        name: 'a',
        path: '/{{sum}}',
        before: `let sum = 0; for (let n = 1; n <= 3; n += 1) sum += Number(pm.variables.get('part ' + n));\npm.variables.set('sum', sum);`,
      },
    ],
    environment: environment(value('part 1', '1'), value('part 2', '2'), value('part 3', '4')),
    received: ['GET /7'],
  },
  {
    name: 'space around a value',
    items: [{ name: 'a', path: '/a', headers: { Authorization: '{{scheme}}x', 'X-Tail': '[{{tail}}]' } }],
    environment: environment(value('scheme', 'Bearer '), value('tail', ' t ')),
    received: ['GET /a Authorization: Bearer x X-Tail: [ t ]'],
  },
  {
    name: 'lines in a value',
    items: [{ name: 'a', method: 'POST', path: '/a', body: { mode: 'raw', raw: '{{privateKey}}' } }],
    environment: environment(value('privateKey', 'one\ntwo\tthree')),
    received: ['POST /a "one\\ntwo\\tthree"'],
  },
  {
    name: 'names of people',
    items: [{ name: 'a', path: '/{{user id}}/{{größe}}/{{a.b}}/{{x-y}}/{{1st}}' }],
    environment: environment(
      value('user id', '7'),
      value('größe', '8'),
      value('a.b', '9'),
      value('x-y', '10'),
      value('1st', '11'),
    ),
    received: ['GET /7/8/9/10/11'],
  },
  {
    name: 'a name of people that a script sets',
    items: [
      { name: 'a', path: '/a', after: `pm.environment.set('user id', 7); pm.collectionVariables.set('größe', 8);` },
      { name: 'b', path: '/{{user id}}/{{größe}}' },
    ],
    received: ['GET /a', 'GET /7/8'],
  },
  {
    name: 'variables in keys',
    items: [
      {
        name: 'form',
        method: 'POST',
        path: '/form?{{query}}=1',
        headers: { '{{headerName}}': '1' },
        body: { mode: 'urlencoded', urlencoded: [{ key: '{{a field}}', value: 'x' }] },
      },
      {
        name: 'json',
        method: 'POST',
        path: '/json',
        body: { mode: 'raw', raw: '{\n    "{{key}}": 1\n}', options: { raw: { language: 'json' } } },
      },
    ],
    environment: environment(
      value('a field', 'f1'),
      value('headerName', 'X-Made'),
      value('key', 'k1'),
      value('query', 'q1'),
    ),
    received: ['POST /form?q1=1 X-Made: 1 "f1=x"', 'POST /json "{\\n    \\"k1\\": 1\\n}"'],
  },
  {
    name: 'headers that a script adds',
    items: [
      {
        name: 'a',
        path: '/a',
        headers: { 'X-First': '1' },
        before: `pm.request.headers.add({ key: 'X-Added', value: pm.environment.get('added') });\npm.request.headers.upsert({ key: 'X-First', value: '{{second}}' });`,
      },
    ],
    environment: environment(value('added', 'a'), value('second', '2')),
    received: ['GET /a X-First: 2 X-Added: a'],
  },
];

const rows: ParityCase[] = [
  {
    name: 'the row and the number of an iteration',
    items: [
      {
        name: 'a',
        path: '/{{out}}/{{user}}',
        before: `pm.variables.set('out', [pm.iterationData.get('user'), data.user, pm.info.iteration, pm.info.iterationCount].join('-'));`,
      },
    ],
    data: 'user\nada\nbob\n',
    received: ['GET /ada-ada-0-2/ada', 'GET /bob-bob-1-2/bob'],
  },
  {
    name: 'the number of an iteration without data',
    items: [
      {
        name: 'a',
        path: '/{{out}}',
        before: `pm.variables.set('out', pm.info.iteration + '-' + pm.info.iterationCount + '-' + JSON.stringify(pm.iterationData.toObject()));`,
      },
    ],
    iterations: 2,
    received: ['GET /0-2-%7B%7D', 'GET /1-2-%7B%7D'].map(decodeURI),
  },
  {
    name: 'columns that only scripts read',
    items: [
      {
        name: 'a',
        path: '/{{user}}',
        after: `pm.test('status', () => pm.response.to.have.status(pm.iterationData.get('expected status')));`,
      },
    ],
    data: 'user,expected status\nada,200\nbob,404\n',
    received: ['GET /ada', 'GET /bob'],
    fails: true,
  },
  {
    name: 'numbers of a CSV file',
    items: [
      {
        name: 'a',
        path: '/{{out}}/{{n}}/{{quoted}}/{{zeros}}/{{decimal}}',
        before: `pm.variables.set('out', ['n', 'quoted', 'zeros', 'flag'].map((name) => typeof pm.iterationData.get(name)).join('-'));`,
      },
    ],
    data: 'n,quoted,zeros,decimal,flag\n5,"007",007,1.50,true\n',
    received: ['GET /number-string-number-string/5/007/7/1.5'],
  },
  {
    name: 'types of a JSON file',
    items: [
      {
        name: 'a',
        path: '/{{out}}/{{n}}/{{text}}/{{flag}}',
        before: `pm.variables.set('out', ['n', 'text', 'flag', 'list'].map((name) => typeof pm.iterationData.get(name)).join('-') + pm.iterationData.get('list')[1].x);`,
      },
    ],
    data: [{ n: 5, text: '05', flag: false, list: [1, { x: 'y' }] }],
    received: ['GET /number-string-boolean-objecty/5/05/false'],
  },
  {
    name: 'an empty cell',
    items: [
      {
        name: 'login',
        method: 'POST',
        path: '/login',
        body: { mode: 'raw', raw: '{"u":"{{user}}","p":"{{pass}}"}', options: { raw: { language: 'json' } } },
      },
    ],
    environment: environment(value('user', 'env-user'), value('pass', 'env-pass')),
    data: 'user,pass\nada,right\nada,\n',
    received: [
      'POST /login "{\\"u\\":\\"ada\\",\\"p\\":\\"right\\"}"',
      'POST /login "{\\"u\\":\\"ada\\",\\"p\\":\\"\\"}"',
    ],
  },
  {
    name: 'a cell that is empty in every row, and a key that a row lacks',
    items: [{ name: 'a', path: '/[{{pass}}]/[{{other}}]' }],
    environment: environment(value('other', 'env')),
    data: [{ pass: '', other: 'row' }, { pass: '' }],
    received: ['GET /[]/[row]', 'GET /[]/[env]'],
  },
];

const scopes: ParityCase[] = [
  {
    name: 'a variable of the collection that a script sets',
    variables: [{ key: 'item', value: 'stale' }],
    items: [
      { name: 'a', path: '/a/{{item}}', after: `pm.collectionVariables.set('item', 'fresh');` },
      { name: 'b', path: '/b/{{item}}' },
    ],
    received: ['GET /a/stale', 'GET /b/fresh'],
  },
  {
    name: 'a variable of the environment that hides one of the collection',
    variables: [{ key: 'item', value: 'collection' }],
    items: [
      { name: 'a', path: '/a/{{item}}', after: `pm.collectionVariables.set('item', 'fresh');` },
      { name: 'b', path: '/b/{{item}}', after: `pm.environment.unset('item');` },
      { name: 'c', path: '/c/{{item}}' },
    ],
    environment: environment(value('item', 'environment')),
    received: ['GET /a/environment', 'GET /b/environment', 'GET /c/fresh'],
  },
  {
    name: 'has, unset, and globals beneath',
    variables: [{ key: 'item', value: 'collection' }],
    items: [
      {
        name: 'a',
        path: '/a/{{item}}',
        before: `pm.globals.set('item', 'global');`,
        after: `pm.collectionVariables.unset('item');\npm.environment.set('left', [pm.collectionVariables.has('item'), pm.globals.has('item'), pm.environment.has('item'), pm.variables.has('item')].join('-'));`,
      },
      { name: 'b', path: '/b/{{item}}/{{left}}', after: `pm.globals.clear();` },
      { name: 'c', path: '/c/{{out}}', before: `pm.variables.set('out', pm.globals.has('item'));` },
    ],
    received: ['GET /a/collection', 'GET /b/global/false-true-false-true', 'GET /c/false'],
  },
  {
    name: 'a variable of the run, in all requests of an iteration',
    items: [
      { name: 'a', path: '/a', before: `pm.variables.set('mine', pm.info.iteration);` },
      { name: 'b', path: '/b/{{mine}}' },
    ],
    iterations: 2,
    received: ['GET /a', 'GET /b/0', 'GET /a', 'GET /b/1'],
  },
  {
    name: 'counters over iterations',
    variables: [{ key: 'n', value: '0' }],
    items: [
      {
        name: 'a',
        path: '/{{n}}/{{m}}/{{g}}',
        before: `pm.collectionVariables.set('n', Number(pm.collectionVariables.get('n')) + 1);\npm.environment.set('m', (pm.environment.get('m') || 0) + 2);\npm.globals.set('g', (pm.globals.get('g') || 0) + 3);`,
      },
    ],
    iterations: 3,
    received: ['GET /1/2/3', 'GET /2/4/6', 'GET /3/6/9'],
  },
  {
    name: 'types of variables of the collection',
    variables: [
      { key: 'n', value: 7, type: 'number' },
      { key: 'on', value: true, type: 'boolean' },
    ],
    items: [
      {
        name: 'a',
        path: '/{{out}}/{{n}}',
        before: `pm.variables.set('out', typeof pm.collectionVariables.get('n') + '-' + typeof pm.collectionVariables.get('on'));\npm.collectionVariables.set('n', pm.collectionVariables.get('n') + 1);\npm.collectionVariables.set('list', [1, 2]);`,
      },
      {
        name: 'b',
        path: '/{{out}}',
        before: `pm.variables.set('out', Array.isArray(pm.collectionVariables.get('list')));`,
      },
    ],
    received: ['GET /number-boolean/8', 'GET /true'],
  },
];

compareWays([...environments, ...rows, ...scopes], notYet);
