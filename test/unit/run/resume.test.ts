import { expect, it } from 'vitest';
import type { Step } from '../../../src/definition/definition.ts';
import { stepsToRepeat } from '../../../src/run/ledger/steps-to-repeat.ts';

const step = (id: string, sets: readonly string[], needs: readonly string[], creates = false) =>
  ({
    id,
    needs,
    generate: [],
    captures: sets.map((variable) => ({ variable })),
    ...(creates && { creates: { kind: id, id: 'x', name: 'x' } }),
  }) as unknown as Step;

const steps = {
  token: step('token', ['token'], []),
  create: step('create', ['thing', 'thingSecret'], ['token'], true),
  secret: step('secret', ['secret'], ['token', 'thing']),
  begin: step('begin', ['flow'], ['thing']),
  check: step('check', [], ['flow', 'password']),
  code: step('code', ['code'], ['flow']),
  exchange: step('exchange', ['result'], ['code', 'secret']),
};
type Name = keyof typeof steps;
const names = Object.keys(steps) as Name[];
const secret = ['token', 'thingSecret', 'secret', 'password', 'code'].map((name) => ({
  name,
  description: '',
  secret: true,
}));

it.each([
  { left: [], cookies: ['begin'], want: [], because: 'nothing is left' },
  { left: ['exchange'], cookies: [], want: ['secret', 'begin', 'check', 'code'], because: 'two secrets are needed' },
  {
    left: ['code', 'exchange'],
    cookies: ['begin', 'check'],
    want: ['secret', 'begin', 'check'],
    because: 'a cookie is needed',
  },
  { left: ['check', 'code'], cookies: [], want: [], because: 'nothing that is needed is secret' },
  { left: ['check', 'code', 'exchange'], cookies: ['begin'], want: ['secret', 'begin'], because: 'a cookie was set' },
  { left: ['begin', 'check', 'code', 'exchange'], cookies: [], want: ['secret'], because: 'a secret is needed' },
  { left: ['secret', 'begin'], cookies: [], want: [], because: 'the token is got anyway' },
] satisfies { left: Name[]; cookies: Name[]; want: Name[]; because: string }[])(
  'with $left left, repeats $want: $because',
  ({ left, cookies, want }) => {
    const passed = names
      .filter((name) => !(left as Name[]).includes(name))
      .map((name) => ({
        kind: 'passed' as const,
        at: '',
        step: name,
        cookies: (cookies as Name[]).includes(name),
        values: {},
      }));
    const repeated = stepsToRepeat(
      { steps: Object.values(steps), variables: secret },
      { passed },
      left.map((name) => steps[name]),
      steps.token,
    );
    expect(repeated.map(({ id }) => id)).toEqual(want);
  },
);

it('never repeats what creates something, although its secret is needed', () => {
  const passed = [{ kind: 'passed' as const, at: '', step: 'create', values: {} }];
  const left = [step('last', [], ['thingSecret'])];
  expect(stepsToRepeat({ steps: [steps.create, ...left], variables: secret }, { passed }, left, undefined)).toEqual([]);
});
