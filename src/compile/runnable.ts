import type { PostmanCollection } from './collection.ts';
import { schemaCheckLine } from './scripts.ts';

/**
 * The collection as our own runner executes it: the compiled one, less what a run only has to carry along (descriptions and saved
 * answers, parsed anew for each run) and less the schema checks of the scripts. The runner makes these itself, with the same
 * schemas: the sandbox would compile each schema anew for each answer, which takes a third of the time of a flow.
 */
export function runnableCollection(collection: PostmanCollection): PostmanCollection {
  return withoutBallast(collection) as PostmanCollection;
}

const ballast = ['description', 'response'];

function withoutBallast(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutBallast);
  if (typeof node !== 'object' || node === null) return node;
  const { item, request, event, ...rest } = node as Readonly<Record<string, unknown>>;
  const kept = Object.entries(rest).filter(([name]) => !ballast.includes(name));
  return {
    ...Object.fromEntries(kept),
    ...(item !== undefined && { item: withoutBallast(item) }),
    ...(request !== undefined && { request: withoutBallast(request) }),
    ...(event !== undefined && { event: (event as readonly unknown[]).map(withoutSchemaCheck) }),
  };
}

function withoutSchemaCheck(event: unknown): unknown {
  const { script } = event as { readonly script?: { readonly exec?: unknown } };
  if (!Array.isArray(script?.exec)) return event;
  const exec = (script.exec as readonly string[]).map((line) =>
    line.trim() === schemaCheckLine ? '// The runner checks it.' : line,
  );
  return { ...(event as object), script: { ...script, exec } };
}
