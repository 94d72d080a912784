import { createSimulator } from '../../src/simulator/index.ts';
import { schemaFor } from '../simulator/strict.ts';
import type { StrictSchemaName } from '../simulator/strict-schemas.ts';
import { startFrontServer } from './front-server.ts';
import { type Growth, grown } from './growth-places.ts';

/** A simulator whose answers grow. */
export interface GrownService {
  readonly url: string;
  begin(way?: Way): void;
  /** Names of the schemas of the answers since then. */
  answered(): ReadonlySet<StrictSchemaName>;
  close(): Promise<void>;
}

/** How it answers. */
interface Way {
  readonly growth?: Growth;
  /** The first answer to each request that creates something is lost. */
  readonly loses?: boolean;
  /** The first request of a step is refused. */
  readonly refusal?: { readonly step: number; readonly status: number };
}

export async function startGrownService(): Promise<GrownService> {
  const simulator = createSimulator();
  let way: Way = {};
  let schemas = new Set<StrictSchemaName>();
  let lost = new Set<string>();
  const server = await startFrontServer(simulator, async ({ method, url }, proceed) => {
    const response = await proceed();
    const text = await response.text();
    const { status, headers } = response;
    if (text === '') return new Response(null, { status, headers });
    const body = JSON.parse(text) as unknown;
    const path = new URL(url).pathname;
    const [schema] = schemaFor({ method, path, status, headers, body });
    if (schema) schemas.add(schema);
    const kind = path.replace(/[0-9a-f-]{36}/g, '*');
    if (way.loses && status === 201 && path.startsWith('/v1/') && !lost.has(kind)) {
      lost.add(kind);
      return undefined;
    }
    const isGrown = way.growth !== undefined && schema === way.growth.schema;
    return new Response(isGrown ? JSON.stringify(grown(body, way.growth as Growth)) : text, { status, headers });
  });
  return {
    ...server,
    begin: (begun = {}) => {
      way = begun;
      schemas = new Set();
      lost = new Set();
      simulator.reset();
      const { refusal } = way;
      simulator.setFaults(
        refusal ? [{ match: { step: refusal.step, attempt: 1 }, do: { kind: 'status', status: refusal.status } }] : [],
      );
    },
    answered: () => schemas,
  };
}
