import type { PhrasingContent, RootContent } from 'mdast';
import { collectionFileName } from '../../src/compile/compile.ts';
import type { Definition, Step, Variable } from '../../src/definition/definition.ts';
import { simulatorTemplate } from '../../src/definition/join-definitions.ts';
import { entropyVariable } from '../../src/definition/password-entropy.ts';
import { code, heading, list, markdownText, paragraph, table, text } from '../../src/report/text/mdast.ts';
import { codeBlock, link, markdown, prose } from './parts.ts';
import { madeFrom, pageFile } from './place.ts';

/** The overview of a collection: what it does, its steps, its variables, and how to run it. `environments` is the path to the environment files. */
export function overview(definition: Definition, environments: string): string {
  const { name, description, steps, cleanUp, next } = definition;
  return markdownText([
    markdown(madeFrom('collection.yaml')),
    heading(1, name),
    markdown(description),
    heading(2, 'Steps'),
    stepTable(steps),
    ...(cleanUp.steps.length > 0 ? [heading(2, 'Clean up'), stepTable(cleanUp.steps)] : []),
    heading(2, 'Variables'),
    variableTable(definition),
    heading(2, 'Run it'),
    paragraph('In Postman, import the collection and an environment:'),
    list([
      fileLink(collectionFileName(definition.id), ''),
      ...definition.environments.map(({ id }) => fileLink(`${id}.postman_environment.json`, `${environments}/`)),
    ]),
    paragraph(
      simulatorTemplate(definition)
        ? 'Or on the command line, against the built-in simulator as long as no credentials are given:'
        : 'Or on the command line:',
    ),
    codeBlock('sh', `npm run tutorial -- ${definition.id}`),
    ...(next.length > 0 ? [heading(2, 'What next'), list(next.map(prose))] : []),
  ]);
}

function fileLink(file: string, folder: string): PhrasingContent[] {
  return [link(`${folder}${file}`, file)];
}

function stepTable(steps: readonly Step[]): RootContent {
  return table(
    ['Step', 'Request'],
    steps.map((step) => [[link(pageFile(step), step.name)], [code(`${step.request.method} ${step.request.url}`)]]),
  );
}

function variableTable(definition: Definition): RootContent {
  return table(
    ['Variable', 'What it is', 'Where its value comes from'],
    definition.variables
      .filter(({ name }) => name !== entropyVariable.name)
      .map((variable) => [
        [code(variable.name)],
        prose(variable.secret ? `${variable.description} Secret.` : variable.description),
        origin(variable, definition),
      ]),
  );
}

function origin({ name, required, value }: Variable, { steps, cleanUp }: Definition): PhrasingContent[] {
  if (required) return [text('you')];
  const setter = [...steps, ...cleanUp.steps].find(({ captures, generate }) =>
    [...captures, ...generate].some(({ variable }) => variable === name),
  );
  if (setter) return [link(pageFile(setter), setter.name)];
  return value === undefined || value === '' ? [text('you, if you like')] : [text('at first '), code(value)];
}
