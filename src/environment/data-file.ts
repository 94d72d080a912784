import type { Definition } from '../definition/definition.ts';

export async function checkDataFile(
  _file: string,
  _shown: string,
  _definition: Definition,
): Promise<{ count: number; sha256: string }> {
  throw new Error('not yet');
}
export async function* readDataFile(
  _file: string,
  _shown: string,
  _definition: Definition,
): AsyncGenerator<{ number: number; line: number; values: Readonly<Record<string, string>> }> {}
