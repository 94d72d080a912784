/** The bench cannot go on, or a timed run was not what it had to be: there is no figure then. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
