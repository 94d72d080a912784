import { createTransport } from '../../src/run/transport/transport.ts';
import { runNewman } from './newman.ts';

/**
 * A process that sends one request and writes what came of it as JSON, with the peak of its memory. Usage:
 * child.ts URL send|newman|newman-stock. SIGUSR2 closes the transport.
 */
const [url = '', how = 'send'] = process.argv.slice(2);
const transport = createTransport({ requestTimeout: 20_000 });
if (how !== 'send') await runNewman(transport, ['http://127.0.0.1:9/'], how as 'newman');
const before = process.resourceUsage().maxRSS;
const startedAt = Date.now();
process.on('SIGUSR2', () => transport.close());
const outcome =
  how === 'send'
    ? await transport.send({ method: 'GET', url, headers: {} })
    : (await runNewman(transport, [url], how as 'newman'))[0];
const milliseconds = Date.now() - startedAt;
transport.close();
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ outcome, milliseconds, peakMiB: maxRSS / 1024, addedMiB: (maxRSS - before) / 1024 }));
