import { describe, expect, it } from 'vitest';
import { type CaseOutcome, disagreements } from '../../scripts/interop/agreement.ts';
import { conversionLosses } from '../../scripts/interop/bruno-conversion.ts';
import {
  beginMark,
  type CaseResult,
  detailTables,
  endMark,
  overviewTable,
  withTables,
} from '../../scripts/interop/table.ts';
import { type Verdict, verdictsOf } from '../../scripts/interop/verdict.ts';
import { witnessOf } from '../../scripts/interop/witness.ts';
import { clientOf, createEnvironment, createUser, setPassword } from '../simulator/support.ts';

const verdicts: Readonly<Record<string, Verdict>> = { '✓': 'passed', '✗': 'failed', '–': 'not-reached' };

/** What a tool made of a case, written as in the tables. */
function outcome(tool: string, steps: string, more: Partial<CaseOutcome> = {}): CaseOutcome {
  const made = [...steps].map((mark, index) => ({ id: `step-${index}`, verdict: verdicts[mark] ?? 'failed' }));
  return {
    tool,
    verdict: { tool, version: '1', steps: made },
    created: [],
    createdTwice: [],
    notFilledIn: [],
    ...more,
  };
}

describe('tools agree on a case', () => {
  const failing = { name: 'a fault', fails: { step: 2, isSent: true } };

  it('when all say the same of every step, and that is what was provoked', () => {
    expect(disagreements({ name: 'happy' }, [outcome('a', '✓✓✓'), outcome('b', '✓✓✓')])).toEqual([]);
    expect(disagreements(failing, [outcome('a', '✓✗–'), outcome('b', '✓✗–')])).toEqual([]);
  });

  it.each<{ what: string; outcomes: readonly CaseOutcome[]; want: readonly string[] }>([
    {
      what: 'another step fails',
      outcomes: [outcome('a', '✓✗–'), outcome('b', '✗––')],
      want: ['b, a fault: ✗–– is not what was provoked', 'b, a fault: ✗––, but a says ✓✗–'],
    },
    {
      what: 'a step after it is sent',
      outcomes: [outcome('a', '✓✗–'), outcome('b', '✓✗✗')],
      want: ['b, a fault: ✓✗✗, but a says ✓✗–'],
    },
    {
      what: 'all pass',
      outcomes: [outcome('a', '✓✓✓'), outcome('b', '✓✓✓')],
      want: ['a, a fault: ✓✓✓ is not what was provoked', 'b, a fault: ✓✓✓ is not what was provoked'],
    },
    {
      what: 'the request of the step that fails is not sent',
      outcomes: [outcome('a', '✓––')],
      want: ['a, a fault: ✓–– is not what was provoked'],
    },
    {
      what: 'something else is left',
      outcomes: [outcome('a', '✓✗–', { created: ['environment'] }), outcome('b', '✓✗–')],
      want: ['b, a fault: it left nothing, but a environment'],
    },
    {
      what: 'something is created twice',
      outcomes: [outcome('a', '✓✗–', { createdTwice: ['user x'] })],
      want: ['a, a fault: it created user x twice'],
    },
    {
      what: 'a name holds a variable',
      outcomes: [outcome('a', '✓✗–', { notFilledIn: ['user x-{{runID}}'] })],
      want: ['a, a fault: it did not fill in the name of user x-{{runID}}'],
    },
    {
      what: 'a tool could not be run',
      outcomes: [
        outcome('a', '✓✗–'),
        { tool: 'b', error: 'no report was written', created: [], createdTwice: [], notFilledIn: [] },
      ],
      want: ['b, a fault: no report was written'],
    },
  ])('not when $what', ({ outcomes, want }) => {
    expect(disagreements(failing, outcomes)).toEqual(want);
  });
});

describe('a step', () => {
  const steps = [{ id: 'one', name: 'One' }];
  const report = { name: 'One', isSent: true, held: ['status is 200'], broken: [] };

  it.each<{ reports: Parameters<typeof verdictsOf>[1]; want: Verdict }>([
    { reports: [report], want: 'passed' },
    { reports: [{ ...report, held: [] }], want: 'failed' },
    { reports: [{ ...report, broken: ['captures id'] }], want: 'failed' },
    { reports: [report, { ...report, held: [], broken: ['ECONNRESET'] }], want: 'failed' },
    { reports: [{ ...report, isSent: false, held: [], broken: ['every variable has a value'] }], want: 'not-reached' },
    { reports: [{ ...report, name: 'Two' }], want: 'not-reached' },
    { reports: [], want: 'not-reached' },
  ])('of $reports is $want', ({ reports, want }) => {
    expect(verdictsOf(steps, reports)).toEqual([{ id: 'one', verdict: want }]);
  });
});

