import { describe, expect, it } from 'vitest';
import { bundledCollections } from '../../../src/cli/collection-folder.ts';
import { nextSteps } from '../../../src/cli/inputs/next-steps.ts';
import { root } from '../../e2e/support.ts';

const plain = { reporter: [], data: undefined, iterations: undefined } as const;
const steps = (names: readonly string[], options: Partial<Parameters<typeof nextSteps>[1]> = {}) =>
  nextSteps(names, { ...plain, ...options } as Parameters<typeof nextSteps>[1], root).map((line) =>
    line.replaceAll('\u00a0', ' '),
  );

describe('after a run that passed, a person is shown', () => {
  it('the pages, --step, the report for the browser and the other collections', () => {
    expect(steps([])).toEqual([
      'Read what each step does, and why: collections/create-a-test-environment/README.md',
      'Go through it step by step, with each request and answer: npm run tutorial -- --step',
      'Look at it in the browser: npm run tutorial -- --reporter html=report.html',
      'Sign the new user on, the second tutorial: npm run tutorial -- create-a-test-environment create-an-sso-workflow',
      'Go on with MFA, passwords and more, every collection in sequence: npm run tutorial -- --all',
    ]);
  });

  it('commands for the collections that were run', () => {
    expect(steps(['create-an-sso-workflow'], { reporter: [{ name: 'html', file: 'a.html' }] })).toEqual([
      'Read what each step does, and why: collections/create-an-sso-workflow/README.md',
      'Go through it step by step, with each request and answer: npm run tutorial -- create-an-sso-workflow --step',
    ]);
    expect(steps(['test/docs/minimal'])).toEqual([
      'Go through it step by step, with each request and answer: npm run tutorial -- test/docs/minimal --step',
      'Look at it in the browser: npm run tutorial -- test/docs/minimal --reporter html=report.html',
    ]);
  });

  it('--all, where every collection was run', () => {
    expect(steps(bundledCollections(), { all: true })).toEqual([
      'Read what each step does, and why: README.md in the folder of each collection',
      'Go through it step by step, with each request and answer: npm run tutorial -- --all --step',
      'Look at it in the browser: npm run tutorial -- --all --reporter html=report.html',
    ]);
  });

  it('nothing of the kind after iterations', () => {
    expect(steps([], { iterations: 3 })).toEqual([]);
    expect(steps([], { data: 'users.csv' })).toEqual([]);
  });
});
