import type { PlannedRequest } from '../../run/selection/plan-requests.ts';
import { wrapped } from './lines.ts';
import { counted } from './words.ts';

/** What a run would do. */
export interface DryRun {
  readonly collection: string;
  /** Where the requests would go, in words. */
  readonly destination: string;
  /** How many iterations run the steps that are not `once`; undefined for a run without. */
  readonly iterations: number | undefined;
  readonly requests: readonly (PlannedRequest & { readonly number: number; readonly isRepeated: boolean })[];
  /** Ids of the steps that were added, with the variable that they set. */
  readonly added: ReadonlyMap<string, string>;
  readonly removals: readonly PlannedRequest[];
  /** When they are sent, in words; undefined when they are not. */
  readonly removedWhen: string | undefined;
  /** What keeps the run from being sent, a sentence for each. */
  readonly missing: readonly string[];
}

/** A dry run for people. */
export function renderDryRun(plan: DryRun, width: number | undefined): string {
  const { requests, missing } = plan;
  const lines = (texts: readonly string[], indent: string) => texts.map((text) => wrapped(text, indent, width));
  return [
    wrapped(`Dry run of ${plan.collection} against ${plan.destination}: nothing is sent.`, '', width),
    ...requests.flatMap((request) => ['', ...lines(requestTexts(request, plan), '')]),
    '',
    ...createdTexts(plan).map((text) => wrapped(text, '', width)),
    ...plan.removals.flatMap((removal) => lines(removedWhen(removal, plan), '')),
    ...(missing.length === 0
      ? ['Missing: nothing']
      : [`Missing: ${counted(missing.length, 'value')}`, ...missing.map((text) => wrapped(text, '  ', width))]),
    '',
  ].join('\n');
}

function requestTexts({ step, isRepeated, number, ...request }: DryRun['requests'][number], plan: DryRun): string[] {
  const added = plan.added.get(step.id);
  const notes = [
    ...(added === undefined ? [] : [`added, since it sets ${added}`]),
    ...(isRepeated && plan.iterations !== undefined ? [`${plan.iterations} times`] : []),
  ];
  return [
    `${number} ${step.id}  ${step.name}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`,
    ...messageTexts(request),
    ...(request.creates ? [`    creates ${request.creates.kind} "${request.creates.name}"`] : []),
    ...(request.sets.length > 0 ? [`    sets ${request.sets.join(', ')}`] : []),
    ...(request.isOpen ? ['    scripts or raw parts of the step may change this request'] : []),
  ];
}

function messageTexts({ method, url, headers, body }: Omit<PlannedRequest, 'step'>): string[] {
  return [
    `    ${method} ${url}`,
    ...headers.map(({ name, value }) => `    ${name}: ${value}`),
    ...(body === undefined || body === '' ? [] : body.split('\n').map((line) => `    ${line}`)),
  ];
}

function createdTexts({ requests }: DryRun): string[] {
  const kinds = requests.flatMap(({ creates }) => creates?.kind ?? []);
  return [`Created: ${kinds.length > 0 ? kinds.join(', ') : 'nothing'}`];
}

function removedWhen(removal: PlannedRequest, { removedWhen: when }: DryRun): string[] {
  return [
    when === undefined
      ? `Not removed: ${removal.step.id} is sent with --cleanup always only, or by the command cleanup`
      : `Removed ${when} by ${removal.step.id}, with all that is in it`,
    `    ${removal.method} ${removal.url}`,
  ];
}
