import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Simulator } from '../../src/simulator/index.ts';

/** What stands in front of a simulator: answers itself, changes its answer, or loses it (undefined). */
export type Front = (request: Request, proceed: () => Promise<Response>) => Promise<Response | undefined>;

/** A server that passes requests to the simulator by way of `front`. */
export async function startFrontServer(
  simulator: Simulator,
  front: Front,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = 'GET', url = '/', headers } = incoming;
    const body = Buffer.concat(chunks);
    const request = new Request(new URL(url, address()), {
      method,
      headers: headers as Record<string, string>,
      ...(body.length > 0 && { body }),
    });
    const response = await front(request, () => simulator.fetch(request));
    if (!response) {
      outgoing.destroy();
      return;
    }
    const text = await response.text();
    for (const [name, value] of response.headers)
      if (!['set-cookie', 'content-length', 'transfer-encoding'].includes(name)) outgoing.setHeader(name, value);
    outgoing.setHeader('set-cookie', response.headers.getSetCookie());
    outgoing.writeHead(response.status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: address(), close: () => new Promise((resolve) => server.close(() => resolve())) };
}
