import type { Definition, Variable } from '../../definition/definition.ts';
import { variablesIn } from '../../definition/variables.ts';
import { withoutEnding } from '../scripts/base-addresses.ts';
import { variableNamed } from '../scripts/planned-checks.ts';
import { plainName } from './operations.ts';

/** A Server Object of OpenAPI. */
export interface Server {
  readonly url: string;
  readonly description?: string;
  readonly variables?: Readonly<Record<string, ServerVariable>>;
}

interface ServerVariable {
  readonly default: string;
  readonly enum?: readonly string[];
  readonly description?: string;
}

/** The server at a base address: `{{baseUrl}}` → `https://api.example.{domain}`, with what is declared of `domain`. */
export function serverOf(base: string, definition: Definition): Server {
  const declared = (name: string) => variableNamed(definition, name);
  const [first = ''] = variablesIn(base);
  const url = withoutEnding(expand(base, declared, 0));
  const variables = variablesIn(url).map((name) => [plainName(name), serverVariable(name, declared(name))] as const);
  const description = base === `{{${first}}}` ? declared(first)?.description : undefined;
  return {
    url: url.replace(/\{\{([^{}]*)\}\}/g, (_whole, name: string) => `{${plainName(name)}}`),
    ...(description && { description }),
    ...(variables.length > 0 && { variables: Object.fromEntries(variables) }),
  };
}

/** Name of the source description that stands for a base address: its variable. Tools can give it another address by it. */
export function sourceName(base: string): string {
  return base.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-|-$/g, '') || 'api';
}

/** The declared values of base addresses, and of what is made of other variables, written out. */
function expand(text: string, declared: (name: string) => Variable | undefined, depth: number): string {
  return text.replace(/\{\{([^{}]*)\}\}/g, (whole, name: string) => {
    const variable = declared(name.trim());
    const isWrittenOut = variable?.format === 'base-url' || variablesIn(variable?.value ?? '').length > 0;
    if (!variable?.value || variable.secret || !isWrittenOut || depth > 19) return whole;
    return withoutEnding(expand(variable.value, declared, depth + 1), variable.removeSuffix);
  });
}

/** OpenAPI wants a default: where none is declared, one that cannot be reached by mistake. */
function serverVariable(name: string, variable: Variable | undefined): ServerVariable {
  const placeholder =
    variable?.format === 'base-url' ? `https://${plainName(name).toLowerCase()}.invalid` : plainName(name);
  const value = variable?.secret ? undefined : variable?.value;
  return {
    default: value || variable?.allowed?.[0] || placeholder,
    ...(variable?.allowed && { enum: variable.allowed }),
    ...(variable && { description: variable.description }),
  };
}
