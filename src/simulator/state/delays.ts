/** How long PingOne takes until everybody knows of a change. Default 0: at once. */
export interface PropagationDelays {
  /** After the creation of an environment, until its creator's roles hold: 403. */
  readonly rolesSeconds?: number;
  /** After a creation, until it can be read, listed, or used as a parent: 404. */
  readonly visibilitySeconds?: number;
  /** After the deletion of an environment, until reading it (and what is in it) gives 404 or 403: 200. */
  readonly deletionSeconds?: number;
}
