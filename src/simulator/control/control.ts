import type { Simulator } from '../api.ts';
import { SimulatorFileError } from '../config-file.ts';
import type { FaultPlan } from '../faults/fault.ts';
import { readFaults } from '../faults/fault-file.ts';
import { readText } from '../http/body.ts';
import { isOwnName } from '../http/origin.ts';
import type { Reply } from '../http/respond.ts';
import { faultSwitches } from '../page/fault-switches.ts';
import type { Status } from '../page/page-status.ts';
import { readState } from '../state/state-file.ts';

/** Below this path the simulator is watched and controlled, where that is switched on; PingOne has nothing here. */
export const CONTROL_PATH = '/_simulator';

/** What can be watched and changed. */
export type Controlled = Pick<Simulator, 'dump' | 'faultLog' | 'faults' | 'history' | 'load' | 'reset'> & {
  setPlan(plan: FaultPlan): void;
  /** Switches one of the common faults; false: there is none with this name. */
  setSwitch(name: string, on: boolean): boolean;
  /** What the page shows. */
  status(): Status;
};

/** Whether a path belongs to the control endpoint. */
export function isControlPath(path: string): boolean {
  return path === CONTROL_PATH || path.startsWith(`${CONTROL_PATH}/`);
}

/** Answers a request to the control endpoint. */
export async function controlReply(request: Request, path: string, controlled: Controlled): Promise<Reply> {
  if (comesFromElsewhere(request)) return problem(403, 'The control endpoint takes no requests of other pages.');
  const actions = endpoints[path.slice(CONTROL_PATH.length).replace(/\/$/, '')];
  if (actions === undefined) {
    const known = Object.keys(endpoints).map((name) => CONTROL_PATH + name);
    return problem(404, `The control endpoint has ${known.join(', ')}.`);
  }
  const action = actions[request.method === 'HEAD' ? 'GET' : request.method];
  if (action === undefined) {
    const allowed = Object.keys(actions).join(', ');
    return problem(405, `${path} takes ${allowed}.`, { Allow: allowed });
  }
  try {
    return await action(controlled, request);
  } catch (error) {
    if (error instanceof SimulatorFileError) return json(400, { problems: error.problems });
    throw error;
  }
}

type Action = (controlled: Controlled, request: Request) => Reply | Promise<Reply>;

const endpoints: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  '/status': { GET: (controlled) => json(200, controlled.status()) },
  '/requests': { GET: (controlled) => json(200, { requests: controlled.status().requests }) },
  '/history': { GET: (controlled) => json(200, { history: controlled.history() }) },
  '/fault-log': { GET: (controlled) => json(200, { faultLog: controlled.faultLog() }) },
  '/faults': {
    GET: (controlled) => json(200, { faults: controlled.faults() }),
    PUT: async (controlled, request) => {
      controlled.setPlan(readFaults(await bodyOf(request), 'body'));
      return json(200, { faults: controlled.faults() });
    },
    DELETE: (controlled) => {
      controlled.setPlan({ faults: [] });
      return done;
    },
  },
  '/switches': {
    GET: (controlled) => json(200, { switches: controlled.status().switches }),
    PUT: async (controlled, request) => {
      for (const [name, on] of switchesOf(await bodyOf(request)))
        if (!controlled.setSwitch(name, on)) throw new SimulatorFileError([`body: ${switchesForm}`]);
      return done;
    },
  },
  '/state': {
    GET: (controlled) => json(200, controlled.dump()),
    PUT: async (controlled, request) => {
      controlled.load(readState(await bodyOf(request), 'body'));
      return done;
    },
  },
  '/reset': {
    POST: (controlled) => {
      controlled.reset();
      return done;
    },
  },
};

const headers = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const;

const done: Reply = { status: 204, headers, body: undefined };

function json(status: number, value: unknown, more: Readonly<Record<string, string>> = {}): Reply {
  const body = `${JSON.stringify(value, undefined, 2)}\n`;
  return { status, headers: { ...headers, ...more, 'Content-Type': 'application/json' }, body };
}

function problem(status: number, text: string, more?: Readonly<Record<string, string>>): Reply {
  return json(status, { problems: [text] }, more);
}

const switchesForm = `expected {"NAME": true or false}, with the names ${faultSwitches.map(({ name }) => name).join(', ')}`;

function switchesOf(text: string): (readonly [name: string, on: boolean])[] {
  try {
    const entries = Object.entries(JSON.parse(text) as object);
    if (entries.every(([, on]) => typeof on === 'boolean')) return entries;
  } catch {
    // As below.
  }
  throw new SimulatorFileError([`body: ${switchesForm}`]);
}

async function bodyOf(request: Request): Promise<string> {
  const text = await readText(request);
  if (text === undefined) throw new SimulatorFileError(['body: is too long, broken off, or no UTF-8']);
  return text;
}

/** A browser says whose page sends a request; only a page of the simulator may. */
function comesFromElsewhere({ headers: given, url }: Request): boolean {
  const site = given.get('sec-fetch-site');
  const origin = given.get('origin');
  const asked = new URL(url);
  const isOwnPage = origin === null || (URL.canParse(origin) && new URL(origin).host === asked.host);
  return !isOwnPage || !isOwnName(asked) || (site !== null && site !== 'same-origin' && site !== 'none');
}
