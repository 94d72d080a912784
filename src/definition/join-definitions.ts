import { UsageError } from '../errors.ts';
import type { Definition, EnvironmentTemplate, Step, Variable } from './definition.ts';

/**
 * Several collections as one, to be run in sequence: what the first sets, the next goes on with. One alone stays as it is.
 * Steps keep the ids of their collections, and what a collection says for all its steps goes with them.
 *
 * Throws `UsageError` with every reason why they cannot be one: a step of the same id or name, a variable or an environment
 * that they declare differently, another authorization, another service, another variable that asks for clean-up, iterations of
 * another kind.
 */
export function joinDefinitions(parts: readonly Definition[]): Definition {
  const [first, ...others] = parts;
  if (first === undefined) throw new UsageError('name a collection');
  if (others.length === 0) return first;
  const problems = [
    ...stepProblems(parts),
    ...variableProblems(parts),
    ...settingProblems(parts),
    ...serviceProblems(parts),
    ...fragmentProblems(parts),
  ];
  const environments = joinedEnvironments(parts, problems);
  if (problems.length > 0) {
    throw new UsageError([`${namesOf(parts)} cannot run as one:`, ...problems.map((text) => `  ${text}`)].join('\n'));
  }
  return {
    id: parts.map(({ id }) => id).join('+'),
    name: parts.map(({ name }) => name).join(', then '),
    description: parts.map(({ description }) => description).join('\n\n'),
    variables: joinedVariables(parts),
    authorization: first.authorization,
    steps: parts.flatMap((part) => part.steps.map((step) => ownStep(part, step))),
    cleanUp: {
      askedBy: parts.map(({ cleanUp }) => cleanUp.askedBy).find((variable) => variable !== undefined),
      steps: parts.flatMap((part) => part.cleanUp.steps.map((step) => ownStep(part, step))),
    },
    environments,
    next: parts.at(-1)?.next ?? [],
    ...serviceOf(parts),
    ...rolesOf(parts),
    ...(first.iterations && { iterations: first.iterations }),
    ...(first.unresolved && { unresolved: first.unresolved }),
    retry: {},
    troubleshooting: [],
  };
}

/** What any of them says of the service, the first first; how errors are read, a step has from its own collection. */
function serviceOf(parts: readonly Definition[]): Pick<Definition, 'service'> {
  const all = parts.flatMap(({ service }) => (service ? [service] : []));
  return all.length > 0 ? { service: Object.assign({}, ...all.toReversed()) } : {};
}

/** The roles that any of them needs, read where the first says. */
function rolesOf(parts: readonly Definition[]): Pick<Definition, 'roles'> {
  const all = parts.flatMap(({ roles }) => (roles ? [roles] : []));
  const [first] = all;
  return first ? { roles: { ...first, needed: [...new Set(all.flatMap(({ needed }) => needed))] } } : {};
}

/** The environment that leads to the simulator: `simulator`, or a name of the collection's own that ends in `-simulator`. */
export function simulatorTemplate({ environments }: Pick<Definition, 'environments'>): EnvironmentTemplate | undefined {
  return environments.find(({ id }) => id === 'simulator') ?? environments.find(({ id }) => id.endsWith('-simulator'));
}

/** A step with what its collection says for every step. */
function ownStep({ id, folder, service, retry, troubleshooting }: Definition, step: Step): Step {
  return {
    ...step,
    origin: { id, ...(folder !== undefined && { folder }), ...(service && { service }) },
    retry: { ...retry, ...step.retry },
    troubleshooting: [...step.troubleshooting, ...troubleshooting],
  };
}

function stepProblems(parts: readonly Definition[]): string[] {
  return (['id', 'name'] as const).flatMap((key) => {
    const owners = new Map<string, Definition>();
    return parts.flatMap((part) =>
      [...part.steps, ...part.cleanUp.steps].flatMap((step) => {
        const owner = owners.get(step[key]);
        owners.set(step[key], owner ?? part);
        if (owner === undefined || owner === part) return [];
        return [`a step of the ${key} "${step[key]}" is in ${owner.id} and in ${part.id}`];
      }),
    );
  });
}

/** What two declarations of a variable may not differ in: where it lives, and whether it is shown. */
const decisive = ['secret', 'scope'] as const;
/** What they may not differ in when both say it. */
const comparable = ['value', 'format', 'allowed', 'known', 'removeSuffix', 'refuseSuffix', 'os'] as const;

