/** Something that was created or deleted. Stays in the history, whatever becomes of the thing. */
export interface HistoryEntry {
  /** ISO 8601. */
  readonly at: string;
  readonly action: 'created' | 'deleted';
  readonly type: 'application' | 'device' | 'environment' | 'group' | 'passwordPolicy' | 'population' | 'user';
  readonly id: string;
  /** A user's username, a device's e-mail address. */
  readonly name: string;
  /** The environment it is in; absent for environments themselves. */
  readonly environmentId?: string;
  /** Of the request that did it. */
  readonly correlationId: string;
}
