/** Collections as Postman 12 and people keep them: files by their paths in the folder of the collection. */

export type Folder = Readonly<Record<string, string>>;

const request = (name: string, more = '', order = 1000): string =>
  `$kind: http-request\nname: ${name}\nurl: "{{base}}/${name.toLowerCase()}"\nmethod: GET\n${more}order: ${order}\n`;

const definition = (name: string, more = ''): string =>
  `$kind: collection\nid: 6f1b7c1e-93a4-4b6c-9a50-0d2f8f0f7c11\nname: ${name}\nvariables:\n  base: http://127.0.0.1:1\n${more}`;

const at = '.resources/definition.yaml';

export const foreignFolders: Readonly<Record<string, Folder>> = {
  'one request': { [at]: definition('One'), 'List.request.yaml': request('List') },
  'folders in folders, in an order of their own': {
    [at]: definition('Nested'),
    'B/.resources/definition.yaml': '$kind: collection\norder: 1000\n',
    'B/Deep/.resources/definition.yaml': '$kind: collection\ndescription: Deep within.\norder: 2000\n',
    'B/Deep/Last.request.yaml': request('Last'),
    'B/First.request.yaml': request('First'),
    'A.request.yaml': request('A', '', 2000),
  },
  'scripts of requests, folders and the collection': {
    [at]: definition(
      'Scripts',
      "scripts:\n  - type: http:beforeRequest\n    code: |-\n      // for all\n      pm.variables.set('a', 1);\n    language: text/javascript\n",
    ),
    'In/.resources/definition.yaml':
      "$kind: collection\nscripts:\n  - type: http:afterResponse\n    code: pm.test('ok', () => pm.response.to.be.ok);\n    language: text/javascript\norder: 1000\n",
    'In/Run.request.yaml': request(
      'Run',
      "scripts:\n  - type: beforeRequest\n    code: console.log('before');\n    language: text/javascript\n  - type: afterResponse\n    code: |-\n      const body = pm.response.json();\n\n      pm.environment.set('id', body.id);\n    language: text/javascript\n",
    ),
  },
  'authorization of every level': {
    [at]: definition(
      'Auth',
      'auth:\n  - id: one\n    type: bearer\n    name: bearer auth\n    credentials:\n      token: "{{token}}"\n',
    ),
    'Key.request.yaml': request(
      'Key',
      'auth:\n  type: apikey\n  credentials:\n    key: X-Key\n    value: "{{key}}"\n    in: header\n',
    ),
    'None.request.yaml': request('None', 'auth:\n  type: noauth\n', 2000),
    'Basic.request.yaml': request(
      'Basic',
      'auth:\n  type: basic\n  credentials:\n    username: me\n    password: "{{password}}"\n',
      3000,
    ),
  },
  'bodies of every kind': {
    [at]: definition('Bodies'),
    'Json.request.yaml': request('Json', 'body:\n  type: json\n  content: |-\n    {\n        "a": 1\n    }\n'),
    'Form.request.yaml': request('Form', 'body:\n  type: urlencoded\n  content:\n    a: "1"\n    b: two\n', 2000),
    'Text.request.yaml': request('Text', 'body:\n  type: text\n  content: |\n    one\n    two\n', 3000),
    'Parts.request.yaml': request(
      'Parts',
      'body:\n  type: formdata\n  content:\n    - type: text\n      key: a\n      value: "1"\n    - type: file\n      key: f\n      src: a.txt\n',
      4000,
    ),
  },
  'parameters, some switched off': {
    [at]: definition('Parameters'),
    'Query.request.yaml':
      '$kind: http-request\nname: Query\nurl: "{{base}}/q?a=1"\nmethod: GET\nheaders:\n  - key: X-On\n    value: "1"\n  - key: X-Off\n    value: "2"\n    disabled: true\nqueryParams:\n  - key: a\n    value: "1"\n  - key: b\n    value: "2"\n    disabled: true\n    description: Not now.\norder: 1000\n',
    'Path.request.yaml':
      '$kind: http-request\nname: Path\nurl: "{{base}}/things/:id"\nmethod: DELETE\npathVariables:\n  id: "42"\norder: 2000\n',
  },
  'saved examples': {
    [at]: definition('Examples'),
    'Get.request.yaml': request('Get', 'examples: ./.resources/Get.resources/examples\n'),
    '.resources/Get.resources/examples/Good.example.yaml':
      '$kind: http-example\nname: Good\nrequest:\n  url: "{{base}}/get"\n  method: GET\nresponse:\n  statusCode: 200\n  statusText: OK\n  headers:\n    Content-Type: application/json\n  body:\n    type: json\n    content: \'{"a": 1}\'\norder: 1000\n',
    '.resources/Get.resources/examples/Gone.example.yaml':
      '$kind: http-example\nname: Gone\nrequest:\n  url: "{{base}}/get"\n  method: GET\nresponse:\n  statusCode: 404\n  statusText: Not Found\n  body:\n    type: text\n    content: ""\norder: 2000\n',
  },
  'settings of a request': {
    [at]: definition('Settings'),
    'Stay.request.yaml': request(
      'Stay',
      'settings:\n  followRedirects: false\n  disabledSystemHeaders:\n    - accept\n',
    ),
  },
  GraphQL: {
    [at]: definition('Graph'),
    'Ask.request.yaml':
      '$kind: graphql-request\nname: Ask\nurl: "{{base}}/graphql"\nmethod: POST\nquery: "{ thing { name } }"\nvariables: "{}"\norder: 1000\n',
  },
  'names that files cannot have, and texts in every layout': {
    [at]: definition('"Odd: names"', 'description: >-\n  Folded\n  text.\n'),
    'A-B.request.yaml':
      "# by hand\n$kind: http-request\nname: A/B\ndescription: 'It''s'\nurl: '{{base}}/a'\nmethod: GET\norder: 1000\n",
    'Ünïcödé 🙂.request.yaml': '$kind: http-request\nurl: "{{base}}/u"\nmethod: PATCH\norder: 2000\n',
  },
};
