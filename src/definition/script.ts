import { type Node, parse } from 'acorn';
import { simple } from 'acorn-walk';
import { variablesIn } from './variables.ts';

/** What was found in a script: a syntax error or an idiom that not every engine has, and the variables it touches. */
export interface ScriptFacts {
  readonly problems: readonly ScriptProblem[];
  /** Variables read with `pm.….get('x')` or `{{x}}` in `replaceIn`. */
  readonly reads: readonly string[];
  /** Variables set with `pm.….set('x', …)`. */
  readonly sets: readonly string[];
}

export interface ScriptProblem {
  /** 1-based line and column within the script. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** `body`: the text is the body of a function that returns a value. `script`: it stands on its own. */
export type ScriptKind = 'body' | 'script';

/** Member accesses that are refused, with the reason. */
const refusedMembers: Readonly<Record<string, string>> = {
  'Math.random': 'Math.random is not a cryptographic source and differs between engines; use a generator of the format',
  'pm.require': 'pm.require exists in Postman only; use require(…) of a built-in module',
  'pm.vault': 'pm.vault exists in Postman only; use an environment variable of type secret',
};

const variableScopes = new Set(['environment', 'variables', 'collectionVariables', 'globals']);

/** Parses a script as the sandboxes of Postman, Newman and Bruno would run it (ECMAScript 2020, no top-level await). */
export function inspectScript(text: string, kind: ScriptKind): ScriptFacts {
  let program: Node;
  try {
    program = parse(text, {
      ecmaVersion: 2020,
      sourceType: 'script',
      locations: true,
      allowReturnOutsideFunction: kind === 'body',
    });
  } catch (error) {
    return { problems: [syntaxProblem(error)], reads: [], sets: [] };
  }
  const problems: ScriptProblem[] = [];
  const reads = new Set<string>();
  const sets = new Set<string>();
  simple(program, {
    MemberExpression(node) {
      const message = refusedMembers[memberPath(node)];
      if (message !== undefined) problems.push(problemAt(node, message));
    },
    CallExpression(node) {
      const callee = memberPath(node.callee);
      const [first] = node.arguments;
      const text = first?.type === 'Literal' && typeof first.value === 'string' ? first.value : undefined;
      if (callee === 'fetch') problems.push(problemAt(node, 'fetch is not in every sandbox; use pm.sendRequest'));
      const [root, scope, method] = callee.split('.');
      if (root !== 'pm' || !variableScopes.has(scope ?? '') || text === undefined) return;
      if (method === 'get' || method === 'has') reads.add(text);
      if (method === 'replaceIn') for (const name of variablesIn(text)) reads.add(name);
      if (method === 'set') sets.add(text);
    },
  });
  return { problems, reads: [...reads].filter((name) => !name.startsWith('$')), sets: [...sets] };
}

function syntaxProblem(error: unknown): ScriptProblem {
  const place = (error as { loc?: { line: number; column: number } }).loc ?? { line: 1, column: 0 };
  const message = (error instanceof Error ? error.message : String(error)).replace(/ \(\d+:\d+\)$/, '');
  return { line: place.line, column: place.column + 1, message: `the script does not parse: ${message}` };
}

function problemAt(node: Node, message: string): ScriptProblem {
  return { line: node.loc?.start.line ?? 1, column: (node.loc?.start.column ?? 0) + 1, message };
}

/** `pm.environment.set` for that expression; an empty text for what is not a chain of plain names. */
function memberPath(node: Node): string {
  if (node.type === 'Identifier') return (node as Node & { name: string }).name;
  if (node.type !== 'MemberExpression') return '';
  const { object, property, computed } = node as Node & { object: Node; property: Node; computed: boolean };
  const parent = memberPath(object);
  return computed || parent === '' ? '' : `${parent}.${memberPath(property)}`;
}
