import { PostmanValidator } from '@har-sdk/validator';
import { describe, expect, it } from 'vitest';
import { verifyAgainst, verifyCollection, verifyEnvironment } from '../../src/compile/verify.ts';
import { committedCollections, committedEnvironments } from './committed.ts';

/** Compiles Postman's schema once for all tests. */
const validator = new PostmanValidator();

it('there are committed collections and environments', () => {
  expect(committedCollections.map(({ name }) => name)).toContain('create-a-test-environment');
  expect(committedEnvironments.length).toBeGreaterThan(1);
});

describe.each(committedCollections)('the committed collection $name', ({ definition, text }) => {
  it("satisfies Postman's own schema of the format v2.1.0", async () => {
    expect(await validator.verify(JSON.parse(text) as never)).toEqual([]);
  });

  it('holds nothing that a tool would refuse, or run in another way', () => {
    expect(verifyCollection(JSON.parse(text))).toEqual([]);
  });

  it('is what its definition compiles to', () => {
    expect(verifyAgainst(JSON.parse(text), definition)).toEqual([]);
  });
});

describe.each(committedEnvironments)('the committed environment $name', ({ text }) => {
  it('holds nothing that a tool would refuse or lose', () => {
    expect(verifyEnvironment(JSON.parse(text))).toEqual([]);
  });
});
