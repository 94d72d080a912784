import { describe, expect, test } from 'vitest';
import { inspectScript, type ScriptKind } from '../../../src/definition/script-facts.ts';

describe('variables that a script touches', () => {
  test.each<{ given: string; reads?: string[]; sets?: string[] }>([
    { given: "pm.environment.get('a')", reads: ['a'] },
    { given: 'pm.globals.get("a")', reads: ['a'] },
    { given: "pm.collectionVariables.has('a')", reads: ['a'] },
    { given: "pm.globals.has('a')", reads: ['a'] },
    { given: "pm['environment']['get']('a')", reads: ['a'] },
    { given: "pm.environment.set('a', pm.environment.get('b'))", reads: ['b'], sets: ['a'] },
    { given: "pm.variables.replaceIn('{{a}}-{{ b }}-{{$guid}}')", reads: ['a', 'b', '$guid'] },
    { given: "pm.environment.get('a') + pm.environment.get('a')", reads: ['a'] },
    { given: "const use = () => { if (true) pm.environment.set('a', 1); };", sets: ['a'] },
    { given: "pm.environment.unset('a')" },
    { given: 'pm.environment.get(name)' },
    { given: "pm.environment.get('a' + 'b')" },
    { given: "environment.get('a'); pm.get('a'); other.environment.get('a')" },
    { given: "// pm.environment.get('a')" },
    { given: "'{{a}}'" },
  ])('$given', ({ given, reads = [], sets = [] }) => {
    expect(inspectScript(given, 'script')).toEqual({ parsed: true, problems: [], reads, sets });
  });
});

describe('idioms that not every engine has are refused where they stand', () => {
  test.each<{ given: string; want: [number, number, RegExp][] }>([
    { given: 'Math.random()', want: [[1, 1, /^Math\.random is not a cryptographic source/]] },
    { given: 'const r = Math["random"];', want: [[1, 11, /^Math\.random/]] },
    {
      given: '\n  [1].map(Math.random);\nMath.random();',
      want: [
        [2, 11, /^Math/],
        [3, 1, /^Math/],
      ],
    },
    { given: "pm.require('npm:x')", want: [[1, 1, /^pm\.require exists in Postman only/]] },
    { given: "pm.variables.get('x')", want: [[1, 1, /^pm\.variables\.get does not see the environment in Bruno/]] },
    { given: "pm.variables.has('x')", want: [[1, 1, /^pm\.variables\.has does not see the environment in Bruno/]] },
    { given: "pm.vault.get('x')", want: [[1, 1, /^pm\.vault exists in Postman only/]] },
    { given: "fetch('https://example.com')", want: [[1, 1, /^fetch is not in every sandbox/]] },
    { given: 'Math.floor(1); math.random(); this.Math.random; random()', want: [] },
    { given: "pm.sendRequest('https://example.com'); pm.execution.skipRequest(); require('uuid')", want: [] },
    { given: "'Math.random()'; // Math.random()", want: [] },
  ])('$given', ({ given, want }) => {
    const { problems } = inspectScript(given, 'script');
    expect(problems.map(({ line, column }) => [line, column])).toEqual(want.map(([line, column]) => [line, column]));
    for (const [index, [, , message]] of want.entries()) expect(problems[index]?.message).toMatch(message);
  });
});

describe('a script that does not parse is told with its place and its reason', () => {
  test.each<{ given: string; kind?: ScriptKind; want: [number, number, string] }>([
    { given: 'const a = ;', want: [1, 11, 'the script does not parse: unexpected token'] },
    { given: 'a();\nb(;', want: [2, 3, 'the script does not parse: unexpected token'] },
    {
      given: 'const a = 1;\nconst a = 2;',
      want: [2, 7, "the script does not parse: identifier 'a' has already been declared"],
    },
    { given: 'return 1;', want: [1, 1, "the script does not parse: 'return' outside of function"] },
    {
      given: 'const a = await b;',
      want: [1, 17, 'await works only in an async function; not every engine waits for one'],
    },
    {
      given: 'return await b;',
      kind: 'body',
      want: [1, 14, 'await works only in an async function; not every engine waits for one'],
    },
    { given: 'a ||= b;', want: [1, 5, 'this syntax is newer than ECMAScript 2020, which not every engine has'] },
    {
      given: "import a from 'a';",
      want: [1, 1, 'import and export do not work in scripts; use require(…) of a built-in module'],
    },
  ])('$given', ({ given, kind = 'script', want: [line, column, message] }) => {
    expect(inspectScript(given, kind)).toEqual({
      parsed: false,
      problems: [{ line, column, message }],
      reads: [],
      sets: [],
    });
  });
});

test.each([
  'return 1;',
  "const { a } = pm.response.json();\nreturn a?.b ?? 'none';",
  'return (async () => await 1)();',
])('the body of a function may return: %s', (given) => {
  expect(inspectScript(given, 'body').problems).toEqual([]);
});
