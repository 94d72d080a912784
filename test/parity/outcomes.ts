import type { EchoServer } from '../../scripts/import-check/echo-server.ts';
import * as ways from '../../scripts/import-check/outcomes.ts';
import { cli } from '../e2e/support.ts';

export type { Outcome, RunFiles } from '../../scripts/import-check/outcomes.ts';

/** Imports a collection into a folder, compiles it there, and gives the compiled file. */
export const importAndCompile = (original: string, folder: string) => ways.importAndCompile(cli, original, folder);

/** Our run of an imported definition, with its report in the folder. */
export async function runOurs(
  definition: string,
  files: ways.RunFiles,
  server: EchoServer,
  folder: string,
  more: readonly string[] = [],
): Promise<ways.Outcome> {
  server.take();
  const verdict = await ways.runOurs((argv) => cli(argv, { cwd: folder }), definition, files, folder, more);
  return { ...verdict, received: server.take() };
}

/** As `newman run` does, with Newman as its registry has it. */
export async function runStock(file: string, files: ways.RunFiles, server: EchoServer): Promise<ways.Outcome> {
  server.take();
  const verdict = await ways.runStock(file, files);
  return { ...verdict, received: server.take() };
}
