import { readFileSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { docs } from '../../scripts/docs.ts';
import { conditionWords } from '../../scripts/pages/conditions.ts';
import { changesFor, languages, notesFor } from '../../scripts/pages/languages.ts';
import { pagesOf } from '../../scripts/pages/pages.ts';
import { prose } from '../../scripts/pages/parts.ts';
import { snippetsOf } from '../../scripts/pages/snippets.ts';
import { bundledCollections, defaultCollection } from '../../src/cli/collection-folder.ts';
import { compileCollection } from '../../src/compile/collection.ts';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { createSecrets } from '../../src/run/secrets/redact.ts';
import { collectionFolder, copyCollection, root, temporaryFolder } from '../e2e/support.ts';
import { slowUnless } from '../slow.ts';

let definition: Definition;
beforeAll(async () => {
  definition = await loadDefinition(collectionFolder);
});

function stepOf(id: string): Step {
  const step = [...definition.steps, ...definition.cleanUp.steps].find((candidate) => candidate.id === id);
  if (!step) throw new Error(`no step ${id}`);
  return step;
}

const snippetsOfStep = (id: string) => snippetsOf(stepOf(id), definition, compileCollection(definition));

/** Runs `npm run docs` in a folder. */
async function runDocs(argv: readonly string[], cwd = root) {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    isTTY: false,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await docs(argv, {
    stdout: output('stdout'),
    stderr: output('stderr'),
    osVariables: {},
    cwd,
    signal: new AbortController().signal,
    secrets: createSecrets(),
  });
  return { code, ...written };
}

describe('the examples of step 6', () => {
  it('are those of the official page, byte for byte, in all eleven languages', async () => {
    const folder = join(root, 'test/golden/pages/set-user-password');
    const snippets = snippetsOfStep('set-user-password');
    const equal: string[] = [];
    for (const { language, code } of snippets) {
      const official = await readFile(join(folder, `${language.id}.txt`), 'utf8');
      expect(`${code}\n`, language.name).toBe(official);
      equal.push(language.id);
    }
    process.stdout.write(`equal ${equal.length} of ${languages.length}\n`);
    expect(equal.map((id) => `${id}.txt`).sort()).toEqual((await readdir(folder)).sort());
    expect(equal).toHaveLength(11);
  });

  it('are on the page as they are', () => {
    const page = readFileSync(join(collectionFolder, 'pages/set-user-password.md'), 'utf8');
    for (const { language, code } of snippetsOfStep('set-user-password'))
      expect(page).toContain(`\`\`\`${language.fence}\n${code}\n\`\`\``);
  });
});

describe('the committed pages', () => {
  it('have the sections of the official page, under headings that links can name', () => {
    const headings = (file: string) =>
      [...readFileSync(join(collectionFolder, file), 'utf8').matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    const sections = ['Headers', 'Body', 'Example request', 'Example response', 'Try this', 'Troubleshooting'];
    for (const { id, experiments } of [...definition.steps, ...definition.cleanUp.steps])
      expect(headings(`pages/${id}.md`)).toEqual(sections.filter((name) => experiments || name !== 'Try this'));
    expect(headings('README.md')).toEqual([
      'Steps',
      'Clean up',
      'The examples',
      'Variables',
      'Run it',
      'What next',
      'What may happen with every request',
    ]);
  });

  it('show cURL, fold the other ten languages, and have the same as data', () => {
    const page = readFileSync(join(collectionFolder, 'pages/create-user.md'), 'utf8');
    expect(page.match(/^<details>$/gm)).toHaveLength(10);
    expect(page.indexOf('curl --location')).toBeLessThan(page.indexOf('<details>'));
    const { steps } = JSON.parse(readFileSync(join(collectionFolder, 'pages/snippets.json'), 'utf8')) as {
      steps: Record<string, { language: string; code: string }[]>;
    };
    expect(Object.keys(steps)).toHaveLength(definition.steps.length + definition.cleanUp.steps.length);
    const codes = snippetsOfStep('create-user').map(({ code }) => code);
    expect(steps['create-user']?.map(({ code }) => code)).toEqual(codes);
  });

  it('say what every part of an answer means, and every experiment', () => {
    for (const { id, answer = {}, experiments = [] } of definition.steps) {
      const page = readFileSync(join(collectionFolder, `pages/${id}.md`), 'utf8');
      for (const pointer of Object.keys(answer).filter((one) => one !== ''))
        expect(page).toContain(`| \`${pointer.slice(1).replaceAll('/', '.')}\``);
      for (const { title } of experiments) expect(page).toContain(`**${title}**`);
    }
  });

  for (const names of [[], [defaultCollection]])
    it(['are what the definitions make', ...names].join(': '), slowUnless(names.length > 0), async () => {
      const { code, stdout, stderr } = await runDocs(['--check', ...names]);
      expect(stderr).toBe('');
      expect(stdout).toMatch(/^\d+ compiled files are up to date\n$/);
      expect(code).toBe(0);
    });

  for (const name of bundledCollections())
    test(`of ${name} are the same bytes when they are made again`, slowUnless(name === defaultCollection), async () => {
      const folder = join(root, 'collections', name);
      const [first, again] = [await loadDefinition(folder), await loadDefinition(folder)];
      const places = { environments: '../../environments' };
      const pages = pagesOf(first, places);
      expect(pages).toEqual(pagesOf(again, places));
      expect(pages).toHaveLength(2 + first.steps.length + first.cleanUp.steps.length);
    });
});

describe('npm run docs', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let copy: string;
  beforeAll(async () => {
    place = await temporaryFolder();
    copy = await copyCollection(place.path);
    await cp(join(root, 'collections/concepts.md'), join(place.path, 'collections/concepts.md'));
  });
  afterAll(() => place.remove());

  const page = () => join(copy, 'pages/create-user.md');

  it('with --check names the stale page, shows the difference and ends with 1', async () => {
    const text = await readFile(page(), 'utf8');
    await writeFile(page(), text.replace('Creates a user', 'Makes a user'));
    const { code, stdout, stderr } = await runDocs(['--check', copy], place.path);
    expect(stderr).toBe(
      'error: collections/create-a-test-environment/pages/create-user.md is not what the definition compiles to; ' +
        'run npm run docs\n',
    );
    expect(stdout).toContain('-Makes a user');
    expect(code).toBe(1);
    expect(await readFile(page(), 'utf8')).not.toBe(text);
  });

  it('writes the pages anew, and takes away that of a step which is no more', async () => {
    const left = join(copy, 'pages/no-more.md');
    await writeFile(left, await readFile(page(), 'utf8'));
    const check = await runDocs(['--check', copy], place.path);
    expect(check.stderr).toContain('pages/no-more.md is the page of no step; run npm run docs\n');
    expect(check.code).toBe(1);

    const { code, stdout } = await runDocs([copy], place.path);
    expect(stdout).toContain('removed collections/create-a-test-environment/pages/no-more.md\n');
    expect(code).toBe(0);
    expect(await readFile(page(), 'utf8')).toBe(await readFile(join(collectionFolder, 'pages/create-user.md'), 'utf8'));
    expect((await runDocs(['--check', copy], place.path)).code).toBe(0);
  });

  it('leaves a README alone that a person wrote', async () => {
    const folder = join(place.path, 'own');
    await cp(join(root, 'test/docs/minimal'), folder, { recursive: true });
    await writeFile(join(folder, 'README.md'), '# Mine\n');
    const { code, stderr } = await runDocs([folder], place.path);
    expect(stderr).toBe(
      'error: own/README.md was not made by npm run docs and is left alone; move it away to have a page there\n',
    );
    expect(code).toBe(2);
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('# Mine\n');
    expect(await readdir(folder)).not.toContain('pages');
  });

  it('says which option or collection it does not know', async () => {
    expect((await runDocs(['--chekc'])).stderr).toContain('unknown option --chekc');
    expect((await runDocs(['no-such-collection'])).stderr).toContain('there is no collection "no-such-collection"');
    expect((await runDocs(['no-such-collection'])).code).toBe(2);
  });
});

describe('the changes that a page names', () => {
  const php = () => languages.find(({ id }) => id === 'php');

  it('are made for PHP where single quotes keep line feeds from being ones, and nowhere else', () => {
    const language = php();
    if (!language) throw new Error('no PHP');
    const step = stepOf('set-user-password');
    const code = snippetsOfStep('set-user-password').find((snippet) => snippet.language === language)?.code ?? '';
    const changed = changesFor(language, step, definition).reduce((text, change) => change.make(text, step), code);
    const body = /setBody\('(.*)'\)/.exec(changed)?.[1] ?? '';
    expect(JSON.parse(body)).toEqual({ value: '{{userPassword}}', forceChange: false });
    expect(changesFor(language, stepOf('read-licenses'), definition)).toEqual([]);
  });

  it('come with a remark where values are put into a form that is one text', () => {
    const step = stepOf('get-access-token');
    const form = { grant_type: 'authorization_code', redirect_uri: '{{redirectUri}}' };
    const withVariable = { ...step, request: { ...step.request, body: { form } } };
    const changed = { ...definition, steps: [withVariable, ...definition.steps.slice(1)] };
    for (const { language, code } of snippetsOf(withVariable, changed, compileCollection(changed))) {
      expect(code, language.name).toContain('{{redirectUri}}');
      const isText = code.includes('redirect_uri={{redirectUri}}') && language.id !== 'curl';
      const remarks = notesFor(language, withVariable, changed).filter((note) => note.startsWith('Percent-encode'));
      expect(remarks, language.name).toHaveLength(isText ? 1 : 0);
    }
  });

  it('change the example that they are named for', () => {
    for (const step of [...definition.steps, ...definition.cleanUp.steps]) {
      for (const { language, code } of snippetsOfStep(step.id)) {
        const filled = code.replaceAll('{{apiPath}}', 'https://host').replaceAll('{{authPath}}', 'https://host');
        for (const change of changesFor(language, step, definition)) {
          const sample = filled.replaceAll('{{userPassword}}', 'a#b');
          expect(change.make(sample, step), `${language.name}, ${step.id}: ${change.words(step)}`).not.toBe(sample);
        }
      }
    }
  });
});

describe('a troubleshooting condition in words', () => {
  const cases: readonly [Parameters<typeof conditionWords>[0], string][] = [
    [{ status: 401 }, 'If you get a 401 Unauthorized'],
    [{ status: [502, 503] }, 'If you get a 502 Bad Gateway or 503 Service Unavailable'],
    [
      { status: 400, detail: 'UNIQUENESS_VIOLATION', target: 'name' },
      'If you get a 400 Bad Request with the detail `UNIQUENESS_VIOLATION` about `name`',
    ],
    [{ oauthError: 'invalid_client' }, 'If you get an answer with the error `invalid_client`'],
    [{ status: 400, code: 'INVALID_DATA' }, 'If you get a 400 Bad Request with the code `INVALID_DATA`'],
    [
      { status: 400, unsatisfied: 'history' },
      'If you get a 400 Bad Request with the unsatisfied requirement `history`',
    ],
    [{ connection: 'refused' }, 'If the connection is refused'],
    [{ check: 'schema' }, 'If the answer does not have the expected shape'],
    [{ check: 'capture', variable: 'orgID' }, 'If `orgID` cannot be taken from the answer'],
    [{ check: 'value', variable: 'x' }, 'If a value of the answer is not the expected one (`x`)'],
    [{ status: 401, token: 'expired' }, 'If you get a 401 Unauthorized, and the access token has expired'],
    [
      { check: 'schema', body: 'not-json' },
      'If the answer does not have the expected shape, and the answer is not JSON',
    ],
    [{ check: 'script', message: 'room' }, 'If a test script fails, and the failed check says “room”'],
    [{ variable: 'x' }, 'If a check of `x` fails'],
  ];
  test.each(cases)('%j', (when, words) => {
    expect(conditionWords(when)).toBe(words);
  });
});

describe('names in the prose of a definition', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['Set apiPath to https://api.pingone.{{tld}}/v1 (with /v1 once).', ['apiPath', 'https://api.pingone.{{tld}}/v1']],
    ['The body is {"value":"{{userPassword}}"}.', ['{"value":"{{userPassword}}"}']],
    ['Send ({{accessToken}}), `a b` or --step.', ['{{accessToken}}', 'a b', '--step']],
    [
      'INVALID_VALUE of redirect_uri; response_mode=pi.flow.',
      ['INVALID_VALUE', 'redirect_uri', 'response_mode=pi.flow'],
    ],
    ['jQuery, NodeJS and OAuth write to sharedTestUser@example.com, a SANDBOX.', []],
  ];
  test.each(cases)('are code: %s', (text, names) => {
    const nodes = prose(text);
    expect(nodes.flatMap((node) => (node.type === 'inlineCode' ? [node.value] : []))).toEqual(names);
    expect(nodes.map((node) => ('value' in node ? node.value : '')).join('')).toBe(text.replaceAll('`', ''));
  });
});

test('no page has an address with a variable outside code, of which GitHub would make half a link', () => {
  const pages = pagesOf(definition, { environments: '../../environments' });
  for (const { text } of pages.filter(({ name }) => name.endsWith('.md'))) {
    const outside = text.replaceAll(/```[\s\S]*?```|`[^`]*`/g, '');
    expect(outside).not.toMatch(/https?:\/\/\S*\{\{/);
    expect(outside).not.toContain('``');
  }
});
