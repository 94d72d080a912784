import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Definition, Step } from '../../definition/definition.ts';
import { replaceVariables } from '../../definition/variables.ts';
import { codeOf } from '../../errors.ts';

/** The requests of a collection as programs, by the ids of its steps: what `npm run docs` writes beside its pages. */
export interface Snippets {
  readonly steps: Readonly<Record<string, readonly Snippet[]>>;
}

export interface Snippet {
  readonly language: string;
  readonly code: string;
}

/** In the folder of the pages. */
export const snippetsFile = 'snippets.json';

/** The programs that send a step; none when its collection has no such file. */
export async function snippetsOfStep(step: Step, definition: Definition, cwd: string): Promise<readonly Snippet[]> {
  const { folder } = step.origin ?? definition;
  if (folder === undefined) return [];
  try {
    const text = await readFile(resolve(cwd, join(folder, 'pages', snippetsFile)), 'utf8');
    return (JSON.parse(text) as Snippets).steps[step.id] ?? [];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Whether a text is written alike in every language, within quotes. */
export function meansItself(text: string): boolean {
  return /^[\w .:/@,+-]*$/.test(text);
}

/**
 * A program with the values of this run. Secrets stay variables, and so does a value that would have to be written in another way in the
 * language.
 */
export function filledSnippet({ code }: Snippet, values: Readonly<Record<string, string>>): string {
  return replaceVariables(code, (name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value !== undefined && meansItself(value) ? value : undefined;
  });
}
