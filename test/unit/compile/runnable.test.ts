import { describe, expect, it } from 'vitest';
import { compileCollection } from '../../../src/compile/collection.ts';
import { compileJoined } from '../../../src/compile/join-collections.ts';
import { runnableCollection } from '../../../src/compile/runnable.ts';
import { joinDefinitions } from '../../../src/definition/join-definitions.ts';
import { loadDefinition } from '../../../src/definition/load.ts';
import { collectionFolder, ssoCollectionFolder } from '../../e2e/support.ts';

interface Node {
  readonly name: string;
  readonly item?: readonly Node[];
  readonly event?: readonly { readonly listen: string; readonly script: { readonly exec: readonly string[] } }[];
}

const tutorial = await loadDefinition(collectionFolder);
const signOn = await loadDefinition(ssoCollectionFolder);

function requests(node: Node): Node[] {
  return node.item ? node.item.flatMap(requests) : [node];
}

function script(node: Node | undefined, listen: string): string[] {
  return (node?.event ?? []).filter((event) => event.listen === listen).flatMap(({ script: { exec } }) => exec);
}

describe('what our runner executes', () => {
  const compiled = compileCollection(tutorial) as unknown as Node;
  const runnable = runnableCollection(compileCollection(tutorial)) as unknown as Node;

  it('has the script of the collection in each request, and lines where they were', () => {
    expect(script(compiled, 'prerequest')).not.toEqual([]);
    expect(script(runnable, 'prerequest')).toEqual([]);
    const [before, after] = [requests(compiled), requests(runnable)];
    expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
    for (const [index, request] of after.entries()) {
      const [first, ...rest] = script(request, 'prerequest');
      const [ownFirst, ...ownRest] = script(before[index], 'prerequest');
      expect(first).toMatch(/^\{ const endings = .*pm\.variables\.set\(name, base\); \}\); \}/);
      expect(first?.endsWith(` ${ownFirst}`)).toBe(true);
      expect(rest).toEqual(ownRest);
    }
  });

  it('has neither the schemas nor their checks, which count as held', () => {
    for (const [index, request] of requests(runnable).entries()) {
      const [lines, before] = [script(request, 'test'), script(requests(compiled)[index], 'test')];
      expect(lines).toHaveLength(before.length);
      expect(lines.filter((line) => line.includes('body matches'))).toEqual([]);
      const held = (of: readonly string[]) => of.filter((line) => line.includes('held += 1;')).length;
      const isCounted = before.some((line) => line.startsWith("    check('body matches"));
      expect(held(lines)).toBe(held(before) + (isCounted ? 1 : 0));
      expect(lines.at(-2)).toEqual(before.at(-2));
      expect(lines.join('\n')).not.toContain('$schema');
    }
  });

  it('has it also for each of several collections', () => {
    const parts = [tutorial, signOn];
    const joined = runnableCollection(compileJoined(parts, joinDefinitions(parts))) as unknown as Node;
    expect(joined.item?.map((part) => script(part, 'prerequest'))).toEqual([[], []]);
    for (const request of requests(joined)) expect(script(request, 'prerequest')[0]).toContain('const endings');
  });

  it('keeps what a script of the definition needs', () => {
    const [comment = ''] = script(compiled, 'prerequest');
    const own = (exec: readonly string[], listen = 'test') => ({ listen, script: { type: 'text/javascript', exec } });
    const lines = ['const schema = {', '    "type": "object"', '};', "pm.test('body matches', () => {"];
    const check = ['    pm.response.to.have.jsonSchema(schema);', '});'];
    const strict = own(["'use strict';", 'undeclared = 1;'], 'prerequest');
    const node = {
      info: {},
      event: [own([comment, 'void 0;'], 'prerequest'), own(['void 1;'], 'prerequest')],
      item: [
        { name: 'uses it', request: {}, event: [own([...lines, ...check, 'console.log(schema.type);'])] },
        { name: 'is strict', request: {}, event: [strict] },
      ],
    };
    const made = runnableCollection(node as never) as unknown as Node;
    expect(script(made, 'prerequest')).toEqual(['void 1;']);
    expect(script(made.item?.[0], 'test').slice(0, 3)).toEqual(lines.slice(0, 3));
    expect(made.item?.[1]?.event?.map((event) => event.script.exec)).toEqual([
      [comment, 'void 0;'],
      strict.script.exec,
    ]);
  });
});
