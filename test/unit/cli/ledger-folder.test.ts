import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findLedger } from '../../../src/cli/outputs/ledger-folder.ts';
import type { World } from '../../../src/cli/world.ts';
import { loadDefinition } from '../../../src/definition/load.ts';
import { collectionFolder, temporaryFolder } from '../../e2e/support.ts';

it('of two runs that began in the same second, the later one is resumed', async () => {
  const folder = await temporaryFolder();
  try {
    const definition = await loadDefinition(collectionFolder);
    const begin = async (run: string, at: string) => {
      const process = { id: 1, host: 'elsewhere' };
      const line = { kind: 'run', version: 1, run, at, collection: definition.id, process, lease: true, values: {} };
      await writeFile(join(folder.path, `${run}.ledger.jsonl`), `${JSON.stringify(line)}\n`);
    };
    await begin('20261130T120000-aaaaaaaa', '2026-11-30T12:00:00.900Z');
    await begin('20261130T120000-ffffffff', '2026-11-30T12:00:00.100Z');
    const world = { cwd: folder.path, osVariables: {} } as unknown as World;
    const { run } = await findLedger(definition, true, { ledger: folder.path }, world);
    expect(run.run).toBe('20261130T120000-aaaaaaaa');
  } finally {
    await folder.remove();
  }
});
