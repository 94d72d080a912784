import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { codeOf, messageOf } from '../../errors.ts';
import { connectionError } from './connection-fault.ts';
import { proxyAuthorization, shownProxy, type Target } from './proxy.ts';

/**
 * An agent whose connections all go to a proxy for `http://` (RFC 9112, section 3.2.2). The requests that it gets must have been made ready
 * by `addressProxy`.
 */
export function createForwardingAgent(proxy: URL): HttpAgent {
  const agent = new HttpAgent({ keepAlive: true });
  const host = proxy.hostname.replace(/^\[|\]$/g, '');
  agent.createConnection = () => {
    if (proxy.protocol === 'http:') return connect({ host, port: Number(proxy.port || 80) });
    const name = isIP(host) === 0 ? { servername: host } : {};
    return connectSecurely({ host, port: Number(proxy.port || 443), ALPNProtocols: ['http/1.1'], ...name });
  };
  return agent;
}

/** Writes a request to a proxy for `http://`: with its whole address. Before anything of the request is written. */
export function addressProxy(request: ClientRequest, proxy: URL, { host, port }: Target): void {
  const name = host.includes(':') ? `[${host}]` : host;
  request.path = `http://${name}${port === 80 ? '' : `:${port}`}${request.path}`;
  const authorization = proxyAuthorization(proxy);
  if (!request.headersSent) {
    if (authorization !== undefined) request.setHeader('Proxy-Authorization', authorization);
    return;
  }
  // Those of a request with `Expect` wait for a connection already, as the first part of what is to be written.
  const made = request as unknown as { _header: string; readonly outputData: { data: string | Buffer }[] };
  const [, ...fields] = made._header.split('\r\n');
  const added = authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`];
  made._header = [`${request.method} ${request.path} HTTP/1.1`, ...added, ...fields].join('\r\n');
  const [first] = made.outputData;
  if (first) first.data = made._header;
}

/** An agent for `https://` through tunnels (`CONNECT`) of a proxy. The library is loaded with the first one. */
export async function createTunnelAgent(proxy: URL): Promise<HttpAgent> {
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  type Options = Parameters<InstanceType<typeof HttpsProxyAgent>['connect']>[1];

  class TunnelAgent extends HttpsProxyAgent<string> {
    /** Gives a connection to the host; a proxy that does not open one is an error, not an answer. */
    override async connect(request: ClientRequest, options: Options): Promise<Socket> {
      const gone = new AbortController();
      const stop = () => gone.abort();
      let refusal: string | undefined;
      request.once('close', stop);
      request.once('proxyConnect', ({ statusCode, statusText }: { statusCode: number; statusText: string }) => {
        if (statusCode !== 200) refusal = `it answered ${statusCode} ${statusText}`.trim();
      });
      // The connection to the proxy ends with the request, until the tunnel is open.
      const connectOpts = { ...this.connectOpts, signal: gone.signal };
      const ofRequest = Object.create(this, { connectOpts: { value: connectOpts } }) as this;
      try {
        const socket = await super.connect.call(ofRequest, request, options);
        if (refusal === undefined) return socket;
        socket.destroy();
      } catch (error) {
        throw connectionError(
          codeOf(error) ?? 'EPROXYREFUSED',
          `the proxy ${shownProxy(proxy)} opens no connection to ${options.host}: ${messageOf(error)}`,
        );
      } finally {
        request.off('close', stop);
      }
      throw connectionError(
        'EPROXYREFUSED',
        `the proxy ${shownProxy(proxy)} opens no connection to ${options.host}: ${refusal}`,
      );
    }
  }
  return new TunnelAgent(proxy, { keepAlive: true });
}
