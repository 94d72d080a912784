import { variableNamed } from '../../compile/scripts/planned-checks.ts';
import type { Step } from '../../definition/definition.ts';
import { joinChanges } from '../../definition/request.ts';
import type { Change, Experiment } from '../../definition/schema.ts';
import { printable, printableData } from '../../printable.ts';
import type { Approval, Guide, Preview, Sending, Shown, Wish } from '../../run/steps/guide.ts';
import { changedSnippet } from './changed-snippet.ts';
import { filledSnippet, type Snippet } from './copies.ts';
import { editsOf } from './edits.ts';
import type { Prompts } from './prompts.ts';
import type { ScreenStyle } from './screen-style.ts';
import { answerScreen, descriptionScreen, hintScreen, previewScreen, wholeAnswerScreen } from './screens.ts';

/** What the loop over the keys needs of the world. */
export interface StepGuideOptions {
  readonly prompts: Prompts;
  /** How screens look now: a terminal may change its size. */
  style(): ScreenStyle;
  show(lines: readonly string[]): void;
  snippets(view: Pick<Preview, 'step' | 'definition'>): Promise<readonly Snippet[]>;
  /** Whether the simulator of this process answers, whose values experiments know. */
  readonly isSimulator: boolean;
  /** Called when the person ends the run. */
  quit(): void;
}

type View = Pick<Preview, 'step' | 'unchanged' | 'definition' | 'values' | 'change'> & Partial<Pick<Shown, 'result'>>;

/** What is sent in place of the step as it is. */
type ChangedSending = Pick<Sending, 'experiment'> & { readonly change: Change };

/** The empty line that keys leave behind, and the line of those that follow. */
const linesOfKeys = 2;

/** Goes along with a run at a terminal: shows each step before it is sent and after, and does what the keys say. */
export function createStepGuide(options: StepGuideOptions): Guide {
  const { prompts, style, show, quit } = options;
  /** Lines of the screen that the request has taken. */
  let shownBefore = 0;
  return {
    async beforeSend(preview): Promise<Approval> {
      const lines = previewScreen(printableData(preview), style());
      shownBefore = lines.length;
      show(['', ...lines]);
      for (;;) {
        const tries = preview.experiment ? [] : triesOf(preview.step, true);
        const keys = ['enter', ...(tries.length > 0 ? ['t'] : []), 'e', 'c', 'h', 'd', 'q'];
        const key = await prompts.key(keys, beforeKeys(tries.length > 0));
        if (key === 'enter') return { kind: 'send' };
        if (key === undefined) return { kind: 'quit' };
        if (key === 'q') return left(quit);
        const sending = await sendingFor(key, preview, tries, options);
        if (sending) return { kind: 'change', ...sending };
        await showFor(key, preview, options);
      }
    },

    async afterAnswer(shown): Promise<Wish> {
      const hasPassed = shown.result.status === 'passed';
      show(answerScreen(printableData(shown), style(), style().height - shownBefore - linesOfKeys));
      for (;;) {
        const isOver = hasPassed || shown.experiment !== undefined;
        const tries = isOver ? triesOf(shown.step, shown.experiment?.before === true) : [];
        const keys = ['enter', 'a', ...(tries.length > 0 ? ['t'] : []), 'e', 'r', 'c', 'h', 'd', 'q'];
        const key = await prompts.key(keys, afterKeys(shown, tries.length > 0));
        if (key === 'enter') return { kind: 'go-on' };
        if (key === undefined) return { kind: 'quit' };
        if (key === 'q') return left(quit);
        if (key === 'r') return { kind: 'again', change: shown.experiment ? undefined : shown.change };
        const sending = await sendingFor(key, shown, tries, options);
        if (sending) return { kind: 'again', ...sending };
        if (key === 'a') show(wholeAnswerScreen(printableData(shown), style()));
        await showFor(key, shown, options);
      }
    },
  };
}

