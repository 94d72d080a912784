import fc from 'fast-check';

/**
 * Properties look at the same generated cases each time, so that a red run is about what was changed. `npm run test:long` generates others:
 * `PROPERTY_SEED=random`, or a number to see a failure again.
 */
const { PROPERTY_SEED: seed = '20261129' } = process.env;
if (seed !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
