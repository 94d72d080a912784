import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Licences and notices of the packages that these files are from: what must travel with them when they are bundled. */
export async function notices(files: readonly string[]): Promise<string> {
  const folders = [...new Set(files.map(packageFolder))].sort();
  const entries = await Promise.all(folders.map(describe));
  // A package that is there in two versions with the same texts is named twice, and the texts are told once each.
  const texts = new Map<string, string[]>();
  for (const { title, text } of entries) texts.set(text, [...(texts.get(text) ?? []), title]);
  const parts = [...texts].map(([text, titles]) => `${titles.join('\n')}\n\n${text}\n`);
  return `The scripts of this folder hold code of these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** The folder of the package that a file is in. */
function packageFolder(file: string): string {
  const parts = file.split(sep);
  const last = parts.lastIndexOf('node_modules');
  return parts.slice(0, last + (parts[last + 1]?.startsWith('@') ? 3 : 2)).join(sep);
}

async function describe(folder: string): Promise<{ readonly title: string; readonly text: string }> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const names = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
  const texts = await Promise.all(names.map((file) => readFile(join(folder, file), 'utf8').catch(() => '')));
  return {
    title: `${name} ${version} (${license ?? 'see below'})`,
    text: texts.map((text) => text.trim()).join('\n\n'),
  };
}
