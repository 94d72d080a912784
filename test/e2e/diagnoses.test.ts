import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { bundledCollectionFolder } from '../../src/cli/collection-folder.ts';
import { slowUnless } from '../slow.ts';
import { comparableResult } from './comparable-result.ts';
import { definitionWith, provoke } from './provoke.ts';
import { type Provoked, provokedFailures } from './provoked-failures.ts';
import { provokedDisabling, provokedGroups } from './provoked-groups.ts';
import { provokedMfa, provokedPasscodes } from './provoked-passcodes.ts';
import { provokedSignOns } from './provoked-sign-ons.ts';
import { collectionFolder, ssoCollectionFolder } from './support.ts';

/**
 * Every failure that the tutorial's troubleshooting names, and those of a sign-on, provoked on the simulator: the first diagnosis must
 * be the right one.
 */

/** Lines of the official Troubleshooting lists, in our words, with what provokes each. */
const officialLines: readonly (readonly [steps: readonly number[], line: string, provoked: string])[] = [
  [[1], 'adminEnvID is the first environment', 'an adminEnvID that is not one'],
  [[1], 'authPath fits the region', 'an authPath whose host does not exist'],
  [[1], 'adminAppID and adminAppSecret are those of the Worker application', 'a wrong client secret'],
  [[2, 3], 'the role Organization Admin', 'a missing role Organization Admin'],
  [[2], 'Bearer authorization, the token variable set', 'no Bearer token'],
  [[2], '401: the token is over', 'a token that is over'],
  [[2], 'apiPath fits the region', 'an apiPath that is not PingOne’s'],
  [[4, 6], 'envID is the new environment', 'an envID that is not the new environment'],
  [[5], 'the role Environment Admin or Identity Admin', 'a missing role'],
  [[4], 'the role Environment Admin', 'roles that do not hold yet'],
  [[5], 'sharedPopID is the value of step 4', 'a population that does not exist'],
  [[6], 'sharedUserID is the value of step 5', 'a sharedUserID that is not the new user'],
  [[6], 'userPassword is a valid password', 'no userPassword'],
];

const series = [
  { collection: 'Create a test environment', folder: collectionFolder, cases: provokedFailures },
  { collection: 'Create an SSO workflow', folder: ssoCollectionFolder, cases: provokedSignOns },
  { collection: 'Enable MFA for a user', folder: bundledCollectionFolder('enable-user-mfa'), cases: provokedMfa },
  {
    collection: 'Sign on with a one-time passcode',
    folder: bundledCollectionFolder('sign-on-with-passcode'),
    cases: provokedPasscodes,
  },
  {
    collection: 'Disable and enable a user',
    folder: bundledCollectionFolder('disable-and-enable-user'),
    cases: provokedDisabling,
  },
  {
    collection: 'A group and its members',
    folder: bundledCollectionFolder('group-and-members'),
    cases: provokedGroups,
  },
];

describe('the first diagnosis is the right one', () => {
  const isAll = process.env.DIAGNOSES === 'all';
  const all = series.flatMap(({ cases }) => cases);
  let provoked = 0;
  afterAll(() => console.log(`${provoked} of ${all.length} failures provoked, each with the right first diagnosis`));

  it('of no fewer failures than there were', () => {
    expect(all.length).toBeGreaterThanOrEqual(230);
    for (const { cases } of series)
      expect(new Set(cases.map(({ step, what }) => `${step} ${what}`)).size).toBe(cases.length);
  });

  async function expectDiagnosis(each: Provoked, folder: string, isCompared: boolean): Promise<void> {
    const definition = await definitionWith(folder, each.edits);
    const result = await provoke(each, definition);
    const broken = result.steps.findIndex(({ status }) => status === 'failed' || status === 'error');
    expect(broken + 1).toBe(each.step);
    const [first] = result.steps[broken]?.diagnoses ?? [];
    expect(first?.cause.slice(0, each.cause.length)).toBe(each.cause);
    expect(first?.remedy).not.toBe('');
    expect(first?.source?.file).toMatch(/\.yaml$/);
    // Of both engines some are compared; all of them: DIAGNOSES=all.
    if (isCompared || isAll)
      expect(comparableResult(await provoke(each, definition, 'direct'))).toEqual(comparableResult(result));
    provoked += 1;
  }

  const isInSample = (folder: string, index: number) =>
    [collectionFolder, ssoCollectionFolder].includes(folder) && index % 24 === 0;

  // Every second one; all of them: DIAGNOSES=all.
  for (const { collection, folder, cases } of series)
    for (const [index, each] of [...cases.entries()].filter(([index]) => isAll || index % 2 === 0))
      it(`${collection}, step ${each.step}: ${each.what}`, slowUnless(isInSample(folder, index)), () =>
        expectDiagnosis(each, folder, index % 4 === 0),
      );

  it.each(officialLines)('of steps %j: %s', (steps, _line, what) => {
    for (const step of steps)
      expect(provokedFailures.filter((each) => each.what === what).map((each) => each.step)).toContain(step);
  });

  it('points at the entry that says so', async () => {
    const [wrongSecret] = provokedFailures as [Provoked];
    const result = await provoke(wrongSecret, await definitionWith(collectionFolder));
    const { file, line } = result.steps[0]?.diagnoses[0]?.source ?? { file: '', line: 0 };
    expect((await readFile(file, 'utf8')).split('\n')[line - 1]).toContain('oauthError: invalid_client }');
  });
});
