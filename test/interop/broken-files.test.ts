import { describe, expect, it } from 'vitest';
import { verifyAgainst, verifyCollection, verifyEnvironment } from '../../src/compile/verify.ts';
import { committedCollections, committedEnvironments } from './committed.ts';

/** A collection as plain data that a test may damage. */
// biome-ignore lint/suspicious/noExplicitAny: what is damaged has any shape
type Damageable = any;

const [committed] = committedCollections;
if (!committed) throw new Error('there is no committed collection');
const { definition } = committed;

function damaged(damage: (collection: Damageable) => void): unknown {
  const collection = JSON.parse(committed?.text ?? '');
  damage(collection);
  return collection;
}

/** The request of a step, by its number. */
const item = (collection: Damageable, step: number) => collection.item[0].item[step - 1];
const testScript = (collection: Damageable, step: number) =>
  item(collection, step).event.find(({ listen }: Damageable) => listen === 'test').script;

describe('a collection that a tool would refuse, or run in another way, is caught', () => {
  it.each<{ what: string; damage: (collection: Damageable) => void; want: readonly string[] }>([
    {
      what: 'without the name of its schema',
      damage: (collection) => delete collection.info.schema,
      want: ["/info/schema: expected the schema of Postman's format v2.1.0, but it is missing"],
    },
    {
      what: 'of the format v2.0',
      damage: (collection) => {
        collection.info.schema = 'https://schema.getpostman.com/json/collection/v2.0.0/collection.json';
      },
      want: [
        '/info/schema: expected the schema of Postman\'s format v2.1.0, but it is "https://schema.getpostman.com/json/collection/v2.0.0/collection.json"',
      ],
    },
    {
      what: 'without a name',
      damage: (collection) => {
        collection.info.name = '';
      },
      want: ['/info/name: the collection has no name'],
    },
    {
      what: 'with authorization in the form of v2.0',
      damage: (collection) => {
        item(collection, 1).request.auth = { type: 'basic', basic: { username: 'a', password: 'b' } };
      },
      want: ['/item/0/item/0/request/auth/basic: expected authorization in the list form of v2.1'],
    },
    {
      what: 'with authorization of another type than it says',
      damage: (collection) => {
        collection.auth.type = 'basic';
      },
      want: ['/auth: the authorization is of the type "basic", but holds bearer'],
    },
    {
      what: 'with another host in the raw address',
      damage: (collection) => {
        item(collection, 3).request.url.raw = '{{authPath}}/v1/environments';
      },
      want: [
        '/item/0/item/2/request/url/raw: the raw address is {{authPath}}/v1/environments, but its parts say {{apiPath}}/v1/environments',
      ],
    },
    {
      what: 'without a raw address',
      damage: (collection) => delete item(collection, 3).request.url.raw,
      want: ['/item/0/item/2/request/url: the address has no raw text'],
    },
    {
      what: 'with a JSON body of another content type',
      damage: (collection) => {
        item(collection, 3).request.header[0].value = 'text/plain';
      },
      want: ['/item/0/item/2/request/header: the body is JSON, but its content type is "text/plain"'],
    },
    {
      what: 'with a raw body of no language',
      damage: (collection) => delete item(collection, 3).request.body.options,
      want: ['/item/0/item/2/request/body: a raw body names its language, json or text, but it is missing'],
    },
    {
      what: 'with a script that does not parse',
      damage: (collection) => testScript(collection, 4).exec.push('if ('),
      want: [
        expect.stringMatching(/^\/item\/0\/item\/3\/event\/1\/script\/exec: the script does not parse: /),
        '/item/0/item/3/event: the request "Step 4: Create a population" checks nothing',
      ] as never,
    },
    {
      what: 'with a script whose checks were removed',
      damage: (collection) => {
        testScript(collection, 4).exec = ['// nothing to see here'];
      },
      want: ['/item/0/item/3/event: the request "Step 4: Create a population" checks nothing'],
    },
    {
      what: 'without test scripts',
      damage: (collection) => item(collection, 6).event.pop(),
      want: ['/item/0/item/5/event: the request "Step 6: Set the user password" checks nothing'],
    },
    {
      what: 'with a script that is one text',
      damage: (collection) => {
        testScript(collection, 6).exec = "pm.test('status is 200', () => {});";
      },
      want: [
        '/item/0/item/5/event/1/script: the script is not a list of lines',
        '/item/0/item/5/event: the request "Step 6: Set the user password" checks nothing',
      ],
    },
    {
      what: 'with a script of no type',
      damage: (collection) => delete testScript(collection, 6).type,
      want: ['/item/0/item/5/event/1/script: the script is of the type missing'],
    },
    {
      what: 'with a name twice',
      damage: (collection) => {
        item(collection, 2).name = item(collection, 1).name;
      },
      want: ['/item/0/item/1/name: the name "Step 1: Get an access token" is there twice'],
    },
    {
      what: 'with an id twice',
      damage: (collection) => {
        item(collection, 2).id = 'one';
        item(collection, 1).id = 'one';
      },
      want: ['/item/0/item/1/id: the id "one" is there twice'],
    },
    {
      what: 'with a secret variable',
      damage: (collection) => {
        collection.variable[1].type = 'secret';
      },
      want: ['/variable/1: the variable "email" is of the type "secret", not "string"'],
    },
    {
      what: 'with a variable that is a number',
      damage: (collection) => {
        collection.variable[1].value = 7;
      },
      want: ['/variable/1: the variable "email" has no value that is a text'],
    },
    {
      what: 'without requests',
      damage: (collection) => {
        collection.item = [];
      },
      want: ['/item: the collection has no request'],
    },
  ])('$what', ({ damage, want }) => {
    expect(verifyCollection(damaged(damage)).map(({ at, message }) => `${at}: ${message}`)).toEqual(want);
  });

  it.each([
    'pm.variables.get',
    'pm.variables.has',
    'pm.response.to.be.json',
    'pm.info.eventName',
    'pm.request.auth',
    'pm.execution.location',
    'pm.require',
    'pm.vault.get',
    'pm.sendRequest',
    'pm.globals.set',
    "pm['visualizer'].set",
  ])('with the idiom %s, which not every tool has', (idiom) => {
    const collection = damaged((copy) => testScript(copy, 6).exec.push(`${idiom}('x');`));
    expect(verifyCollection(collection)).toEqual([
      {
        at: '/item/0/item/5/event/1/script/exec',
        message: `${idiom.replace("['visualizer']", '.visualizer')} does not work in every engine`,
      },
    ]);
  });

  it.each(['atob', 'crypto-js', 'npm:x'])('with the module %s, which not every tool has', (name) => {
    const collection = damaged((copy) => testScript(copy, 6).exec.push(`require('${name}');`));
    expect(verifyCollection(collection)[0]?.message).toBe(
      `require("${name}") is not in every engine; expected one of ajv, uuid, lodash`,
    );
  });

  it.each([undefined, null, 1, 'text', [], {}, { item: [null, 7, {}] }, { item: { request: 1 }, event: 'x', auth: 7 }])(
    'when it is %j',
    (collection) => {
      expect(verifyCollection(collection).length).toBeGreaterThan(1);
    },
  );
});

