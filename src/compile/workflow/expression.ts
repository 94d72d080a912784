import type { Definition, Step } from '../../definition/definition.ts';
import { variablesIn } from '../../definition/variables.ts';
import { originOf } from '../scripts/base-addresses.ts';
import { plainName } from './operations.ts';

/** A text of a step with its variables as runtime expressions of Arazzo: `{{envID}}` → `$steps.create.outputs.envID`. */
export function expressionOf(text: string, step: Step, definition: Definition): string {
  const written = writtenOut(text, step, definition, 0);
  const [name = ''] = variablesIn(written);
  if (/^\{\{[^{}]*\}\}$/.test(written)) return runtimeExpression(name, step, definition);
  return written.replace(
    /\{\{([^{}]*)\}\}/g,
    (_whole, inner: string) => `{${runtimeExpression(inner.trim(), step, definition)}}`,
  );
}

/** The same in every text of plain data. Keys stay as they are: Arazzo has no expressions there. */
export function expressionsIn(data: unknown, step: Step, definition: Definition): unknown {
  if (typeof data === 'string') return expressionOf(data, step, definition);
  if (Array.isArray(data)) return data.map((item) => expressionsIn(item, step, definition));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, expressionsIn(value, step, definition)]));
}

/** Name of the workflow that a step belongs to. */
export function workflowOf({ id, cleanUp }: Pick<Definition, 'id' | 'cleanUp'>, step: Step): string {
  return cleanUp.steps.includes(step) ? `${id}-clean-up` : id;
}

function runtimeExpression(name: string, step: Step, definition: Definition): string {
  const origin = originOf(definition, step, name);
  if (origin.kind !== 'output') return `$inputs.${plainName(name)}`;
  const [own, other] = [workflowOf(definition, step), workflowOf(definition, origin.step)];
  return own === other ? `$steps.${origin.step.id}.outputs.${name}` : `$workflows.${other}.outputs.${name}`;
}

/** Variables whose declared value is made of variables that only the run knows are replaced by that value. */
function writtenOut(text: string, step: Step, definition: Definition, depth: number): string {
  return text.replace(/\{\{([^{}]*)\}\}/g, (whole, inner: string) => {
    const origin = originOf(definition, step, inner.trim());
    return origin.kind === 'text' && depth < 20 ? writtenOut(origin.text, step, definition, depth + 1) : whole;
  });
}
