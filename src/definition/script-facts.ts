import { getLineInfo, type Node, type Options, type Program, parse } from 'acorn';
import { simple } from 'acorn-walk';
import { messageOf } from '../errors.ts';
import { ofLately } from './per-definition.ts';
import { variablesIn } from './variables.ts';

/** What was found in a script: a syntax error or an idiom that not every engine has, and the variables it touches. */
export interface ScriptFacts {
  /** False when it has a syntax error: nothing is known of its variables then. */
  readonly parsed: boolean;
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
  'pm.variables.get': "pm.variables.get does not see the environment in Bruno; use pm.variables.replaceIn('{{name}}')",
  'pm.variables.has': "pm.variables.has does not see the environment in Bruno; use pm.variables.replaceIn('{{name}}')",
  'pm.vault': 'pm.vault exists in Postman only; use an environment variable of type secret',
};

const variableScopes = new Set(['environment', 'variables', 'collectionVariables', 'globals']);

/** What the sandboxes of Postman, Newman and Bruno all run: ECMAScript 2020, no top-level await. */
const syntax = { ecmaVersion: 2020, sourceType: 'script' } as const;

/** Parses a script as the sandboxes of Postman, Newman and Bruno would run it (ECMAScript 2020, no top-level await). */
export function inspectScript(text: string, kind: ScriptKind): ScriptFacts {
  // What stands on its own says the same as a body.
  const alone = factsOf.script(text);
  return kind === 'script' || alone.parsed ? alone : factsOf.body(text);
}

/** Import and checks ask for the facts of every script of a collection. */
const factsOf = {
  body: ofLately((text) => readScript(text, 'body'), 10_000),
  script: ofLately((text) => readScript(text, 'script'), 10_000),
} as const;

type Parsed = { readonly program: Program } | { readonly error: unknown };

/** A script as a syntax tree, or why it is none. Import asks for its statements and for its facts, one after the other. */
export const parseScript = ofLately((text): Parsed => parsed(text, syntax));

function parsed(text: string, options: Options): Parsed {
  try {
    return { program: parse(text, options) };
  } catch (error) {
    return { error };
  }
}

function readScript(text: string, kind: ScriptKind): ScriptFacts {
  const options = { ...syntax, allowReturnOutsideFunction: kind === 'body' };
  const read = kind === 'script' ? parseScript(text) : parsed(text, options);
  if ('error' in read) {
    return { parsed: false, problems: [syntaxProblem(read.error, text, options)], reads: [], sets: [] };
  }
  const problems: ScriptProblem[] = [];
  const reads = new Set<string>();
  const sets = new Set<string>();
  simple(read.program, {
    MemberExpression(node) {
      const message = refusedMembers[memberPath(node)];
      if (message !== undefined) problems.push(problemAt(node, text, message));
    },
    CallExpression(node) {
      const callee = memberPath(node.callee);
      const name = textOf(node.arguments[0]);
      if (callee === 'fetch') problems.push(problemAt(node, text, 'fetch is not in every sandbox; use pm.sendRequest'));
      const [root, scope, method] = callee.split('.');
      if (root === 'postman' && name !== undefined) {
        // What older scripts call: postman.setEnvironmentVariable('x', …).
        if (/^get(Environment|Global)Variable$/.test(scope ?? '')) reads.add(name);
        if (/^set(Environment|Global)Variable$/.test(scope ?? '')) sets.add(name);
      }
      if (root !== 'pm' || !variableScopes.has(scope ?? '') || name === undefined) return;
      if (method === 'get' || method === 'has') reads.add(name);
      if (method === 'replaceIn') for (const one of variablesIn(name)) reads.add(one);
      if (method === 'set') sets.add(name);
    },
  });
  return { parsed: true, problems, reads: [...reads], sets: [...sets] };
}

function syntaxProblem(error: unknown, text: string, options: Options): ScriptProblem {
  const place = (error as { loc?: { line: number; column: number } }).loc ?? { line: 1, column: 0 };
  const message = messageOf(error).replace(/ \(\d+:\d+\)$/, '');
  const parses = (more: Partial<Options>) => 'program' in parsed(text, { ...options, ...more });
  const reason = parses({ allowAwaitOutsideFunction: true })
    ? 'await works only in an async function; not every engine waits for one'
    : parses({ ecmaVersion: 'latest' })
      ? 'this syntax is newer than ECMAScript 2020, which not every engine has'
      : parses({ ecmaVersion: 'latest', sourceType: 'module' })
        ? 'import and export do not work in scripts; use require(…) of a built-in module'
        : `the script does not parse: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  return { line: place.line, column: place.column + 1, message: reason };
}

function problemAt(node: Node, script: string, message: string): ScriptProblem {
  const { line, column } = getLineInfo(script, node.start);
  return { line, column: column + 1, message };
}

/** `pm.environment.set` for that expression or `pm['environment'].set`; an empty text for what is not a chain of names. */
function memberPath(node: Node): string {
  if (node.type === 'Identifier') return (node as Node & { name: string }).name;
  if (node.type !== 'MemberExpression') return '';
  const { object, property, computed } = node as Node & { object: Node; property: Node; computed: boolean };
  const parent = memberPath(object);
  const name = computed ? textOf(property) : memberPath(property);
  return parent === '' || name === undefined ? '' : `${parent}.${name}`;
}

/** The text of a string literal. */
function textOf(node: Node | undefined): string | undefined {
  const value = node?.type === 'Literal' ? (node as Node & { value: unknown }).value : undefined;
  return typeof value === 'string' ? value : undefined;
}
