import type { HistoryEntry, Simulator } from '../../src/simulator/index.ts';

/** What a run left in the simulator, as the simulator tells it. */
export interface Witness {
  /** Kinds of what the run created, each once for each thing, in order; `password` for a user who has got one. */
  readonly created: readonly string[];
  /** Kind and name of what was created more than once. */
  readonly createdTwice: readonly string[];
  /** Kind and name of what was created under a name in which a variable was not filled in. */
  readonly notFilledIn: readonly string[];
}

/** Reads the simulator's own history and state, which no tool shares. The first `earlier` entries are not of this run. */
export function witnessOf(simulator: Simulator, earlier = 0): Witness {
  const created = simulator
    .history()
    .slice(earlier)
    .filter(({ action }) => action === 'created');
  const dump = simulator.dump();
  const withPassword = created.filter(({ type, id }) => type === 'user' && hasPassword(dump, id));
  const nameOf = ({ type, name }: HistoryEntry) => `${type} ${withoutStamp(name)}`;
  const names = created.map(nameOf);
  return {
    created: [...created.map(({ type }) => type), ...withPassword.map(() => 'password')],
    createdTwice: [...new Set(names.filter((name, index) => names.indexOf(name) !== index))],
    notFilledIn: names.filter((name) => name.includes('{{')),
  };
}

/** A name that carries the time of its run, without it: two of them are the same thing created twice. */
function withoutStamp(name: string): string {
  return name.replace(/-\d{8}T\d{6}-[0-9a-f]{8}$/, '');
}

/** Looks for the record of that id wherever the dump keeps it. */
function hasPassword(value: unknown, id: string): boolean {
  if (Array.isArray(value)) return value.some((entry) => hasPassword(entry, id));
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Readonly<Record<string, unknown>>;
  if (record.id === id && record.password !== undefined) return true;
  return Object.values(record).some((entry) => hasPassword(entry, id));
}
