import fc from 'fast-check';
import type { ClaimCheck, Step } from '../../src/definition/definition.ts';
import type { ChoiceSource, ConditionSource } from '../../src/definition/schema.ts';

/** Steps that choose items of lists, and the lists. */

export function withoutUndefined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

const flag = fc.constantFrom(undefined, undefined, true);

/** Times that are far from now, so that it does not matter when a script runs. */
const times = fc.constantFrom<unknown>(
  '2020-01-01T00:00:00Z',
  '2999-01-01',
  '2020-13-45',
  '2020',
  'one',
  1e9,
  1e11,
  true,
  0,
);
const itemPointer = fc.constantFrom(
  '/id',
  '/name',
  '/n',
  '/m',
  '/when',
  '/in/list',
  '/a~1b~0c',
  '/length',
  '/in/0',
  '',
);
const itemText = fc.constantFrom('one', 'constructor', 'two', '{{a}}', '{{b}}', '{{none}}', '{{a}}-{{b}}', '7');
const modifiers = fc.record({
  writtenAs: fc.constantFrom(undefined, undefined, { one: 'two' }, { two: 'one', '{{none}}': 'one', 7: '8' }),
  ifSet: flag,
});
const asked: fc.Arbitrary<ConditionSource> = fc.oneof(
  fc.record({
    is: fc.oneof(
      itemText,
      fc.constantFrom<NonNullable<ConditionSource['is']>>(7, true, ['one', 7], ['two', 'one'], ['{{none}}', 'two']),
    ),
  }),
  fc.record({ has: fc.oneof(itemText, fc.constantFrom(7, 'one')) }),
  fc.record({ endsWith: itemText }),
);
/** Conditions of texts, as claims have them, too. */
const condition = fc
  .tuple(asked, modifiers)
  .map((both) => withoutUndefined(Object.assign({}, ...both)) as ConditionSource);
const plainCondition: fc.Arbitrary<ConditionSource> = fc.constantFrom(
  { atLeast: 1 },
  { atLeast: 7 },
  { past: true },
  { future: true },
);
const amount = fc
  .record({ value: fc.oneof(fc.constant('/n'), itemPointer), minus: fc.constantFrom(undefined, '/m', '/n', '/in') })
  .map((made) => withoutUndefined(made) as { value: string });
const both = (one: fc.Arbitrary<object>, other: fc.Arbitrary<object>) =>
  fc.tuple(one, other).map((parts) => Object.assign({}, ...parts) as NonNullable<ChoiceSource['where']>[number]);
/** Conditions that hold of many items. */
const likely = fc.constantFrom<NonNullable<ChoiceSource['where']>[number]>(
  { value: '/in/list', has: 'one' },
  { value: '/in/list', has: 'two' },
  { value: '/name', has: 'one' },
  { value: '/id', endsWith: 'two' },
  { value: '/n', is: ['7', 7] },
  { value: '/n', is: '7' },
  { value: '/n', minus: '/n', atLeast: -5 },
  { value: '/id', endsWith: 'one' },
  { value: '/id', is: ['one', '{{none}}'], ifSet: true },
);
const choice: fc.Arbitrary<ChoiceSource> = fc
  .record({
    from: fc.constantFrom('/list', '/list', '/list', '', '/id', '/none', '/a~1b~0c'),
    take: fc.constantFrom('/id', '/id', '/id', '/n', '', '/in'),
    name: fc.constantFrom(undefined, '/name', '/name', '/in', '/n'),
    where: fc.option(
      fc.array(
        fc.oneof(
          both(fc.record({ value: itemPointer }), fc.oneof(condition, plainCondition)),
          likely,
          both(amount, fc.constantFrom({ atLeast: 1 }, { atLeast: -5 })),
          both(fc.constant({ value: '/when' }), plainCondition),
        ),
        { maxLength: 2 },
      ),
      { nil: undefined },
    ),
    most: fc.option(amount, { nil: undefined }),
  })
  .map((made) => withoutUndefined(made) as ChoiceSource);

/** An item as it should be, more or less: parts are missing, numbers are texts, or it is no object at all. */
const part = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(undefined, 'one', 'two', 7, 0, Number.POSITIVE_INFINITY) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>('7', '', null, true, [1], {}, { toString: 1, valueOf: 1 }) },
);
const item = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        id: fc.oneof({ weight: 4, arbitrary: fc.constantFrom<unknown>('one', 'two', 'one-two', 7, 'true') }, part),
        name: part,
        n: fc.oneof(
          { weight: 4, arbitrary: fc.integer({ min: 0, max: 9 }) },
          part,
          fc.constant(Number.POSITIVE_INFINITY),
        ),
        m: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 9 }) }, part),
        when: times,
        in: fc.oneof(
          fc.record({
            list: fc.oneof(
              part,
              fc.constantFrom([['one']], ['two', 'one'], ['one', 7]),
              fc.array(part, { maxLength: 2 }),
            ),
          }),
          part,
        ),
        'a/b~c': fc.oneof(part, fc.constant([{ id: 'one' }, { id: 'two' }])),
      })
      .map(withoutUndefined),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 7, 'one', [], ['one'], {}, true) },
);
const list = fc.oneof({ weight: 9, arbitrary: fc.array(item, { maxLength: 4 }) }, { weight: 1, arbitrary: item });

const claimCheck: fc.Arbitrary<ClaimCheck> = fc.oneof(
  fc.record({
    pointer: fc.constantFrom('/token', '/token', '/token', '/id', '/none', '', '/list/0/id'),
    claim: fc.constantFrom('id', 'name', 'n', 'a/b~c', 'constructor', 'length', 'none'),
    condition: fc.oneof(condition, plainCondition),
  }),
  likely.map(({ value, minus: _, ...asked }) => ({
    pointer: '/token',
    claim: value === '/in/list' ? 'aud' : value.slice(1),
    condition: asked,
  })),
  plainCondition.map((asked) => ({ pointer: '/token', claim: 'when', condition: asked })),
);
const ownToken = item.map((data) => {
  const claims = { ...Object(data), aud: Object(Object(data).in).list };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
});

/** A body with a list and a token, captures that choose from the list, and what claims of the token must be. */
export const choosing = (names: readonly string[], token: fc.Arbitrary<string>) =>
  fc.record({
    body: fc.record({ list, id: part, token: fc.oneof(ownToken, ownToken, ownToken, token) }),
    claims: fc.uniqueArray(claimCheck, { maxLength: 2, selector: ({ pointer, claim }) => `${pointer} ${claim}` }),
    captures: fc.uniqueArray(
      fc
        .record({ variable: fc.constantFrom(...names), choose: choice, unlessSet: flag, optional: flag })
        .map((made) => withoutUndefined(made) as Step['captures'][number]),
      { maxLength: 2, selector: (capture) => capture.variable },
    ),
  });
