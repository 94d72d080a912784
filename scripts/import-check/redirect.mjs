import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';

/**
 * Loaded before a program (`node --import`): each of its TCP connections goes to the echo server, whatever the host and the port.
 * `ECHO_PORTS` has the port for `http://` and that for `https://`.
 */

const [port, tlsPort] = (process.env.ECHO_PORTS ?? '').split(',').map(Number);

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  // Node itself hands over a list of options and callback.
  const [first, ...rest] = Array.isArray(given[0]) ? given[0] : given;
  const options = typeof first === 'object' ? first : { port: first, host: rest[0] };
  const callback = rest.find((value) => typeof value === 'function');
  const { host = 'localhost', path } = options;
  // A socket of this machine, and a name that no lookup finds, such as `{{baseUrl}}`.
  if (path || !/^[\w.:-]+$/.test(host)) return connect.call(this, options, callback);
  const target = { ...options, host: '127.0.0.1', port: this instanceof tls.TLSSocket ? tlsPort : port };
  return connect.call(this, target, callback);
};

const connectTls = tls.connect;
tls.connect = (...given) =>
  connectTls(...given.map((value) => (isOptions(value) ? { ...value, rejectUnauthorized: false } : value)));

function isOptions(value) {
  return typeof value === 'object' && value !== null;
}

syncBuiltinESMExports();
