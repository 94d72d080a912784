import { group } from 'd3-array';
import { compileForRun } from '../compile/run-collection.ts';
import { baseVariables } from '../compile/scripts/base-addresses.ts';
import { setBy } from '../compile/scripts/planned-checks.ts';
import type { Step } from '../definition/definition.ts';
import { valueAt } from '../definition/pointer.ts';
import { substitute, variablesIn } from '../definition/variables.ts';
import { completeValues } from '../environment/complete.ts';
import { canSweep, planSweep } from './clean-up/leftovers.ts';
import { headerValue } from './engine/execution.ts';
import { valuesOf } from './engine/state.ts';
import { claimsOf } from './judge/access-token.ts';
import type { StepResult } from './result/result.ts';
import { defaultRequestTimeout } from './run.ts';
import { missingValues } from './steps/plan.ts';
import { type Session, type SessionOptions, serviceRequest, withSession } from './steps/session.ts';
import { runStep } from './steps/step-loop.ts';
import { commandLine } from './tool.ts';
import { describeFault } from './transport/connection-fault.ts';
import { findAll } from './transport/look-up.ts';

/** What an examination found out about one thing. Free of secrets. */
export interface Finding {
  /** What was looked at, in a few words. */
  readonly subject: string;
  /** unknown: it could not be found out. error: there was no answer. */
  readonly status: 'good' | 'warning' | 'bad' | 'unknown' | 'error';
  /** What was found, in a sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** What to examine, and how long it may take. */
export interface Examination
  extends Pick<
    SessionOptions,
    'definition' | 'newman' | 'retry' | 'secrets' | 'scriptTimeout' | 'maxResponseSize' | 'allowedHttpHosts' | 'engine'
  > {
  /** Values of the variables; those left out have their declared value. */
  readonly values: SessionOptions['values'];
  /** Default: what the definition compiles to. */
  readonly collection?: SessionOptions['collection'];
  /** Milliseconds for one request. Default: 30,000. */
  readonly requestTimeout?: number;
  /** Ends the examination: what was not looked at by then is reported as not answering. */
  readonly signal?: AbortSignal;
  /** Called with each finding as it is made. */
  readonly onFinding?: (finding: Finding) => void;
}

/**
 * Looks at what a run would need, before there is one: whether the addresses fit each other, whether the servers answer and
 * their clocks agree, the credentials, the roles, what the reading steps find, and names that are taken. Only reads, but for the
 * request that gets a token; creates, changes and removes nothing. Gives all findings in the order in which they were made. Throws `UsageError` when a value is missing or malformed.
 */
export async function examine({ onFinding = () => {}, ...options }: Examination): Promise<readonly Finding[]> {
  return withSession(
    {
      ...options,
      collection: options.collection ?? compileForRun(options.definition),
      values: completeValues(options.definition, options.values, options),
      requestTimeout: options.requestTimeout ?? defaultRequestTimeout,
      signal: options.signal ?? new AbortController().signal,
      onEvent: () => {},
    },
    (session) => examineWith(session, onFinding),
  );
}

async function examineWith(session: Session, onFinding: (finding: Finding) => void): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const report = (found: Finding | readonly Finding[]) => {
    for (const finding of [found].flat()) {
      const shown = session.secrets.redactor().data(finding);
      findings.push(shown);
      onFinding(shown);
    }
  };
  report(addressDifferences(session));
  const reached = await reach(session);
  report(reached);
  if (reached.some(({ status }) => status === 'error')) return findings;
  const token = await signOn(session);
  report(token);
  if (token.status !== 'good') return findings;
  report(claimDifferences(session));
  report(await rolesOf(session));
  for (const step of readingSteps(session)) report(await readWith(session, step));
  report(await leftovers(session));
  return findings;
}

/** A base address as it is used, and what it has where the declared one has variables. */
interface BaseAddress {
  readonly name: string;
  readonly url: URL;
  readonly parts: Readonly<Record<string, string>>;
}

function baseAddresses({ definition, state }: Session): BaseAddress[] {
  const values = valuesOf(state);
  return baseVariables(definition.variables).flatMap(({ name, value = '' }) => {
    const text = substitute(values[name] ?? '', (inner) => values[inner]);
    if (!URL.canParse(text)) return [];
    const url = new URL(text);
    return [{ name, url, parts: partsOf(url.origin, value) }];
  });
}

