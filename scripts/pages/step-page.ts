import { STATUS_CODES } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { PhrasingContent, RootContent } from 'mdast';
import type { Definition, Step } from '../../src/definition/definition.ts';
import type { TroubleshootingEntry } from '../../src/definition/schema.ts';
import { variablesIn } from '../../src/definition/variables.ts';
import { code, heading, list, markdownText, paragraph, strong, table, text } from '../../src/report/text/mdast.ts';
import { weightOf } from '../../src/run/judge/diagnose.ts';
import { conditionWords } from './conditions.ts';
import { notesFor } from './languages.ts';
import { codeBlock, folded, link, markdown, prose } from './parts.ts';
import { madeFrom, overviewFile, pageFile } from './place.ts';
import { authorizationOf, basicPlaceholder, sentHeaders } from './request.ts';
import type { Snippet } from './snippets.ts';

/** The page of a step: what it does, what may go wrong, its request in every language, and its answer. */
export function stepPage(step: Step, definition: Definition, snippets: readonly Snippet[]): string {
  const way = navigation(step, definition);
  return markdownText([
    markdown(madeFrom(`../${step.file}`)),
    way,
    heading(1, step.name),
    codeBlock('text', `${step.request.method} ${step.request.url}`),
    markdown(step.description),
    ...troubleshooting(step, definition),
    ...headers(step, definition),
    ...body(step),
    ...exampleRequest(step, definition, snippets),
    ...exampleResponse(step),
    { type: 'thematicBreak' },
    way,
  ]);
}

/** The steps in the order in which a person reads them; clean-up comes last. */
function navigation(step: Step, { name, steps, cleanUp }: Definition): RootContent {
  const order = [...steps, ...cleanUp.steps];
  const at = order.indexOf(step);
  const [before, after] = [order[at - 1], order[at + 1]];
  const links: PhrasingContent[] = [
    ...(before ? [link(beside(before), `← ${before.name}`)] : []),
    link(`../${overviewFile}`, name),
    ...(after ? [link(beside(after), `${after.name} →`)] : []),
  ];
  return paragraph(links.flatMap((one, index) => (index === 0 ? [one] : [text(' · '), one])));
}

function beside(step: Step): string {
  return pageFile(step).replace(/^.*\//, '');
}

function troubleshooting(step: Step, definition: Definition): RootContent[] {
  const own = step.troubleshooting;
  const general = definition.troubleshooting.filter(
    ({ when }) => !own.some((entry) => isDeepStrictEqual(entry.when, when)),
  );
  if (own.length + general.length === 0) return [];
  return [
    heading(2, 'Troubleshooting'),
    paragraph('Of the lines that fit, the first tells the likeliest cause.'),
    ...(own.length > 0 ? [entries(own)] : []),
    ...(general.length === 0
      ? []
      : own.length === 0
        ? [entries(general)]
        : folded('What may happen with every request', [entries(general)])),
  ];
}

/** In the order in which a run shows them. */
function entries(all: readonly TroubleshootingEntry[]): RootContent {
  const likeliestFirst = all.toSorted((one, other) => weightOf(other.when) - weightOf(one.when));
  return list(
    likeliestFirst.map(({ when, cause, remedy }) => [
      ...prose(`${conditionWords(when)}: `),
      strong(cause),
      text(' '),
      ...prose(remedy),
    ]),
  );
}

function headers(step: Step, definition: Definition): RootContent[] {
  const sent = sentHeaders(step, definition);
  const rows = sent.map(({ name, value }) => [[code(name)], [code(value)]]);
  return [
    heading(2, 'Headers'),
    rows.length === 0 ? paragraph('None is needed.') : table(['Header', 'Value'], rows),
    ...(sent.some(({ value }) => value.includes(basicPlaceholder)) ? [basicWords(step, definition)] : []),
  ];
}

function basicWords(step: Step, definition: Definition): RootContent {
  const { username = '', password = '' } = authorizationOf(step, definition).basic ?? {};
  return paragraph([
    code(basicPlaceholder),
    text(' is '),
    code(`${username}:${password}`),
    text(' with its values, as Base64. Postman makes it from the two.'),
  ]);
}

function body({ request }: Step): RootContent[] {
  const title = heading(2, 'Body');
  const { json, jsonText, form, raw } = request.body ?? {};
  if (form) {
    const rows = Object.entries(form).map(([key, value]) => [[code(key)], [code(value)]]);
    return [title, paragraph('A form:'), table(['Key', 'Value'], rows)];
  }
  if (raw !== undefined) return [title, codeBlock('text', raw)];
  if (jsonText !== undefined) return [title, codeBlock('json', jsonText)];
  if (json !== undefined) return [title, codeBlock('json', JSON.stringify(json, null, 4))];
  return [title, paragraph('The request has no body.')];
}

function exampleRequest(step: Step, definition: Definition, snippets: readonly Snippet[]): RootContent[] {
  return [
    heading(2, 'Example request'),
    paragraph([
      text('Put values in the places of the '),
      link(`../${overviewFile}#variables`, 'variables'),
      text(', which are written in double braces.'),
      ...inSnippets(step, definition),
    ]),
    ...snippets.flatMap((snippet) => folded(summary(snippet), [codeOf(snippet), ...notes(snippet, step, definition)])),
  ];
}

/** What holds for the variables of a step outside Postman, where no script makes them or puts them right. */
function inSnippets(step: Step, { variables }: Definition): PhrasingContent[] {
  const used = variablesIn(`${step.request.url} ${JSON.stringify(step.request.body ?? '')}`);
  const endings = variables.filter(({ name, removeSuffix }) => removeSuffix !== undefined && used.includes(name));
  const made = step.generate.map(({ variable }) => variable).filter((name) => used.includes(name));
  return [
    ...endings.flatMap(({ name, removeSuffix = '' }) => [
      text(' Here '),
      code(`{{${name}}}`),
      text(' is meant without '),
      code(removeSuffix),
      text(' at its end.'),
    ]),
    ...made.flatMap((name) => [
      text(' In Postman, a script makes '),
      code(`{{${name}}}`),
      text('; outside it, choose the value yourself.'),
    ]),
  ];
}

function summary({ language: { name, library } }: Snippet): string {
  return library === undefined ? name : `${name} (${library})`;
}

function codeOf({ language, code: value }: Snippet): RootContent {
  return codeBlock(language.fence, value);
}

function notes({ language }: Snippet, step: Step, definition: Definition): RootContent[] {
  const words = notesFor(language, step, definition);
  return words.length === 0 ? [] : [list(words.map(prose))];
}

function exampleResponse({ example }: Step): RootContent[] {
  if (!example) return [];
  const { status, body: answer } = example;
  return [
    heading(2, 'Example response'),
    codeBlock('text', `${status} ${STATUS_CODES[status] ?? ''}`.trim()),
    answer === undefined ? paragraph('The answer has no body.') : codeBlock('json', JSON.stringify(answer, null, 4)),
  ];
}