function variableProblems(parts: readonly Definition[]): string[] {
  const known = new Map<string, { readonly variable: Variable; readonly part: Definition }>();
  return parts.flatMap((part) =>
    part.variables.flatMap((variable) => {
      const earlier = known.get(variable.name);
      if (earlier === undefined) {
        known.set(variable.name, { variable, part });
        return [];
      }
      const differing = [
        ...decisive.filter((key) => settled(key, variable) !== settled(key, earlier.variable)),
        ...comparable.filter((key) => bothSay(variable[key], earlier.variable[key])),
      ];
      return differing.map(
        (key) => `the variable "${variable.name}" has another ${key} in ${earlier.part.id} than in ${part.id}`,
      );
    }),
  );
}

function settled(key: (typeof decisive)[number], variable: Variable): unknown {
  return variable[key] ?? { secret: false, scope: 'environment' }[key];
}

/** Both have a value, and not the same one. */
function bothSay(one: unknown, other: unknown): boolean {
  return one !== undefined && other !== undefined && JSON.stringify(one) !== JSON.stringify(other);
}

function settingProblems(parts: readonly Definition[]): string[] {
  const [first, ...others] = parts;
  return others.flatMap((part) => [
    ...(bothSay(first?.authorization, part.authorization)
      ? [`${part.id} has another authorization than ${first?.id}`]
      : []),
    ...(part.iterations === first?.iterations
      ? []
      : [`iterations are ${iterationsOf(first)} in ${first?.id}, ${iterationsOf(part)} in ${part.id}`]),
    ...(part.unresolved === first?.unresolved
      ? []
      : [`unresolved variables are ${unresolvedOf(first)} in ${first?.id}, ${unresolvedOf(part)} in ${part.id}`]),
    ...(bothSay(first?.cleanUp.askedBy, part.cleanUp.askedBy)
      ? [`clean-up is asked for by ${first?.cleanUp.askedBy} in ${first?.id}, by ${part.cleanUp.askedBy} in ${part.id}`]
      : []),
  ]);
}

/** One account is used for all of them. How each reads errors is its own affair. */
function serviceProblems(parts: readonly Definition[]): string[] {
  return (['name', 'client'] as const).flatMap((key) => {
    const known = parts.find(({ service }) => service?.[key] !== undefined);
    return parts
      .filter(({ service }) => bothSay(known?.service?.[key], service?.[key]))
      .map(
        ({ id, service }) =>
          `service.${key} is "${known?.service?.[key]}" in ${known?.id}, "${service?.[key]}" in ${id}`,
      );
  });
}

function iterationsOf(part: Definition | undefined): string {
  return part?.iterations ?? 'separate';
}

function unresolvedOf(part: Definition | undefined): string {
  return part?.unresolved ?? 'refused';
}

/** A fragment that holds for all requests of a collection, or of a folder, would hold for those of the others, or be lost. */
function fragmentProblems(parts: readonly Definition[]): string[] {
  return parts
    .filter(({ raw, folders }) => raw ?? folders?.some((folder) => folder.raw))
    .map(({ id }) => `${id} says in raw what holds for all its requests or those of a folder; run it alone`);
}

/** Every variable once. One that a step of an earlier collection sets is not asked for again. */
function joinedVariables(parts: readonly Definition[]): Variable[] {
  const variables = new Map<string, Variable>();
  for (const [index, part] of parts.entries()) {
    const set = setBefore(parts, index);
    for (const variable of part.variables) {
      const earlier = variables.get(variable.name);
      if (earlier === undefined) variables.set(variable.name, variable);
      else if (!set.has(variable.name)) variables.set(variable.name, { ...variable, ...earlier });
    }
  }
  return [...variables.values()];
}

/** The environment for the simulator, without what the steps set themselves. */
function joinedEnvironments(parts: readonly Definition[], problems: string[]): EnvironmentTemplate[] {
  const values: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const template = simulatorTemplate(part);
    if (template === undefined) return [];
    const set = setBefore(parts, index);
    for (const [name, value] of Object.entries(template.values)) {
      if (set.has(name)) continue;
      if (bothSay(values[name], value))
        problems.push(`the simulator's environment has another ${name} in ${part.id} than before`);
      values[name] = value;
    }
  }
  return [{ id: 'simulator', name: `Simulator for ${namesOf(parts)}`, values }];
}

/** Variables that steps of the parts before this one set. */
function setBefore(parts: readonly Definition[], index: number): ReadonlySet<string> {
  const steps = parts.slice(0, index).flatMap((part) => part.steps);
  return new Set(steps.flatMap(({ generate, captures }) => [...generate, ...captures].map(({ variable }) => variable)));
}

function namesOf(parts: readonly Definition[]): string {
  return parts.map(({ id }) => id).join(' and ');
}
