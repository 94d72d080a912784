/** A certificate and its private key, both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const days = 7;

/**
 * A self-signed certificate for this machine's names and for `host`, good for a week from now. Its key never leaves the
 * process. It is its own authority (`CA:TRUE`), which is what makes `NODE_EXTRA_CA_CERTS` take it.
 */
export async function makeCertificate(host: string): Promise<Certificate> {
  // Only who wants TLS pays for loading it.
  const { generate } = await import('selfsigned');
  const names = new Set(['localhost', '127.0.0.1', '::1', ...(host === '0.0.0.0' || host === '::' ? [] : [host])]);
  const now = Date.now();
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'PingOne simulator' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    curve: 'P-256',
    // An hour ago: clocks of containers and phones differ.
    notBeforeDate: new Date(now - 60 * 60 * 1000),
    notAfterDate: new Date(now + days * 24 * 60 * 60 * 1000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [...names].map(altName) },
    ],
  });
  return { cert, key };
}

/** Type 7 is an address, 2 a name (RFC 5280, 4.2.1.6). */
function altName(name: string): { type: 2; value: string } | { type: 7; ip: string } {
  return /^[\d.]+$|:/.test(name) ? { type: 7, ip: name } : { type: 2, value: name };
}
