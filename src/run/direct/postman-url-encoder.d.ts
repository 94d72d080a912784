/** Postman's own way to encode addresses, so that a server gets the same bytes. It comes without types. */
declare module 'postman-url-encoder' {
  interface NodeUrl {
    readonly href: string;
    readonly host: string;
    readonly hostname: string;
    /** Null when the address names none. */
    readonly port: string | null;
    readonly protocol: string;
    /** Path and query. */
    readonly path: string;
  }
  const encoder: {
    toNodeUrl(url: string): NodeUrl;
    resolveNodeUrl(base: NodeUrl, relative: string): string;
  };
  export default encoder;
}
