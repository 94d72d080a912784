import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shownIn, withoutChance } from '../../scripts/transcript/excerpt.ts';
import { recordAll } from '../../scripts/transcript/record.ts';
import { scenes, transcriptPages } from '../../scripts/transcript/scenes.ts';
import { bundledCollections } from '../../src/cli/collection-folder.ts';
import { cli, root } from '../e2e/support.ts';
import { slow } from '../slow.ts';
import { paragraphsOf, wordsPerSentence } from './prose.ts';

/** What the README and the pages that it leads to say is what is so. */

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const readme = read('README.md');
const commandPage = read('src/cli/README.md');
const runPage = read('src/run/README.md');
const enginePage = read('src/run/engine/README.md');
/** What people read before they have a question of their own. */
const pages = [readme, commandPage, runPage, enginePage, read('scripts/ci/README.md')].join('\n');
const longOptions = (text: string) =>
  new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option));
const helpOf = async (command: string) => (await cli([command, '--help'])).stdout;
/** The text of a section, without its headline and the sections below it. */
const section = (title: string, page = commandPage) => {
  const [, text] = page.split(new RegExp(`^#+ ${title}\n`, 'm'));
  expect(text, title).toBeDefined();
  return text?.split(/^#+ /m)[0] ?? '';
};

describe('the transcripts', () => {
  it('are what the program prints, but for ids, times and ports', slow, async () => {
    const made = await recordAll();
    expect([...made.keys()]).toEqual(scenes.map(({ name }) => name));
    for (const [name, text] of made) expect(withoutChance(shownIn(pages, name)), name).toBe(withoutChance(text));
  });

  it('all have a scene that makes them', () => {
    const shown = transcriptPages.map(read).join('\n');
    const names = [...shown.matchAll(/<!-- transcript (\S+):/g)].map(([, name]) => name);
    expect(names).toEqual(scenes.map(({ name }) => name));
  });
});

it('the table of collections has each that is in the folder', () => {
  const listed = [...read('collections/README.md').matchAll(/^\| \[([\w-]+)\]\(\1\/README\.md\) \| \S/gm)].map(
    ([, name]) => name,
  );
  expect(listed).toEqual(bundledCollections());
});

describe('the options', () => {
  it('of run are all named in their table, and no others', async () => {
    const help = longOptions((await helpOf('run')).split('Examples:')[0] ?? '');
    help.delete('--help');
    const table = [...section('Options of run').matchAll(/^\| .*\|$/gm)].join('\n');
    expect(longOptions(table)).toEqual(help);
  });

  it.each([
    ['run', /(?:npm run tutorial --|pingone-tutorial run) (.*)/g],
    ['merge-reports', /bin\.js merge-reports (.*)/g],
    ['compile', /npm run compile -- (.*)/g],
  ])('that are given to %s exist', async (command, pattern) => {
    const code = [...pages.matchAll(/```(?:sh|text)\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
      (found) => found[1] ?? found[2] ?? '',
    );
    const given = code.flatMap((text) =>
      [...text.matchAll(pattern)].map(([, options]) => options?.split('#')[0] ?? ''),
    );
    expect(given.length).toBeGreaterThan(0);
    const known = longOptions(await helpOf(command));
    expect([...longOptions(given.join('\n'))].filter((option) => !known.has(option))).toEqual([]);
  });
});

it('the exit codes are those of the help', async () => {
  const [, help = ''] = (await cli(['--help'])).stdout.split('Exit codes:');
  const codes = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, code]) => code);
  expect(codes(section('Exit codes'), /^\| (\d) \|/gm)).toEqual(codes(help, /^ {2}(\d) {2}/gm));
});

it('the reports are those of --reporter', async () => {
  const named = [...section('Reports').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  const [, known = ''] = /write a report: ([\w,\s]+);/.exec(await helpOf('run')) ?? [];
  expect(named).toEqual(known.split(/,\s+/));
});

it('the commands are those of the help', async () => {
  const [, help = ''] = (await cli(['--help'])).stdout.split('Commands:');
  const commands = [...help.matchAll(/^ {2}([a-z][a-z-]*) /gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
  const paragraph = /The installed command has[\s\S]*?\n\n/.exec(section('Commands'))?.[0] ?? '';
  expect(commands.length).toBeGreaterThan(8);
  for (const name of commands) expect(paragraph).toMatch(new RegExp(`\`(pingone-tutorial )?${name}\``));
});

it('the table of tools says what the one of the interop page says', () => {
  const tables = (page: string) => (page.split('<!-- interop:')[1] ?? '').split('<!-- end of interop')[0] ?? '';
  const rows = (text: string) =>
    [...text.matchAll(/^\| (.*) \|$/gm)].map(([, row]) => row?.split(' | ') ?? []).filter(([first]) => first !== '---');
  const detail = rows(tables(read('scripts/interop/README.md')));
  const [, ...overview] = rows(tables(enginePage));
  expect(overview).toHaveLength(8);
  for (const [tool, version, ...counts] of overview) {
    const own = detail.filter(([name, itsVersion]) => name === tool && itsVersion === version);
    expect(
      counts.filter((count) => count !== '–'),
      tool,
    ).toEqual(own.map((row) => row.at(-1)));
  }
});

it('the versions of the engines are those that are installed', () => {
  const versionOf = (path: string) =>
    (JSON.parse(read(`node_modules/${path}/package.json`)) as { version: string }).version;
  const said = section('Works with', enginePage);
  expect(said).toContain(`\`postman-runtime\` ${versionOf('postman-runtime')}`);
  expect(said).toContain(`as published has ${versionOf('newman-stock/node_modules/postman-runtime')}`);
  expect(said).toContain(`| Newman, as published | ${versionOf('newman-stock')} |`);
  expect(section('Questions', enginePage)).toContain(`its last version, ${versionOf('newman')},`);
});

/** The anchor that GitHub gives a headline. */
const anchor = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

it.each(['README.md', 'src/cli/README.md', 'src/run/README.md', 'src/run/engine/README.md', 'scripts/ci/README.md'])(
  '%s links to sections that exist, there and on other pages',
  (name) => {
    const page = read(name);
    const links = [...page.matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
    const missing = links.filter(([, other, target]) => {
      const text = other ? read(join(dirname(name), other)) : page;
      return ![...text.matchAll(/^#+ (.+)$/gm)].some(([, title = '']) => anchor(title) === target);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  },
);

describe('the README is short', () => {
  const paragraphs = paragraphsOf(readme);

  it('in all', () => {
    expect(Buffer.byteLength(readme)).toBeLessThan(8_700);
  });

  it('in each paragraph and sentence', () => {
    expect(Math.max(...paragraphs.map(({ length }) => length))).toBeLessThan(350);
    expect(wordsPerSentence(paragraphs)).toBeLessThan(18);
  });
});
