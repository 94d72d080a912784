import type { Definition, Step } from '../../definition/definition.ts';
import { perDefinition } from '../../definition/per-definition.ts';
import { takeApart } from '../address.ts';
import { sentBody } from '../request-body.ts';
import { outputsOf } from '../scripts/base-addresses.ts';
import { settersOf } from '../scripts/planned-checks.ts';
import { bodyExpression, successCriteria } from './criteria.ts';
import { expressionOf, expressionsIn, workflowOf } from './expression.ts';
import { inputsIn, inputsSchema } from './inputs.ts';
import { sourceName } from './openapi-servers.ts';
import { type Operation, operationOf, pathVariables } from './operations.ts';
import { retryActions } from './retry-actions.ts';

/** An Arazzo 1.0.1 description. Plain data, in the order in which it is written. */
export type ArazzoDescription = Readonly<Record<string, unknown>>;

type Json = Readonly<Record<string, unknown>>;

/**
 * The steps of a definition as a workflow, and its clean-up as a second one that needs the first. `openApiUrl` is where the
 * description of the operations is, relative to this one. What Arazzo cannot say is an input.
 */
export function compileArazzo(definition: Definition, openApiUrl: string): ArazzoDescription {
  const { steps, cleanUp } = definition;
  const sources = sourcesOf(definition);
  return {
    arazzo: '1.0.1',
    info: { title: definition.name, version: '1.0.0', description: definition.description },
    // One for each base address, all of the same file, so that each can be given another address by its name.
    sourceDescriptions: sources.map((name) => ({ name, url: openApiUrl, type: 'openapi' })),
    workflows: [
      compileWorkflow(steps, definition, { summary: definition.name }),
      ...(cleanUp.steps.length > 0
        ? [compileWorkflow(cleanUp.steps, definition, { summary: 'Clean up', dependsOn: [definition.id] })]
        : []),
    ],
  };
}

const sourcesOf = perDefinition(({ steps, cleanUp }: Definition): string[] => [
  ...new Set([...steps, ...cleanUp.steps].map((step) => sourceOf(step))),
]);

function sourceOf(step: Step): string {
  return sourceName(takeApart(step.request.url).base);
}

function compileWorkflow(steps: readonly Step[], definition: Definition, about: Json): Json {
  const compiled = steps.map((step) => compileStep(step, definition));
  const inputs = inputsIn(compiled, definition);
  const outputs = steps === definition.steps ? neededByCleanUp(definition) : {};
  return {
    ...(steps[0] && { workflowId: workflowOf(definition, steps[0]) }),
    ...about,
    ...(inputs.length > 0 && { inputs: inputsSchema(inputs, definition) }),
    steps: compiled,
    ...(Object.keys(outputs).length > 0 && { outputs }),
  };
}

/** The outputs of the steps that the clean-up refers to. */
function neededByCleanUp(definition: Definition): Json {
  const text = JSON.stringify(definition.cleanUp.steps.map((step) => sentAndChecked(step, definition)));
  const names = new Set([...text.matchAll(/\$workflows\.[a-z0-9-]+\.outputs\.(\w+)/g)].map(([, name = '']) => name));
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const setter = definition.steps.findLast((step) => outputsOf(step).some(({ variable }) => variable === name));
      return setter ? [[name, `$steps.${setter.id}.outputs.${name}`]] : [];
    }),
  );
}

function compileStep(step: Step, definition: Definition): Json {
  const sources = sourcesOf(definition);
  const id = operationOf(step, definition)?.id ?? step.id;
  const outputs = outputsOf(step)
    // A step whose output has no value fails, so what may have none is an output only where something needs it.
    .filter(({ variable, optional }) => !optional || isNeededAfter(step, variable, definition))
    .map(({ variable, from }) => [variable, bodyExpression(from)] as const);
  const { successCriteria, ...request } = sentAndChecked(step, definition);
  const retry = retryActions(step, definition);
  return {
    stepId: step.id,
    description: step.description,
    // With several source descriptions, Arazzo wants to be told which one knows the operation.
    operationId: sources.length > 1 ? `$sourceDescriptions.${sourceOf(step)}.${id}` : id,
    ...request,
    successCriteria,
    ...(retry.length > 0 && { onFailure: retry }),
    ...(outputs.length > 0 && { outputs: Object.fromEntries(outputs) }),
  };
}

