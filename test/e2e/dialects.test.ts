import { describe, expect, it } from 'vitest';
import { bundledCollections } from '../../src/cli/collection-folder.ts';
import {
  createSimulator,
  type DisputedAnswer,
  dialects,
  disputedAnswers,
  type SimulatorOptions,
} from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { cli, startSimulator } from './support.ts';

const disputed = Object.keys(disputedAnswers) as DisputedAnswer[];

/** Runs all collections against a simulator with these options. */
async function allCollections(options: SimulatorOptions, engine: string) {
  const target = await startSimulator(createSimulator(options));
  try {
    const rest = ['--environment', target.environment, '--engine', engine, '--cleanup', 'always'];
    return await cli(['run', ...bundledCollections(), ...rest]);
  } finally {
    await target.close();
  }
}

describe.each(['newman', 'direct'])('all collections pass with %s', (engine) => {
  for (const dialect of dialects)
    it(`against the dialect ${dialect}`, slow, async () => {
      const { code, stdout } = await allCollections({ dialect }, engine);
      expect(stdout).toMatch(/^✓ (\d+) steps: \1 passed/m);
      expect(code).toBe(0);
    });

  it('against every disputed answer given the other way', slow, async () => {
    const { code, stdout } = await allCollections({ disputed }, engine);
    expect(stdout).toMatch(/^✓ (\d+) steps: \1 passed/m);
    expect(code).toBe(0);
  });

  it('against rates that no run reaches', slow, async () => {
    const rateLimits = { rlgConfigRpm: { limit: 600 }, rlgDirWriteRps: { limit: 10 }, rlgAuthnRps: { limit: 10 } };
    const { code } = await allCollections({ rateLimits }, engine);
    expect(code).toBe(0);
  });
});
