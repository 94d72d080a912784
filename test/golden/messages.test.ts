import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Node, parse } from 'acorn';
import { ancestor } from 'acorn-walk';
import { transformSync } from 'esbuild';
import { expect, it } from 'vitest';
import { root } from '../e2e/support.ts';

/**
 * What the program says when something is wrong, or worth a note: all texts of at least three words that go into errors, problems and
 * notes, by file, to be read in one go. `…` stands for what is filled in.
 */

/** Where texts are not messages: scripts for Postman and shells, the simulator's answers, pages, descriptions of keys and options. */
const others =
  /^src\/(simulator|compile\/scripts|report\/html|cli\/options|cli\/completion)\/|^src\/(definition\/schema|cli\/help-notes|cli\/commands)\.ts$|^src\/run\/result\/schema\//;

/** Names of functions that take or make messages. */
const messageMakers =
  /problem|message|note|words|explain|reason|hint|fail|refus|warn|error|^say|^tell|^write$|finding|steps$|lines$/i;

it('every message is as it was read', async () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !others.test(file))
    .sort();
  const parts = files.flatMap((file) => {
    const found = messagesOf(readFileSync(join(root, file), 'utf8'));
    return found.length > 0 ? [[file, ...found.map((text) => `  ${text}`)].join('\n')] : [];
  });
  await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot('text/messages.txt');
});

function messagesOf(source: string): string[] {
  const { code } = transformSync(source, { loader: 'ts', target: 'esnext' });
  const found = new Set<string>();
  const add = (text: string, ancestors: readonly Node[]) => {
    const line = text.replaceAll(/\s*\n\s*/g, ' ↵ ').trim();
    if (line.split(/\s+/).filter((word) => /\p{L}{2}/u.test(word)).length >= 3 && ancestors.some(isMaker))
      found.add(line);
  };
  ancestor(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), {
    Literal(node, _state, ancestors) {
      if (typeof node.value === 'string') add(node.value, ancestors);
    },
    TemplateLiteral(node, _state, ancestors) {
      add(node.quasis.map(({ value }) => value.cooked ?? '').join('…'), ancestors);
    },
  });
  return [...found];
}

/** Whether a node is a call or a function of a name that messages go through, or a property of such a name. */
function isMaker(node: Node): boolean {
  return messageMakers.test(nameOf(node as Node & Named));
}

interface Named {
  readonly callee?: { readonly name?: string; readonly property?: { readonly name?: string } };
  readonly id?: { readonly name?: string } | null;
  readonly key?: { readonly name?: string };
}

function nameOf({ type, callee, id, key }: Node & Named): string {
  if (type === 'CallExpression' || type === 'NewExpression') return callee?.property?.name ?? callee?.name ?? '';
  if (type === 'FunctionDeclaration' || type === 'VariableDeclarator') return id?.name ?? '';
  return type === 'Property' ? (key?.name ?? '') : '';
}
