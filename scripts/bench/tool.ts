import { join } from 'node:path';
import { collectionFileName } from '../../src/compile/compile.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import type { Command, Measurement } from './measure.ts';

/** What a tool is given, once for a comparison. */
export interface Workplace {
  /** Folder in which the peers are installed: their programs are in `node_modules/.bin`. */
  readonly scratch: string;
  /** Empty folder of this tool. */
  readonly folder: string;
  /** Address of the simulator, without an ending slash. */
  readonly url: string;
  readonly definition: Definition;
  /** Folder of the definition, with the compiled files in it. */
  readonly collectionFolder: string;
  readonly collectionFile: string;
  /** Environment file that leads to the simulator. */
  readonly environmentFile: string;
}

/** What a tool verifies in a flow, as far as it can. */
export interface ToolChecks {
  /** Assertions a flow, which all must hold. */
  readonly assertions: number;
  /** Whether it holds each answer against its JSON Schema. The bench proves it with an answer that only the schema refuses. */
  readonly schemas: boolean;
  /** `script`: made in the flow, afresh; `given`: the tool has no scripts, and the bench makes it. */
  readonly password: 'script' | 'given';
  /** Where the number of assertions comes from. */
  readonly evidence: string;
}

/** A tool that runs the flow. */
export interface BenchTool {
  readonly name: string;
  /** What it needs in the scratch folder: exact versions by package name. */
  readonly packages: Readonly<Record<string, string>>;
  /** Converts what it needs into its folder, and says how it is run. Rejects when that is not possible. */
  readonly prepare: (place: Workplace) => Promise<PreparedTool>;
}

export interface PreparedTool {
  readonly version: string;
  readonly checks: ToolChecks;
  /**
   * The command for so many flows, one after the other unless `lanes` says how many at a time; undefined when it cannot. Whatever it has
   * to write for that is written here, before the clock runs.
   */
  readonly command: (flows: number, lanes?: number) => Promise<Command | undefined>;
  /** Whether the tool itself says that all held: what its exit code, output and report lack. Nothing when all is well. */
  readonly problems: (measured: Measurement, flows: number) => Promise<string[]>;
}

/** The same tool on another definition. */
export function onFolder(tool: BenchTool, name: string, collectionFolder: string): BenchTool {
  return {
    ...tool,
    name,
    prepare: async (place) => {
      const definition = await loadDefinition(collectionFolder);
      const collectionFile = join(collectionFolder, collectionFileName(definition.id));
      return tool.prepare({ ...place, definition, collectionFolder, collectionFile });
    },
  };
}

/** Nothing when the exit code is 0, else what the program wrote last. */
export function exitProblems({ code, stdout, stderr }: Measurement): string[] {
  if (code === 0) return [];
  return [`exit code ${code}: ${`${stdout}\n${stderr}`.trim().split('\n').slice(-8).join(' / ').slice(-600)}`];
}

/** What is wrong with a number that a tool wrote. */
export function countProblems(what: string, found: number | undefined, want: number): string[] {
  return found === want ? [] : [`${found ?? 'no number of'} ${what}, ${want} wanted`];
}

/** The first group of a pattern in a text, as a number; undefined when it is not there. */
export function numberIn(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
