import type { Reply } from '../http/respond.ts';
import type { Json } from '../json.ts';
import type { FaultAction } from './fault.ts';

/** The reply with the damage done; the very same reply when there was nothing to damage. */
export function damaged(reply: Reply, action: FaultAction): Reply {
  const { body } = reply;
  if (body === undefined) return reply;
  switch (action.kind) {
    case 'truncated-json':
      return { ...reply, body: body.slice(0, Math.floor(body.length / 2)) };
    case 'invalid-json':
      return { ...reply, body: action.text ?? '<html>Bad Gateway' };
    case 'content-type':
      return { ...reply, headers: { ...reply.headers, 'Content-Type': action.value ?? 'text/html' } };
    case 'missing-field':
      return changed(reply, body, action.pointer, (parent, key) => {
        delete parent[key];
      });
    case 'extra-field':
      return changed(reply, body, action.pointer, (parent, key) => {
        parent[key] = (action.value as Json | undefined) ?? 'unexpected';
      });
    case 'mistyped-field':
      return changed(reply, body, action.pointer, (parent, key) => {
        parent[key] = (action.value as Json | undefined) ?? otherType(parent[key]);
      });
    case 'huge-body':
      return changed(reply, body, '/padding', (parent, key) => {
        parent[key] = 'x'.repeat(action.bytes ?? 32 * 1024 * 1024);
      });
    default:
      return reply;
  }
}

/** The body with one value changed; as it was when nothing is at the pointer's parent, or nothing came of the change. */
function changed(
  reply: Reply,
  body: string,
  pointer: string,
  change: (parent: Record<string, Json | undefined>, key: string) => void,
): Reply {
  const keys = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = keys.pop() ?? '';
  const root = JSON.parse(body) as Json;
  let parent: unknown = root;
  for (const one of keys) {
    if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, one)) return reply;
    parent = (parent as Record<string, unknown>)[one];
  }
  if (typeof parent !== 'object' || parent === null) return reply;
  change(parent as Record<string, Json | undefined>, key);
  const text = JSON.stringify(root);
  return text === body ? reply : { ...reply, body: text };
}

function otherType(value: Json | undefined): Json | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined;
    case 'string':
      return 12_345;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return 'text';
  }
}