describe('a conversion to Bruno', () => {
  const source = {
    auth: { type: 'bearer' },
    variable: [{ key: 'email' }],
    event: [{ listen: 'prerequest' }],
    item: [
      {
        name: 'Get',
        request: { method: 'GET', url: { raw: '{{host}}' }, header: [{}], auth: { type: 'noauth' } },
        event: [{ listen: 'test' }],
        response: [{}],
      },
    ],
  };
  const request = {
    method: 'GET',
    url: '{{host}}',
    headers: [{}],
    auth: { mode: 'none' },
    body: { mode: 'none' },
    script: { res: 'test()' },
  };
  const item = { name: 'Get', type: 'http-request', request, examples: [{}] };
  const root = { request: { auth: { mode: 'bearer' }, vars: { req: [{ name: 'email' }] }, script: { req: 'x' } } };

  it('is whole when everything is there', () => {
    expect(conversionLosses(source, { root, items: [item] })).toEqual([]);
  });

  it('is not when anything is lost, changed or untranslated', () => {
    const script = { res: 'pm.info.eventName' };
    const changed = { ...item, request: { ...request, url: '{{other}}', headers: [], script } };
    const bare = { request: { auth: { mode: 'none' } } };
    expect(conversionLosses(source, { root: bare, items: [changed] })).toEqual([
      'lost: authorization of the collection: bearer',
      'lost: prerequest script of the collection',
      'lost: variable email',
      'lost: request Get: GET {{host}}',
      'lost: 1 headers of Get',
      'new: authorization of the collection: none',
      'new: request Get: GET {{other}}',
      'new: 0 headers of Get',
      'pm.info.eventName in Get is not translated',
    ]);
  });
});

describe('the tables', () => {
  it('show each tool and case, and name what does not agree', () => {
    const outcomes = [outcome('a', '✓✓', { created: ['user'] }), outcome('b', '✓✗')];
    const result = { name: 'Some', steps: [{ name: 'One' }, { name: 'Two' }], tools: ['a', 'b', 'c'] };
    const cases = [
      {
        name: 'happy',
        outcomes,
        disagreements: disagreements({ name: 'happy' }, outcomes),
        notIn: { c: 'it has no scripts' },
      },
    ];
    expect(detailTables([{ ...result, cases }], '2026-01-02').split('\n')).toEqual([
      '**Some**, 2026-01-02, 2 steps, 1 case',
      '',
      '| tool | version | 1 | 2 | cases in agreement |',
      '| --- | --- | --- | --- | --- |',
      '| a | 1 | passed | passed | 1 of 1 |',
      '| b | 1 | passed | failed | 0 of 1 |',
      '',
      '| case | a | b | c | left in the simulator | agreed |',
      '| --- | --- | --- | --- | --- | --- |',
      '| happy | ✓✓ | ✓✗ | (1) | user | **no** |',
      '',
      '1. c: it has no scripts',
      '',
      '* b, happy: ✓✗ is not what was provoked',
      '* b, happy: ✓✗, but a says ✓✓',
      '* b, happy: it left nothing, but a user',
    ]);
  });

  it('show for each tool and collection how often it agrees, and leave open where it takes no part', () => {
    const outcomes = [outcome('a', '✓✓'), outcome('b', '✓✗')];
    const happy = { name: 'happy', outcomes, disagreements: disagreements({ name: 'happy' }, outcomes), notIn: {} };
    const alone = {
      name: 'alone',
      outcomes: outcomes.slice(0, 1),
      disagreements: [],
      notIn: { b: 'it has no scripts' },
    };
    const of = (name: string, cases: CaseResult[]) => ({ name, steps: [], tools: ['a', 'b'], cases });
    expect(overviewTable([of('One', [happy, alone]), of('Two', [alone])], '2026-01-02').split('\n')).toEqual([
      'Cases in agreement, of those that a tool can carry out, on 2026-01-02:',
      '',
      '| tool | version | One | Two |',
      '| --- | --- | --- | --- |',
      '| a | 1 | 2 of 2 | 1 of 1 |',
      '| b | 1 | 0 of 1 | – |',
    ]);
  });

  it('go between the marks of a document, and nowhere else', () => {
    expect(withTables(`a\n${beginMark}\n\nold\n${endMark}\nb\n`, 'new')).toBe(
      `a\n${beginMark}\n\nnew\n\n${endMark}\nb\n`,
    );
    expect(() => withTables(`a\n${endMark}`, 'new')).toThrow(beginMark);
  });
});

describe('the witness', () => {
  it('tells what was created after the earlier entries, which user has a password, what was created twice, and what with a hole in its name', async () => {
    const client = await clientOf();
    const { simulator } = client;
    const user = await createUser(client);
    expect(witnessOf(simulator)).toEqual({ created: ['environment', 'user'], createdTwice: [], notFilledIn: [] });
    await setPassword(client, user, { value: 'Correct-Horse-17-Battery', forceChange: false });
    expect(witnessOf(simulator).created).toEqual(['environment', 'user', 'password']);
    await createEnvironment(client, { name: 'x-20260102T030405-0123abcd' });
    await createEnvironment(client, { name: 'x-20260102T030406-89abcdef' });
    await createEnvironment(client, { name: 'y-{{runID}}' });
    expect(witnessOf(simulator, 2)).toEqual({
      created: ['environment', 'environment', 'environment'],
      createdTwice: ['environment x'],
      notFilledIn: ['environment y-{{runID}}'],
    });
  });
});
