/** Options of a test that takes long: `npm test` leaves it out, `npm run test:all` does not. */
export const slow = { tags: ['slow'] };

/** Options of a test of a series of which `npm test` takes a sample. */
export const slowUnless = (isInSample: boolean) => (isInSample ? {} : slow);
