import { describe, expect, it } from 'vitest';
import { loadDefinition } from '../../../src/definition/load.ts';
import { missingValues } from '../../../src/run/steps/plan.ts';
import { collectionFolder } from '../../e2e/support.ts';

const definition = await loadDefinition(collectionFolder);
const step = (id: string) => {
  const found = definition.steps.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no step ${id}`);
  return found;
};
const declared = Object.fromEntries(definition.variables.map(({ name, value }) => [name, value ?? '']));
const complete = { ...declared, adminEnvID: 'a', adminAppID: 'b', adminAppSecret: 'c' };

describe('what a run lacks before it begins', () => {
  it('is nothing when the person gave the credentials', () => {
    expect(missingValues(definition, definition.steps, complete)).toEqual([]);
  });

  it('names the variable, the step that needs it and who should set it', () => {
    expect(missingValues(definition, definition.steps, { ...complete, adminAppID: '' })).toEqual([
      {
        variable: 'adminAppID',
        message: 'adminAppID has no value, and "Step 1: Get an access token" needs it: set it in the environment',
      },
    ]);
  });

  it('includes a value whose own variables have none', () => {
    const missing = missingValues(definition, definition.steps, { ...complete, tld: '' });
    expect(missing.map(({ variable }) => variable)).toEqual(['authPath', 'apiPath']);
  });

  it('does not include what an environment gives although nobody declared it, be it empty', () => {
    const needing = { ...step('create-environment'), needs: ['user id', 'größe', 'nobody'] };
    const missing = missingValues(definition, [needing], { ...complete, 'user id': '7', größe: '' });
    expect(missing.map(({ variable }) => variable)).toEqual(['nobody']);
  });

  it('counts what the steps left out would have set', () => {
    const missing = missingValues(definition, [step('set-user-password')], complete);
    expect(missing.map(({ message }) => message)).toContain(
      'envID has no value, and "Step 6: Set the user password" needs it: "Step 3: Create an environment" sets it',
    );
  });
});
