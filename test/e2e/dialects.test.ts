import { describe, expect, it } from 'vitest';
import {
  createSimulator,
  type DisputedAnswer,
  dialects,
  disputedAnswers,
  type SimulatorOptions,
} from '../../src/simulator/index.ts';
import { cli, startSimulator } from './support.ts';

const disputed = Object.keys(disputedAnswers) as DisputedAnswer[];

/** Runs both collections against a simulator with these options. */
async function bothCollections(options: SimulatorOptions, engine: string) {
  const target = await startSimulator(createSimulator(options));
  try {
    const names = ['create-a-test-environment', 'create-an-sso-workflow'];
    const rest = ['--environment', target.environment, '--engine', engine, '--cleanup', 'always'];
    return await cli(['run', ...names, ...rest]);
  } finally {
    await target.close();
  }
}

describe.each(['newman', 'direct'])('both collections pass with %s', (engine) => {
  it.each(dialects)('against the dialect %s', async (dialect) => {
    const { code, stdout } = await bothCollections({ dialect }, engine);
    expect(stdout).toContain('13 steps: 13 passed');
    expect(code).toBe(0);
  });

  it('against every disputed answer given the other way', async () => {
    const { code, stdout } = await bothCollections({ disputed }, engine);
    expect(stdout).toContain('13 steps: 13 passed');
    expect(code).toBe(0);
  });

  it('against rates that no run reaches', async () => {
    const rateLimits = { rlgConfigRpm: { limit: 600 }, rlgDirWriteRps: { limit: 10 }, rlgAuthnRps: { limit: 10 } };
    const { code } = await bothCollections({ rateLimits }, engine);
    expect(code).toBe(0);
  });
});
