import type { Node, Statement } from 'acorn';
import { isSpelling, statementsOf } from './script-code.ts';

/**
 * Shapes of code, written as code with holes: `pm.test($name, $verify);`. A hole stands for an expression or a statement; one that is
 * all there is in a block stands for every statement there. A text that ends with `…` stands for any that begins so.
 */

/** What is in the holes of a shape, by their names without `$`. */
export type Holes = Readonly<Record<string, unknown>>;

/** What is in the holes where statements have the shape; undefined when they have not. */
export function match(shape: string, code: Node | readonly Node[] | undefined): Holes | undefined {
  const { statements, fits } = shapeOf(shape);
  const given = (Array.isArray(code) ? code : [code]) as readonly Node[];
  return mayFit(statements[0], given[0]) ? holesOf(fits, given) : undefined;
}

/** False when types of statements alone show that a shape does not fit: most statements are of another. */
function mayFit(shape: Statement | undefined, code: Node | undefined): boolean {
  return shape?.type === code?.type || holeOf(shape) !== undefined;
}

/** The same of an expression. */
export function matchExpression(shape: string, code: unknown): Holes | undefined {
  return holesOf(shapeOf(`(${shape});`).fitsExpression, code);
}

function holesOf(fits: Fit, code: unknown): Holes | undefined {
  const holes: Record<string, unknown> = {};
  return fits(code, holes) ? holes : undefined;
}

/** What is in the holes of the first statement that has the shape. */
export function find(shape: string, code: readonly Statement[]): Holes | undefined {
  return code.map((statement) => match(shape, statement)).find((holes) => holes !== undefined);
}

/** Whether code has a shape; what is in the holes is put into `holes`. */
type Fit = (code: unknown, holes: Record<string, unknown>) => boolean;

interface Shape {
  readonly statements: readonly Statement[];
  readonly fits: Fit;
  /** The same of the expression that is its first statement. */
  readonly fitsExpression: Fit;
}

const known = new Map<string, Shape>();

function shapeOf(text: string): Shape {
  const made = known.get(text) ?? readShape(text);
  known.set(text, made);
  return made;
}

function readShape(text: string): Shape {
  const statements = statementsOf(text);
  if (!statements) throw new Error(`not a shape: ${text}`);
  const [first] = statements as readonly (Statement & { readonly expression?: unknown })[];
  return { statements, fits: fitOf(statements), fitsExpression: fitOf(first?.expression) };
}

/** Each shape is looked for in thousands of statements, so it becomes a function once. */
function fitOf(shape: unknown): Fit {
  const hole = holeOf(shape);
  if (hole !== undefined) {
    return (code, holes) => {
      holes[hole] = code;
      return code !== undefined && code !== null;
    };
  }
  if (Array.isArray(shape)) return fitOfList(shape);
  if (typeof shape === 'string' && shape.endsWith('…')) {
    const beginning = shape.slice(0, -1);
    return (code) => typeof code === 'string' && code.startsWith(beginning);
  }
  if (typeof shape !== 'object' || shape === null) return (code) => code === shape;
  const parts = Object.entries(shape)
    .filter(([key, part]) => !isSpelling(key, part))
    .map(([key, part]) => [key, fitOf(part)] as const);
  return (code, holes) => {
    if (typeof code !== 'object' || code === null) return false;
    const given = code as Readonly<Record<string, unknown>>;
    return parts.every(([key, fits]) => fits(given[key], holes));
  };
}

function fitOfList(shape: readonly unknown[]): Fit {
  const all = shape.length === 1 && isStatement(shape[0]) ? holeOf(shape[0]) : undefined;
  if (all !== undefined) {
    return (code, holes) => {
      if (Array.isArray(code)) holes[all] = code;
      return Array.isArray(code);
    };
  }
  const parts = shape.map(fitOf);
  return (code, holes) =>
    Array.isArray(code) && code.length === parts.length && parts.every((fits, index) => fits(code[index], holes));
}

function holeOf(code: unknown): string | undefined {
  if (isStatement(code)) return holeOf(code.expression);
  const { type, name } = (code ?? {}) as { type?: string; name?: string };
  return type === 'Identifier' && name?.startsWith('$') ? name.slice(1) : undefined;
}

function isStatement(code: unknown): code is { readonly expression: unknown } {
  return (code as { type?: string } | null | undefined)?.type === 'ExpressionStatement';
}

/** Statements of the first shape become those of the second, with the same in their holes. */
export type Rule = readonly [from: string, to: string];

/** Code with each rule, in turn, carried out wherever it fits. */
export function rewrite<Code>(code: Code, rules: readonly Rule[]): Code {
  if (Array.isArray(code)) {
    const parts = code.map((part: unknown) => rewrite(part, rules));
    const kept = parts.every((part, index) => part === code[index]) ? code : parts;
    const isBlock = /(Statement|Declaration)$/.test((kept[0] as { type?: string } | undefined)?.type ?? '');
    return (isBlock ? rules.reduce(carryOut, kept as Statement[]) : kept) as Code;
  }
  if (typeof (code as { type?: unknown } | null | undefined)?.type !== 'string') return code;
  let changed: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(code as object)) {
    const made: unknown = typeof value === 'object' && value !== null ? rewrite(value, rules) : value;
    if (made === value) continue;
    changed ??= { ...(code as object) };
    changed[key] = made;
  }
  return (changed ?? code) as Code;
}

function carryOut(code: readonly Statement[], [from, to]: Rule): readonly Statement[] {
  const [first, ...more] = shapeOf(from).statements;
  const length = more.length + 1;
  if (!code.some((statement) => mayFit(first, statement))) return code;
  const made: Statement[] = [];
  for (let at = 0; at < code.length; ) {
    const holes = match(from, code.slice(at, at + length));
    const given = code[at] as Statement;
    made.push(
      ...(holes
        ? filled(shapeOf(to).statements, holes, { start: given.start, end: code[at + length - 1]?.end })
        : [given]),
    );
    at += holes ? length : 1;
  }
  return made;
}

/** The code that a shape makes with something in its holes, all of it in one place. */
function filled<Code>(shape: Code, holes: Holes, place: object): Code {
  const hole = holeOf(shape);
  if (hole !== undefined) return holes[hole] as Code;
  if (Array.isArray(shape)) return shape.flatMap((part: unknown) => filled(part, holes, place)) as Code;
  return typeof (shape as { type?: unknown } | null)?.type === 'string'
    ? ({ ...mapValues(shape as object, (value) => filled(value, holes, place)), ...place } as Code)
    : shape;
}

function mapValues(node: object, change: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, change(value)]));
}
