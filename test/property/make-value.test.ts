import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prerequestScript } from '../../src/compile/scripts/step-scripts.ts';
import { makeValue } from '../../src/run/judge/make-value.ts';
import { variableText } from '../../src/run/judge/typed-value.ts';
import { slow } from '../slow.ts';
import { definitionOf, stepOf } from '../unit/compile/definitions.ts';
import { judgedCases } from './judged-steps.ts';
import { type Sandbox, startSandbox } from './postman-sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const key = fc.constantFrom(
  'one',
  'two',
  '7',
  'true',
  'null',
  '{{none}}',
  'constructor',
  '__proto__',
  "it's",
  'one-two',
  '',
);
const table = fc.record({
  of: fc.constantFrom('{{a}}', '{{b}}', '{{a}}-{{b}}', '{{ a }}', '{{none}}', 'one', 'constructor', '{{undeclared}}'),
  values: fc.dictionary(key, fc.constantFrom('x', "y's", '"', '</script>', '{{a}}'), { minKeys: 1 }),
});

test('makeValue finds what the compiled script finds in the sandbox of Postman, and refuses in the same words', {
  ...slow,
  timeout: 600_000,
}, async () => {
  const seen = { made: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(table, judgedCases, fc.boolean(), async (made, { state }, unlessSet) => {
      // Dynamic variables are for `lookUp` to make.
      fc.pre(!JSON.stringify(state).includes('$guid'));
      const entry = { variable: 'made', table: made, ...(unlessSet && { unlessSet }) };
      const step = stepOf('one', { generate: [entry] });
      const lines = prerequestScript(step, definitionOf([step]));
      // The words of a refusal are in the name of the check here, and nothing ends the script.
      const shown = lines
        .filter((line) => !line.includes('skipRequest'))
        .map((line) => line.replace("pm.test('every variable has a value'", "pm.test(problems.join('; ')"));
      const done = await sandbox.run('prerequest', shown, state, {});
      expect(done.errors).toEqual([]);
      const value = done.environment.filter(([name]) => name === 'made').map(([, text]) => text);
      const make = () => makeValue(entry, (name) => variableText(state, name));
      if (done.checks.length === 0) {
        expect([make()]).toEqual(value);
        seen.made += 1;
      } else {
        const [[message]] = done.checks as [[string, boolean]];
        expect(value).toEqual([]);
        expect(make).toThrow(new Error(message.replace('made cannot be made: ', '')));
        seen.refused += 1;
      }
    }),
    { numRuns: 150 },
  );
  expect(seen.made).toBeGreaterThan(15);
  expect(seen.refused).toBeGreaterThan(15);
});
