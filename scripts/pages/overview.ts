import type { PhrasingContent, RootContent } from 'mdast';
import { collectionFileName } from '../../src/compile/compile.ts';
import type { Definition, Step, Variable } from '../../src/definition/definition.ts';
import { simulatorTemplate } from '../../src/definition/join-definitions.ts';
import { entropyVariable } from '../../src/definition/password-entropy.ts';
import { code, heading, list, markdownText, paragraph, table, text } from '../../src/report/text/mdast.ts';
import { codeBlock, link, markdown, prose } from './parts.ts';
import { madeFrom, type Places, pageFile } from './place.ts';
import { entryList, firstIsLikeliest, generalTitle } from './troubleshooting.ts';

/** The overview of a collection: what it does, its steps, its variables, and how to run it. */
export function overview(definition: Definition, { environments, concepts }: Places): string {
  const { name, description, steps, cleanUp, next } = definition;
  return markdownText([
    markdown(madeFrom('collection.yaml')),
    heading(1, name),
    markdown(description),
    ...(concepts === undefined
      ? []
      : [paragraph([text('New to PingOne? '), link(concepts, 'Its words, each in a few sentences'), text('.')])]),
    heading(2, 'Steps'),
    stepTable(steps),
    ...(cleanUp.steps.length > 0 ? [heading(2, 'Clean up'), stepTable(cleanUp.steps)] : []),
    ...examples(definition),
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
    codeBlock(
      'sh',
      `npm run tutorial -- ${definition.id} --step    # step by step, with each request and its answer\nnpm run tutorial -- ${definition.id}`,
    ),
    ...(next.length > 0 ? [heading(2, 'What next'), list(next.map(prose))] : []),
    ...general(definition),
  ]);
}

/** What holds for the examples of all pages. */
function examples({ variables }: Definition): RootContent[] {
  const endings = variables.filter(({ removeSuffix }) => removeSuffix !== undefined);
  return [
    heading(2, 'The examples'),
    paragraph([
      text(
        'Each page has its request in eleven languages. Put values in the places of the variables, which are written in double braces.',
      ),
      ...endings.flatMap(({ name, removeSuffix = '' }) => [
        text(' In the examples '),
        code(`{{${name}}}`),
        text(' is meant without '),
        code(removeSuffix),
        text(' at its end.'),
      ]),
    ]),
  ];
}

function general({ troubleshooting }: Definition): RootContent[] {
  if (troubleshooting.length === 0) return [];
  return [heading(2, generalTitle), paragraph(firstIsLikeliest), entryList(troubleshooting)];
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
  return value === undefined || value === '' ? [text('you, if you like')] : [text('initial value '), code(value)];
}
