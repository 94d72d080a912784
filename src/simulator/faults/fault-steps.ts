/** The steps of PingOne's tutorial by their requests, so that a fault can say `step: 3`. The simulator's own knowledge. */
const steps: readonly { readonly method: string; readonly path: RegExp }[] = [
  { method: 'POST', path: /^\/[^/]+\/as\/token$/ },
  { method: 'GET', path: /^\/v1\/organizations\/[^/]+\/licenses$/ },
  { method: 'POST', path: /^\/v1\/environments$/ },
  { method: 'POST', path: /^\/v1\/environments\/[^/]+\/populations$/ },
  { method: 'POST', path: /^\/v1\/environments\/[^/]+\/users$/ },
  { method: 'PUT', path: /^\/v1\/environments\/[^/]+\/users\/[^/]+\/password$/ },
  { method: 'PUT', path: /^\/v1\/environments\/[^/]+\/users\/[^/]+\/mfaEnabled$/ },
  { method: 'POST', path: /^\/v1\/environments\/[^/]+\/users\/[^/]+\/devices$/ },
];

/** The number of the step that sends this request, from 1; undefined for any other request. */
export function stepOf(method: string, path: string): number | undefined {
  const index = steps.findIndex((step) => step.method === method && step.path.test(path));
  return index < 0 ? undefined : index + 1;
}
