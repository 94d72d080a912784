import { compile, DefinitionError, examine, loadDefinition, UsageError } from 'pingone-tutorial';

/** Says what is wrong with a definition and with the tenant it is to run in, without changing anything. */
export async function check(folder: string, values: Readonly<Record<string, string>>): Promise<string[]> {
  try {
    const definition = await loadDefinition(folder);
    const files = compile(definition).map(({ name }) => `compiles to ${name}`);
    const findings = await examine({ definition, values });
    return [...files, ...findings.map(({ subject, status, message }) => `${subject}: ${status}, ${message}`)];
  } catch (error) {
    if (error instanceof DefinitionError)
      return error.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    if (error instanceof UsageError) return error.message.split('\n');
    throw error;
  }
}