/** What is to be sent by the keys that change something; undefined for others, and when the person thinks better of it. */
async function sendingFor(
  key: string,
  view: View,
  tries: readonly Experiment[],
  options: StepGuideOptions,
): Promise<ChangedSending | undefined> {
  if (key === 't') return experimentOf(view, tries, options);
  const change = key === 'e' ? await edit(view, options) : undefined;
  return change && { change };
}

async function edit(view: View, { prompts }: StepGuideOptions): Promise<Change | undefined> {
  const edits = editsOf(view.step, view.definition, view.values);
  const choices = edits.map((value) => ({
    value,
    label: printable(`${value.label} = ${value.isSecret ? '[secret]' : value.value}`),
  }));
  const chosen = await prompts.choose('Change', choices);
  if (!chosen) return undefined;
  const label = `${printable(chosen.label)} =`;
  const value = chosen.isSecret ? await prompts.secret(label) : await prompts.text(label, printable(chosen.value));
  return value === undefined ? undefined : joinChanges(view.change, chosen.toChange(value));
}

async function experimentOf(
  { definition }: View,
  experiments: readonly Experiment[],
  options: StepGuideOptions,
): Promise<ChangedSending | undefined> {
  const choices = experiments.map((value) => ({ value, label: printable(value.title) }));
  const experiment = await options.prompts.choose('Try', choices);
  if (!experiment) return undefined;
  const change = await ownValues(experiment, { definition }, options);
  return change && { change, experiment };
}

/** What keys do that only show something. */
async function showFor(key: string, view: View, options: StepGuideOptions): Promise<void> {
  const { show, style } = options;
  if (key === 'c') await copy(view, options);
  if (key === 'h') show(hintScreen(printableData(view), style()));
  if (key === 'd') show(descriptionScreen(printableData(view), style()));
}

async function copy(view: View, { prompts, snippets: snippetsOf, show, style }: StepGuideOptions): Promise<void> {
  const snippets = await snippetsOf(view);
  if (snippets.length === 0)
    return show(['This collection has no examples in other languages (npm run docs makes them).']);
  const choices = snippets.map((value) => ({ value, label: value.language }));
  const snippet = await prompts.choose('Copy as', choices);
  if (!snippet) return;
  const changed = changedSnippet(snippet, view.unchanged.request, view.change ?? {});
  show([
    ...printable(filledSnippet(changed.snippet, view.values)).split('\n'),
    ...(changed.missing.length > 0
      ? [style().colors.dim(`The change is not in it: ${changed.missing.join(', ')}.`)]
      : []),
  ]);
}

function triesOf({ experiments = [] }: Step, before: boolean): Experiment[] {
  return experiments.filter((one) => (one.before === true) === before);
}

function beforeKeys(hasTries: boolean): string {
  return `Enter send · [e]dit ${hasTries ? '[t]ry ' : ''}[c]opy as [h]int [d]escription [q]uit`;
}

function afterKeys({ result, experiment }: Shown, hasTries: boolean): string {
  const on = experiment?.before ? 'back' : experiment || result.status === 'passed' ? 'next' : 'go on';
  return `Enter ${on} · [a]ll ${hasTries ? '[t]ry ' : ''}[e]dit [r]esend [c]opy as [h]int [d]escription [q]uit`;
}

function left(quit: () => void): { readonly kind: 'quit' } {
  quit();
  return { kind: 'quit' };
}

/** The change of an experiment. Where values are those of the simulator only, and it is not the target, the person is asked. */
async function ownValues(
  { change }: Experiment,
  { definition }: Pick<Shown, 'definition'>,
  { prompts, isSimulator }: Pick<StepGuideOptions, 'prompts' | 'isSimulator'>,
): Promise<Change | undefined> {
  if (!change.simulator || isSimulator) return change;
  const values: Record<string, string> = {};
  for (const name of Object.keys(change.simulator)) {
    const message = `Value of ${name} for this, one of yours:`;
    const isSecret = variableNamed(definition, name)?.secret === true;
    const value = await (isSecret ? prompts.secret(message) : prompts.text(message, ''));
    if (value === undefined) return undefined;
    values[name] = value;
  }
  const { simulator: _, ...others } = change;
  return { ...others, variables: { ...change.variables, ...values } };
}
