import { STATUS_CODES } from 'node:http';
import type { PhrasingContent, RootContent } from 'mdast';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { pointerKeys } from '../../src/definition/pointer.ts';
import type { Experiment } from '../../src/definition/schema.ts';
import { variablesIn } from '../../src/definition/variables.ts';
import { code, heading, list, markdownText, paragraph, strong, table, text } from '../../src/report/text/mdast.ts';
import { nameOf, notesFor } from './languages.ts';
import { codeBlock, folded, link, markdown, prose } from './parts.ts';
import { madeFrom, overviewFile, pageFile } from './place.ts';
import { authorizationOf, basicPlaceholder, sentHeaders } from './request.ts';
import type { Snippet } from './snippets.ts';
import { entryList, firstIsLikeliest, generalTitle } from './troubleshooting.ts';

/** The page of a step: what it does, its request, its answer and what that means, what to try, and what may go wrong. */
export function stepPage(step: Step, definition: Definition, snippets: readonly Snippet[]): string {
  const way = navigation(step, definition);
  return markdownText([
    markdown(madeFrom(`../${step.file}`)),
    way,
    heading(1, step.name),
    markdown(step.description),
    codeBlock('text', `${step.request.method} ${step.request.url}`),
    ...headers(step, definition),
    ...body(step),
    ...exampleRequest(step, definition, snippets),
    ...exampleResponse(step),
    ...experiments(step),
    ...troubleshooting(step, definition),
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

function troubleshooting({ troubleshooting: own }: Step, definition: Definition): RootContent[] {
  const general = link(`../${overviewFile}#${anchorOf(generalTitle)}`, generalTitle.toLowerCase());
  return [
    heading(2, 'Troubleshooting'),
    ...(own.length > 0 ? [paragraph(firstIsLikeliest), entryList(own)] : []),
    ...(definition.troubleshooting.length > 0 ? [paragraph([text('See also '), general, text('.')])] : []),
  ];
}

/** The anchor of a heading, as GitHub makes it. */
function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
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
  const [first, ...others] = snippets;
  const remarks = inSnippets(step);
  const blocks = (snippet: Snippet) => [codeOf(snippet), ...notes(snippet, step, definition)];
  return [
    heading(2, 'Example request'),
    ...(remarks.length > 0 ? [paragraph(remarks)] : []),
    ...(first ? [paragraph([strong(nameOf(first.language))]), ...blocks(first)] : []),
    ...others.flatMap((snippet) => folded(nameOf(snippet.language), blocks(snippet))),
  ];
}

/** What holds for the variables of a step outside Postman, where no script makes them. */
function inSnippets(step: Step): PhrasingContent[] {
  const used = variablesIn(`${step.request.url} ${JSON.stringify(step.request.body ?? '')}`);
  const made = step.generate.map(({ variable }) => variable).filter((name) => used.includes(name));
  return made.flatMap((name, index) => [
    text(index === 0 ? 'In Postman, a script makes ' : ' In Postman, a script makes '),
    code(`{{${name}}}`),
    text('; outside it, choose the value yourself.'),
  ]);
}

function codeOf({ language, code: value }: Snippet): RootContent {
  return codeBlock(language.fence, value);
}

function notes({ language }: Snippet, step: Step, definition: Definition): RootContent[] {
  const words = notesFor(language, step, definition);
  return words.length === 0 ? [] : [list(words.map(prose))];
}

function exampleResponse(step: Step): RootContent[] {
  const { example, answer = {} } = step;
  if (!example) return [];
  const { status, body: data } = example;
  const { '': whole, ...parts } = answer;
  return [
    heading(2, 'Example response'),
    codeBlock('text', `${status} ${STATUS_CODES[status] ?? ''}`.trim()),
    data === undefined ? paragraph('The answer has no body.') : codeBlock('json', JSON.stringify(data, null, 4)),
    ...(whole === undefined ? [] : [paragraph(prose(whole))]),
    ...(Object.keys(parts).length > 0 ? [partTable(step, parts)] : []),
  ];
}

/** What parts of the answer mean, and the variables in which they are stored. */
function partTable({ captures }: Step, parts: Readonly<Record<string, string>>): RootContent {
  const storedIn = (pointer: string): PhrasingContent[] => {
    const stored = captures.filter(({ from, choose, claim }) =>
      choose ? pointer === `${choose.from}/0${choose.take}` : from === pointer && claim === undefined,
    );
    if (stored.length === 0) return [];
    return [text(' Stored in '), ...joined(stored.map(({ variable }) => [code(variable)])), text('.')];
  };
  return table(
    ['Part', 'What it means'],
    Object.entries(parts).map(([pointer, meaning]) => [
      [code(pointerKeys(pointer).join('.'))],
      [...prose(meaning), ...storedIn(pointer)],
    ]),
  );
}

function experiments({ experiments: all = [] }: Step): RootContent[] {
  if (all.length === 0) return [];
  return [
    heading(2, 'Try this'),
    paragraph(leavingWords(all)),
    list(
      all.map((experiment) => [
        strong(experiment.title),
        text('. '),
        ...changeWords(experiment),
        text(' You will see '),
        ...seenWords(experiment.see),
        text('. '),
        ...prose(experiment.why),
        ...(experiment.leaves === undefined
          ? []
          : [text(' '), strong('It leaves behind:'), ...prose(` ${experiment.leaves}`)]),
      ]),
    ),
  ];
}

/** Whether there is something to remove at the service after the experiments of a step. */
function leavingWords(all: readonly Experiment[]): string {
  if (all.some(({ leaves }) => leaves !== undefined)) return 'Nothing is left behind, unless a line says what.';
  return all.length === 1 ? 'This leaves nothing behind.' : 'None of these leaves anything behind.';
}

/** What to change, as the parts of a sentence. */
function changeWords({ change, before }: Experiment): PhrasingContent[] {
  const { variables, simulator, body: fields, headers: given, method, url, auth } = change;
  const set = (name: string, value: unknown): PhrasingContent[] => [
    code(name),
    text(' to '),
    value === '' ? text('nothing') : code(typeof value === 'string' ? shortened(value) : JSON.stringify(value)),
  ];
  const same = ([name, value]: [string, string]): PhrasingContent[] =>
    value === `{{${name}}}` ? [code(name), text(' to its present value')] : set(name, value);
  const parts: PhrasingContent[][] = [
    ...(method ? [set('method', method)] : []),
    ...(url === undefined ? [] : [[code('address'), text(' to '), code(url)]]),
    ...Object.entries(variables ?? {}).map(same),
    ...Object.entries(simulator ?? {}).map(([name, value]) => [
      code(name),
      text(' to one of yours (in the simulator '),
      code(value),
      text(')'),
    ]),
    ...Object.entries(fields ?? {}).map(([pointer, value]) => set(pointerKeys(pointer).join('.'), value)),
    ...Object.entries(given ?? {}).map(([name, value]) => set(name, value)),
    ...(auth ? [auth.none ? [text('the authorization to none')] : set('the token', auth.bearer ?? '')] : []),
  ];
  return [text(before ? 'Before this step, set ' : 'Set '), ...joined(parts), text(' and send it.')];
}

/** Parts of a sentence, with "and" between them. */
function joined(parts: readonly (readonly PhrasingContent[])[]): PhrasingContent[] {
  return parts.flatMap((part, index) => [...(index > 0 ? [text(' and ')] : []), ...part]);
}

const longestShown = 100;

function shortened(value: string): string {
  return value.length > longestShown ? `${value.slice(0, 24)}…` : value;
}

/** What is seen then. */
function seenWords({
  status,
  values = {},
  code: kind,
  detail,
  target,
  oauthError,
  unsatisfied,
}: Experiment['see']): PhrasingContent[] {
  const named = [
    ['', oauthError ?? kind],
    [' with ', detail],
    [' about ', target],
    [' and the unsatisfied requirement ', unsatisfied],
  ] as const;
  return [
    code(`${status} ${STATUS_CODES[status] ?? ''}`.trim()),
    ...named.flatMap(([before, value]) =>
      value === undefined ? [] : [text(before === '' ? ' and ' : before), code(value)],
    ),
    ...Object.entries(values).flatMap(([pointer, value]) => [
      text(', and '),
      code(pointerKeys(pointer).join('.')),
      text(' is '),
      code(String(value)),
    ]),
  ];
}
