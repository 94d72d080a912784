import type { Definition } from '../../src/definition/definition.ts';
import { createLedger, type Ledger } from '../../src/run/ledger/ledger.ts';
import { defaultCredentials } from '../../src/simulator/index.ts';

/** A ledger for a run of a definition, which no other process goes on with. */
export function beginTestLedger(folder: string, run: string, { id }: Pick<Definition, 'id'>): Ledger {
  const ledger = createLedger(folder, run);
  ledger.append({
    kind: 'run',
    version: 1,
    run,
    at: new Date().toISOString(),
    collection: id,
    process: { id: 0, host: '' },
    values: {},
  });
  return ledger;
}

/** The values of a definition for the simulator at this address: the organization and the license are left to the steps. */
export function valuesForSimulator({ variables }: Pick<Definition, 'variables'>, url: string): Record<string, string> {
  return {
    ...Object.fromEntries(variables.map(({ name, value }) => [name, value ?? ''])),
    ...defaultCredentials,
    licenseID: '',
    orgID: '',
    authPath: url,
    apiPath: url,
  };
}