/** Of `https://api.example.eu` and the declared `https://api.example.{{domain}}/v1`: domain is eu. None when they do not fit. */
function partsOf(origin: string, declared: string): Readonly<Record<string, string>> {
  const [template = ''] = /^[^/]*\/\/[^/]*/.exec(declared) ?? [];
  const names = variablesIn(template);
  const literals = template.split(/\{\{[^{}]*\}\}/).map((text) => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&'));
  const found = new RegExp(`^${literals.join('([^/]+)')}$`, 'i').exec(origin);
  return Object.fromEntries(found ? names.map((name, index) => [name, found[index + 1] ?? '']) : []);
}

/** Whether the addresses agree in what the declarations make of the same variables, such as a region. */
function addressDifferences(session: Session): Finding[] {
  const addresses = baseAddresses(session);
  const variables = new Set(addresses.flatMap(({ parts }) => Object.keys(parts)));
  return [...variables].flatMap((variable): Finding[] => {
    const using = addresses.filter(({ parts }) => parts[variable] !== undefined);
    const [first, ...others] = using;
    if (first === undefined || others.length === 0) return [];
    const subject = 'addresses';
    const names = using.map(({ name }) => name).join(' and ');
    const value = first.parts[variable];
    const other = others.find(({ parts }) => parts[variable] !== value);
    if (!other) return [{ subject, status: 'good', message: `${names} have the same ${variable}, ${value}` }];
    const { description = '' } = session.definition.variables.find(({ name }) => name === variable) ?? {};
    return [
      {
        subject,
        status: 'bad',
        message: `${first.name} is an address for the ${variable} ${value}, ${other.name} for ${other.parts[variable]}`,
        remedy: `Set ${variable}, and leave ${names} as declared. ${description}`.trim(),
      },
    ];
  });
}

/** A clock that is further off than this makes tokens look over, or not begun. In milliseconds. */
const clockTolerance = 60_000;

/** Whether each server answers, whatever it answers, and what time it has. */
async function reach(session: Session): Promise<Finding[]> {
  const byOrigin = group(baseAddresses(session), ({ url }) => url.origin);
  return Promise.all(
    [...byOrigin].map(([origin, addresses]) => {
      const names = [...addresses.map(({ name }) => name), ...addresses.flatMap(({ parts }) => Object.keys(parts))];
      return reachOne(session, origin, listed([...new Set(names)]));
    }),
  );
}

/** Whether the server at `origin` answers; `variables` names those that lead there. */
async function reachOne({ transport, signal }: Session, origin: string, variables: string): Promise<Finding> {
  const subject = `reach ${origin}`;
  const startedAt = Date.now();
  const { response, error } = await transport.send({ method: 'GET', url: origin, headers: {} }, { signal });
  if (!response)
    return {
      subject,
      status: 'error',
      message: describeFault(error),
      remedy: `Check ${variables}, then the network and the proxy settings of this machine.`,
    };
  const took = Date.now() - startedAt;
  const skew = Date.now() - Date.parse(headerValue(response.headers, 'date') ?? '');
  if (Math.abs(skew) > clockTolerance)
    return {
      subject,
      status: 'bad',
      message: `it answers, but its clock and that of this machine differ by ${Math.round(Math.abs(skew) / 1000)} seconds`,
      remedy: 'Set the clock of this machine: tokens are good for a limited time.',
    };
  return { subject, status: 'good', message: `answers in ${took} ms` };
}

/** What the credentials belong to. */
function clientOf({ definition }: Session): string {
  return definition.service?.client ?? 'the application';
}

async function signOn(session: Session): Promise<Finding> {
  const { tokenStep } = session;
  const subject = 'credentials';
  if (!tokenStep) return { subject, status: 'good', message: 'none are needed' };
  const result = await runStep(session, tokenStep.step);
  if (result?.status === 'passed') return { subject, status: 'good', message: `${clientOf(session)} gets a token` };
  return toFinding(subject, result);
}

/** Values that a person gave, and that differ from the claims of the token. */
function claimDifferences({ definition, state, given, tokenStep }: Session): Finding[] {
  const values = valuesOf(state);
  const claims = claimsOf(values[tokenStep?.variable ?? ''] ?? '');
  return (tokenStep?.step.captures ?? []).flatMap(({ variable, claim }): Finding[] => {
    const own = given[variable] ?? '';
    const told = claim === undefined ? undefined : claims[claim];
    if (own === '' || typeof told !== 'string' || told === own) return [];
    const { description = '' } = definition.variables.find(({ name }) => name === variable) ?? {};
    return [
      {
        subject: variable,
        status: 'bad',
        message: `it is ${own}, but the token is of ${told}`,
        remedy: `Correct ${variable}, or leave it empty. ${description}`,
      },
    ];
  });
}

/** Whether the application has the roles that the collection names. */
async function rolesOf(session: Session): Promise<Finding[]> {
  const { roles } = session.definition;
  if (!roles) return [];
  const subject = 'roles';
  const client = clientOf(session);
  const where = roles.where === undefined ? '' : ` ${roles.where}`;
  const request = serviceRequest(session, valuesOf(session.state));
  const [named, assigned] = await Promise.all([findAll(roles.names, request), findAll(roles.assigned, request)]);
  if (named.kind === 'unknown' || assigned.kind === 'unknown') {
    const reason = [named, assigned].flatMap((list) => (list.kind === 'unknown' ? [list.reason] : []))[0] ?? '';
    return [
      {
        subject,
        status: 'unknown',
        message: `the roles of ${client} could not be read (${reason})`,
        remedy: `${where === '' ? 'Check its roles' : `Look${where}`} for ${listed(roles.needed)}.`,
      },
    ];
  }
  const nameOf = new Map(
    named.items
      .map((item) => [valueAt(item, roles.names.id), valueAt(item, roles.names.name)] as const)
      .filter(([, name]) => typeof name === 'string'),
  );
  const ids = [...new Set(assigned.items.map((item) => valueAt(item, roles.assigned.id)))];
  const lacking = roles.needed.filter((name) => !ids.some((id) => nameOf.get(id) === name));
  if (lacking.length === 0) return [{ subject, status: 'good', message: roles.needed.join(', ') }];
  const others = ids.filter((id) => !nameOf.has(id));
  if (others.length > 0)
    return [
      {
        subject,
        status: 'unknown',
        message: `${client} lacks ${listed(lacking)}, but has ${others.length === 1 ? 'a role' : 'roles'} of your own making, which may permit the same`,
        remedy: `If a run is refused (403), look${where} for what is permitted there.`,
      },
    ];
  return [
    {
      subject,
      status: 'bad',
      message: `${client} lacks ${listed(lacking)}`,
      remedy: `Give ${client} the ${lacking.length === 1 ? 'role' : 'roles'} ${listed(lacking)}${where}.`,
    },
  ];
}

/** Steps that only read, and that need nothing of what a run creates. */
function readingSteps({ definition, tokenStep, state }: Session): Step[] {
  const values = valuesOf(state);
  const created = new Set(definition.steps.filter(({ creates }) => creates !== undefined).flatMap(setBy));
  return definition.steps.filter(
    (step) =>
      step.request.method === 'GET' &&
      step !== tokenStep?.step &&
      !step.needs.some((name) => created.has(name)) &&
      missingValues(definition, [step], values).length === 0,
  );
}

async function readWith(session: Session, step: Step): Promise<Finding> {
  const result = await runStep(session, step);
  if (result?.status !== 'passed') return toFinding(step.name, result);
  return { subject: step.name, status: 'good', message: result.notes.at(-1) ?? 'answers as it should' };
}

/** What earlier runs left, and a name that is taken already. */
async function leftovers(session: Session): Promise<Finding[]> {
  const subject = 'names';
  const plan = await planSweep(session, { olderThan: 0, maximum: Number.POSITIVE_INFINITY });
  if (typeof plan === 'string') return canSweep(session.definition) ? [unreadNames(plan)] : takenNames(session);
  const count = plan.remove.length;
  if (count === 0)
    return [{ subject, status: 'good', message: `nothing is named "${plan.told.prefix}…": no run left anything` }];
  const shown = plan.told.remove.slice(0, 3).map(({ name }) => name);
  return [
    {
      subject,
      status: 'warning',
      message: `${count} named "${plan.told.prefix}…" ${count === 1 ? 'is' : 'are'} there already: ${shown.join(', ')}${count > shown.length ? ', …' : ''}`,
      remedy: `If no run is going on, ${commandLine('sweep')} removes what runs have left.`,
    },
  ];
}

function unreadNames(reason: string): Finding {
  return {
    subject: 'names',
    status: 'unknown',
    message: reason,
    remedy: 'A run does not need them unless an answer is lost; look at the service if that list goes on failing.',
  };
}

/** For collections whose names are the same in every run: whether the first thing they create is there already. */
async function takenNames(session: Session): Promise<Finding[]> {
  const { definition } = session;
  const values = valuesOf(session.state);
  const step = definition.steps.find(({ creates }) => creates?.find !== undefined);
  const { find, name = '', kind = '' } = step?.creates ?? {};
  const full = substitute(name, (variable) => values[variable] || undefined);
  if (!find || variablesIn(full).length > 0) return [];
  const found = await findAll(find, serviceRequest(session, values));
  if (found.kind === 'unknown') return [unreadNames(`the names could not be read: ${found.reason}`)];
  const taken = found.items.some((item) => valueAt(item, find.name) === full);
  return [
    taken
      ? {
          subject: 'names',
          status: 'bad',
          message: `there is a ${kind} "${full}" already`,
          remedy: 'Remove it, or choose another name.',
        }
      : { subject: 'names', status: 'good', message: `no ${kind} is named "${full}"` },
  ];
}

/** Lists names in words: `a, b and c`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** The finding about a step that did not pass: what the service answered, the likeliest cause and what to do. */
function toFinding(subject: string, result: StepResult | undefined): Finding {
  const [likeliest] = result?.diagnoses ?? [];
  const { response, reason, checks = [] } = result ?? {};
  const failed = checks.find((check) => check.status === 'failed' && check.kind !== 'status')?.message;
  const answer = response?.problem
    ? `${response.status} ${response.reason}: ${response.problem.message || response.problem.code}`
    : (failed ?? reason ?? (response && `${response.status} ${response.reason}`));
  return {
    subject,
    status: result?.status === 'failed' ? 'bad' : 'error',
    message: [likeliest?.cause.replace(/\.$/, ''), `(${answer ?? 'there was no time left'})`].filter(Boolean).join(' '),
    ...(likeliest && { remedy: likeliest.remedy }),
  };
}