describe('a collection that is not what its definition compiles to is caught', () => {
  const stale = 'this is not what the definition compiles to';

  it.each<{ what: string; damage: (collection: Damageable) => void; want: readonly string[] }>([
    {
      what: 'with a capture lost',
      damage: (collection) => {
        const script = testScript(collection, 3);
        const start = script.exec.findIndex((line: string) => line.includes('captures envID'));
        script.exec.splice(start, 6);
      },
      want: [
        '/item/0/item/2/event: "Step 3: Create an environment" does not check that captures envID',
        expect.stringMatching(new RegExp(`^/item/0/item/2/event/1/script/exec/\\d+: ${stale}$`)),
      ] as never,
    },
    {
      what: 'with the status check removed',
      damage: (collection) => {
        const script = testScript(collection, 6);
        const start = script.exec.findIndex((line: string) => line.includes('status is 200'));
        script.exec.splice(start, 3);
      },
      want: [
        '/item/0/item/5/event: "Step 6: Set the user password" does not check that status is 200',
        expect.stringMatching(new RegExp(`^/item/0/item/5/event/1/script/exec/\\d+: ${stale}$`)),
      ] as never,
    },
    {
      what: 'with another JSON content type',
      damage: (collection) => {
        item(collection, 6).request.header[0].value = 'application/json';
      },
      want: [`/item/0/item/5/request/header/0/value: ${stale}`],
    },
    {
      what: 'with a request removed',
      damage: (collection) => collection.item[0].item.pop(),
      want: ['/item: the request "Step 6: Set the user password" is missing', `/item/0/item/5: ${stale}`],
    },
    {
      what: 'with a variable too many',
      damage: (collection) => collection.variable.push({ key: 'more', value: '', type: 'string' }),
      want: [`/variable/5: ${stale}`],
    },
  ])('$what', ({ damage, want }) => {
    expect(verifyAgainst(damaged(damage), definition).map(({ at, message }) => `${at}: ${message}`)).toEqual(want);
  });
});

describe('an environment that a tool would refuse or lose is caught', () => {
  const [environment] = committedEnvironments;

  it.each<{ what: string; damage: (environment: Damageable) => void; want: readonly string[] }>([
    {
      what: 'with a value without its type',
      damage: ({ values }) => delete values[2].type,
      want: ['/values/2: the value "apiPath" has no type that is a text'],
    },
    {
      what: 'with a value that is a number',
      damage: ({ values }) => {
        values[2].value = 8642;
      },
      want: ['/values/2: the value "apiPath" has no value that is a text'],
    },
    {
      what: 'with a value without a key',
      damage: ({ values }) => delete values[2].key,
      want: ['/values/2: the value missing has no key that is a text'],
    },
    {
      what: 'with a key twice',
      damage: ({ values }) => {
        values[2].key = values[1].key;
      },
      want: ['/values/2/key: the key "authPath" is there twice'],
    },
    {
      what: 'without a name',
      damage: (copy) => delete copy.name,
      want: ['/name: the environment has no name'],
    },
    {
      what: 'that is one of globals',
      damage: (copy) => {
        copy._postman_variable_scope = 'globals';
      },
      want: ['/_postman_variable_scope: expected "environment", but it is "globals"'],
    },
    {
      what: 'without values',
      damage: (copy) => {
        copy.values = [];
      },
      want: ['/values: the environment has no values'],
    },
  ])('$what', ({ damage, want }) => {
    const copy = JSON.parse(environment?.text ?? '');
    damage(copy);
    expect(verifyEnvironment(copy).map(({ at, message }) => `${at}: ${message}`)).toEqual(want);
  });
});
