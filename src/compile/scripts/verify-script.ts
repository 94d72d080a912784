import { type Node, parse } from 'acorn';
import { simple } from 'acorn-walk';
import { messageOf } from '../../errors.ts';
import { hintVariable } from './hint-script.ts';

/** What every engine knows, or translates: Postman, both Newmans, the Postman CLI on both formats, and Bruno. */
const idioms: readonly string[] = [
  'pm.test',
  'pm.expect',
  'pm.expect.fail',
  ...['get', 'set', 'unset', 'has'].flatMap((method) => [
    `pm.environment.${method}`,
    `pm.collectionVariables.${method}`,
  ]),
  // Not get and has: in Bruno, they do not see the environment.
  'pm.variables.set',
  'pm.variables.replaceIn',
  'pm.response.code',
  'pm.response.json',
  'pm.response.text',
  'pm.response.headers.get',
  'pm.response.to.have.status',
  'pm.response.to.have.jsonSchema',
  'pm.response.to.have.header',
  'pm.request.headers.get',
  'pm.request.body',
  'pm.execution.setNextRequest',
  'pm.execution.skipRequest',
];

const modules: readonly string[] = ['ajv', 'uuid', 'lodash'];

/** What is in a script that was compiled. */
export interface ScriptReport {
  /** What not every engine would run as it is meant. */
  readonly problems: readonly string[];
  /** Names of the checks that it makes. */
  readonly checks: readonly string[];
}

/** Reads a compiled script: its syntax, its idioms, its checks. */
export function verifyScript(code: string): ScriptReport {
  let program: Node;
  try {
    program = parse(code, { ecmaVersion: 2020, sourceType: 'script' });
  } catch (error) {
    return { problems: [`the script does not parse: ${messageOf(error)}`], checks: [] };
  }
  const used = new Set<string>();
  const problems: string[] = [];
  const checks: string[] = [];
  // What is part of a longer chain is no idiom of its own, and the variable of hints is one that the run itself sets.
  const inner = new Set<Node>();
  simple(program, {
    CallExpression({ callee, arguments: given }) {
      const name = memberPath(callee);
      const [first] = given;
      const text = first?.type === 'Literal' ? first.value : undefined;
      if ((name === 'pm.test' || name === 'check') && typeof text === 'string') checks.push(text);
      if (name === 'pm.variables.get' && text === hintVariable) inner.add(callee);
      if (name === 'require' && !modules.includes(String(text)))
        problems.push(
          `require(${JSON.stringify(text) ?? '…'}) is not in every engine; expected one of ${modules.join(', ')}`,
        );
    },
    MemberExpression(node) {
      inner.add(node.object);
    },
  });
  simple(program, {
    MemberExpression(node) {
      if (!inner.has(node)) used.add(memberPath(node));
    },
  });
  const foreign = [...used].filter((path) => path.startsWith('pm.') && !idioms.includes(path));
  return {
    problems: [...problems, ...foreign.map((path) => `${path} does not work in every engine`)],
    checks,
  };
}

/** `pm.response.to.have.status`; an empty text for what is not a chain of names. What follows a call, as `id` in `pm.response.json().id`, is none. */
function memberPath(node: Node): string {
  if (node.type === 'Identifier') return (node as Node & { name: string }).name;
  if (node.type !== 'MemberExpression') return '';
  const { object, property, computed } = node as Node & { object: Node; property: Node; computed: boolean };
  const parent = memberPath(object);
  const own = property as Node & { name?: string; value?: unknown };
  const name = computed ? (typeof own.value === 'string' ? own.value : undefined) : own.name;
  return parent === '' || name === undefined ? '' : `${parent}.${name}`;
}
