import { writeFile } from 'node:fs/promises';
import { exitCodeOf, loadDefinition, renderHtml, renderJUnit, run, valuesFromOs } from 'pingone-tutorial';

/** Runs a collection against the tenant that the OS variables name, for at most five minutes; gives the exit code. */
export async function smokeTest(folder: string, reports: string): Promise<number> {
  const definition = await loadDefinition(folder);
  const { result } = run({
    definition,
    values: valuesFromOs(definition, process.env),
    cleanUp: 'always',
    signal: AbortSignal.timeout(300_000),
  });
  await writeFile(`${reports}/report.xml`, renderJUnit(await result));
  await writeFile(`${reports}/report.html`, renderHtml(await result));
  return exitCodeOf(await result);
}
