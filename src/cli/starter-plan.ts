import { applyEdits, modify, type ParseError, parse } from 'jsonc-parser';
import { UsageError } from '../errors.ts';

/** A file that a starter has. */
export interface StarterFile {
  /** Relative to the folder of the starter, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Made for the starter's own definition: of no use beside another one. */
  readonly ofCollection: boolean;
}

/** What becomes of a file. */
export interface PlannedFile {
  readonly path: string;
  readonly action: 'write' | 'replace' | 'append' | 'unchanged' | 'left-alone';
  /** The whole text to write; undefined when nothing is written. */
  readonly text?: string;
}

/**
 * What to do with each file of a starter, given the text of those that are there (`present`, by path). A file that differs is
 * left alone unless `force`; once `collectionFile` is a person's own, all that was made for the starter's is left alone, and
 * nothing is added to it. Lines that `.gitignore` lacks are appended, and `package.json` gets the dependencies of the starter,
 * whatever `force` says. Throws `UsageError` when `package.json` is not JSON.
 */
export function planStarter(
  files: readonly StarterFile[],
  present: ReadonlyMap<string, string>,
  collectionFile: string,
  force: boolean,
): PlannedFile[] {
  const differs = ({ path, text }: StarterFile) => (present.get(path) ?? text) !== text;
  const ownCollection = !force && files.some((file) => file.path === collectionFile && differs(file));
  return files.flatMap((file): PlannedFile[] => {
    const { path, text } = file;
    const there = present.get(path);
    if (there === text) return [{ path, action: 'unchanged' }];
    if (file.ofCollection && ownCollection) return there === undefined ? [] : [{ path, action: 'left-alone' }];
    if (there === undefined) return [{ path, action: 'write', text }];
    if (path === '.gitignore') return [planIgnoreFile(path, text, there)];
    if (path === 'package.json') return [planManifest(path, text, there)];
    return [force ? { path, action: 'replace', text } : { path, action: 'left-alone' }];
  });
}

/** The lines are there already when they are so but for a slash before or after, which git reads in nearly the same way. */
function planIgnoreFile(path: string, wanted: string, there: string): PlannedFile {
  const plain = (line: string) => line.trim().replace(/^\/|\/$/g, '');
  const known = new Set(there.split('\n').map(plain));
  const lacking = wanted.split('\n').filter((line) => line !== '' && !known.has(plain(line)));
  if (lacking.length === 0) return { path, action: 'unchanged' };
  const before = there === '' || there.endsWith('\n') ? there : `${there}\n`;
  return { path, action: 'append', text: `${before}${lacking.join('\n')}\n` };
}

/**
 * Sets the dependencies that are wanted, where they are already or among `dependencies`, and adds other keys that are not there; the rest
 * stays as it was formatted.
 */
function planManifest(path: string, wanted: string, there: string): PlannedFile {
  const errors: ParseError[] = [];
  const manifest: unknown = parse(there, errors, { disallowComments: true });
  if (errors.length > 0 || typeof manifest !== 'object' || manifest === null || Array.isArray(manifest))
    throw new UsageError(`cannot add a dependency to ${path}: it is not a JSON object; correct it first`);
  const {
    dependencies,
    private: _,
    ...settings
  } = JSON.parse(wanted) as { dependencies: Record<string, string>; private?: true };
  const { devDependencies = {} } = manifest as { devDependencies?: Record<string, unknown> };
  const indentation = /^[ \t]+(?=")/m.exec(there)?.[0] ?? '  ';
  const formattingOptions = { insertSpaces: !indentation.startsWith('\t'), tabSize: indentation.length };
  let text = there;
  for (const [key, value] of Object.entries(settings)) {
    if (key in manifest) continue;
    text = applyEdits(text, modify(text, [key], value, { formattingOptions }));
  }
  for (const [name, source] of Object.entries(dependencies)) {
    const group = name in devDependencies ? 'devDependencies' : 'dependencies';
    text = applyEdits(text, modify(text, [group, name], source, { formattingOptions }));
  }
  return text === there ? { path, action: 'unchanged' } : { path, action: 'append', text };
}
