import { type IterationRow, loadDefinition, run } from 'pingone-tutorial';

/** Makes a user for each address, eight at a time; gives the addresses that did not get one. */
export async function makeUsers(
  folder: string,
  values: Readonly<Record<string, string>>,
  addresses: readonly string[],
): Promise<string[]> {
  async function* rows(): AsyncGenerator<IterationRow, void> {
    for (const [index, email] of addresses.entries()) yield { number: index + 1, values: { email } };
  }
  const without: string[] = [];
  const { result } = run({
    definition: await loadDefinition(folder),
    values,
    rate: 50,
    iterations: {
      total: addresses.length,
      rows: rows(),
      concurrency: 8,
      onResult: ({ iteration, status }) => {
        if (status !== 'passed') without.push(addresses[iteration - 1] ?? '');
      },
    },
  });
  await result;
  return without;
}