/** The parts of a step in which expressions refer to inputs and outputs. */
function sentAndChecked(step: Step, definition: Definition): Json {
  const operation = operationOf(step, definition);
  const parameters = operation ? parametersOf(step, operation, definition) : [];
  const body = sentBody(step.request);
  return {
    ...basicSecurity(step, definition, sourcesOf(definition)),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { contentType: body.mediaType, payload: expressionsIn(body.value, step, definition) },
    }),
    successCriteria: successCriteria(step, definition),
  };
}

const sentTexts = perDefinition((definition: Definition) =>
  [...definition.steps, ...definition.cleanUp.steps].map((step) => ({
    step,
    text: JSON.stringify(sentAndChecked(step, definition)),
  })),
);

/** The place of the last step that mentions an output, by the name of the output. */
const lastMentions = perDefinition(
  (definition: Definition): ReadonlyMap<string, number> =>
    new Map(
      sentTexts(definition).flatMap(({ text }, position) =>
        [...text.matchAll(/\.outputs\.(\w+)/g)].map(([, name = '']) => [name, position] as const),
      ),
    ),
);

function isNeededAfter(step: Step, variable: string, definition: Definition): boolean {
  const texts = sentTexts(definition);
  const after = (settersOf(definition).positions.get(step) ?? -1) + 1;
  const last = lastMentions(definition).get(/^\w+/.exec(variable)?.[0] ?? '') ?? -1;
  if (last < after) return false;
  const expressions = [`$steps.${step.id}.outputs.${variable}`, `$workflows.${definition.id}.outputs.${variable}`];
  const patterns = expressions.map((expression) => new RegExp(`${expression.replaceAll(/[$.]/g, '\\$&')}\\b`));
  return texts.slice(after, last + 1).some(({ text }) => patterns.some((pattern) => pattern.test(text)));
}

/** Arazzo has no way to say Basic authentication, which needs base64. Redocly's extension has; others read the OpenAPI description. */
function basicSecurity(step: Step, definition: Definition, sources: readonly string[]): Json {
  const { basic } = step.request.auth ?? definition.authorization;
  if (!basic) return {};
  const schemeName = sources.length > 1 ? `$sourceDescriptions.${sourceOf(step)}.basic` : 'basic';
  return { 'x-security': [{ schemeName, values: expressionsIn({ ...basic }, step, definition) }] };
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly value: unknown;
}

function parametersOf(step: Step, { pathParameters }: Operation, definition: Definition): Parameter[] {
  const { bearer } = step.request.auth ?? definition.authorization;
  const variables = pathVariables(step);
  const { query } = takeApart(step.request.url);
  const headers = step.request.headers.filter(
    ({ name, disabled }) => !disabled && name.toLowerCase() !== 'content-type',
  );
  const hasOwn = headers.some(({ name }) => name.toLowerCase() === 'authorization');
  return [
    ...pathParameters.map(
      (name, index): Parameter => ({
        name,
        in: 'path',
        value: expressionOf(`{{${variables[index]}}}`, step, definition),
      }),
    ),
    ...named('query', query, step, definition),
    ...named('header', headers, step, definition),
    ...(bearer !== undefined && !hasOwn
      ? named('header', [{ name: 'Authorization', value: `Bearer ${bearer}` }], step, definition)
      : []),
  ];
}

/** Parameters by name: one that is there several times has a list of values. */
function named(
  place: Parameter['in'],
  given: readonly { readonly name: string; readonly value: string }[],
  step: Step,
  definition: Definition,
): Parameter[] {
  return [...new Set(given.map(({ name }) => name))].map((name) => {
    const values = given
      .filter((entry) => entry.name === name)
      .map(({ value }) => expressionOf(value, step, definition));
    return { name, in: place, value: values.length === 1 ? values[0] : values };
  });
}
