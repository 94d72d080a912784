import { describe, expect, it } from 'vitest';
import { languages, nameOf } from '../../../scripts/pages/languages.ts';
import { snippetsOf } from '../../../scripts/pages/snippets.ts';
import { bundledCollections, findCollection } from '../../../src/cli/collection-folder.ts';
import { changedSnippet } from '../../../src/cli/step-by-step/changed-snippet.ts';
import { type Edit, editsOf } from '../../../src/cli/step-by-step/edits.ts';
import { compileCollection } from '../../../src/compile/collection.ts';
import type { Definition, Request, Step } from '../../../src/definition/definition.ts';
import { loadDefinition } from '../../../src/definition/load.ts';
import { changedStep } from '../../../src/definition/request.ts';
import type { Change } from '../../../src/definition/schema.ts';
import { root } from '../../e2e/support.ts';
import { slowUnless } from '../../slow.ts';

/** The programs of a step, as Postman's generators make them. */
function programsOf(step: Step, definition: Definition, original: Step) {
  const steps = definition.steps.map((one) => (one === original ? step : one));
  const changed = { ...definition, steps };
  return snippetsOf(step, changed, compileCollection(changed)).map(({ language, code }) => ({
    language: nameOf(language),
    code,
  }));
}

/** A step with a change, its headers in the order that they have. */
function inOrder(step: Step, change: Change): Step {
  const changed = changedStep(step, change);
  const headers = step.request.headers.map(
    ({ name }) => changed.request.headers.find((header) => header.name === name) ?? { name, value: '' },
  );
  return { ...changed, request: { ...changed.request, headers } };
}

const oddText = `It's "so" \\ a #{b} \` ü $x <\n2`;

/** Another value of the same kind. */
function otherValue({ label, value }: Edit): string {
  if (label === 'address') return value.replace(/(\/|$)(?=[^/]*$)/, '/other-$1');
  if (value === 'true' || value === 'false') return String(value !== 'true');
  if (/^\d+$/.test(value)) return '77';
  if (label === 'header Content-Type')
    return value.includes('json') ? 'application/vnd.other+json' : 'application/other';
  return label.startsWith('body') && value.includes(' ') ? oddText : 'Changed-by-hand';
}

describe.each(bundledCollections())('%s: a copy with a change', slowUnless(false), (name) => {
  it('is what the generator of the language makes of the changed request, or says what is missing', async () => {
    const { path } = findCollection(name, root);
    const definition = await loadDefinition(path, path);
    const wrong: string[] = [];
    const counts = { made: 0, missing: 0 };
    for (const step of definition.steps) {
      const before = programsOf(step, definition, step);
      for (const edit of editsOf(step, definition, {})) {
        const change = edit.toChange(otherValue(edit));
        if (change.variables) continue;
        const after = programsOf(inOrder(step, change), definition, step);
        for (const [index, snippet] of before.entries()) {
          const made = changedSnippet(snippet, step.request, change);
          counts[made.missing.length === 0 ? 'made' : 'missing'] += 1;
          const expected = made.missing.length === 0 ? after[index]?.code : snippet.code;
          if (made.snippet.code !== expected) wrong.push(`${step.id}, ${edit.label}, ${snippet.language}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(counts.made).toBeGreaterThan(80);
    expect(counts.missing).toBe(name === 'group-and-members' ? languages.length : 0);
  });
});

describe('a copy of a small request with a change', () => {
  const code = `POST /v1/things HTTP/1.1\nHost: {{base}}\nX-Kind: a\n\n{\n    "name": "a",\n    "more": ["a", "b"],\n    "size": 1\n}`;
  const snippet = { language: 'HTTP', code };
  const request: Request = {
    auth: undefined,
    method: 'POST',
    url: '{{base}}/v1/things',
    headers: [{ name: 'X-Kind', value: 'a' }],
    body: { json: { name: 'a', more: ['a', 'b'], size: 1 } },
  };
  const copyOf = (change: Change) => changedSnippet(snippet, request, change);

  it.each<[Change, string, string]>([
    [{ body: { '/name': 'b"' } }, '"name": "a"', '"name": "b\\""'],
    [{ body: { '/more/0': 'c' } }, '["a"', '["c"'],
    [{ body: { '/size': 2 } }, '"size": 1', '"size": 2'],
    [{ headers: { 'x-kind': 'b' } }, 'X-Kind: a', 'X-Kind: b'],
    [{ url: 'https://a.example/x?y=1' }, '/v1/things HTTP/1.1\nHost: {{base}}', '/x?y=1 HTTP/1.1\nHost: a.example'],
  ])('has it: %j', (change, before, after) => {
    expect(copyOf(change)).toEqual({ snippet: { ...snippet, code: code.replace(before, () => after) }, missing: [] });
  });

  it.each<[Change, string[]]>([
    [{ method: 'GET', auth: { none: true } }, ['method', 'authorization']],
    [{ body: { '/size': 'x', '/other': 1 } }, ['body size', 'body other']],
    [{ headers: { 'X-Other': 'b' } }, ['header X-Other']],
    [{ url: '{{base}}/a"b' }, ['address']],
  ])('says that it is missing: %j', (change, missing) => {
    const copy = copyOf(change);
    expect(copy.snippet.code).toBe(code);
    expect(copy.missing.toSorted()).toEqual(missing.toSorted());
  });
});
