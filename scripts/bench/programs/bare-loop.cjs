// The requests of a flow over node:http, one connection a lane, nothing checked but the status. Takes a file with `requests`, `values`,
// `flows` and `lanes`, as plain-flow.ts makes it; writes how many flows ended well. The first `once` requests are sent before all flows.
const { randomInt } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { Agent, request: send } = require('node:http');

const { requests, values, flows, lanes, once = 0 } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789~!@#$%^*()-_=+[];:,.?';

let begun = 0;
let done = 0;

function password() {
  return `Aa1!${Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join('')}`.replace(
    /(.)\1+/g,
    '$1',
  );
}

function exchange(agent, { method, url, authorization, contentType, form, json, status }, filled) {
  const body = form
    ? new URLSearchParams(form).toString()
    : json === undefined
      ? undefined
      : filled(JSON.stringify(json));
  const type = form ? 'application/x-www-form-urlencoded' : contentType;
  const credentials =
    'bearer' in authorization
      ? `Bearer ${filled(authorization.bearer)}`
      : `Basic ${Buffer.from(`${filled(authorization.username)}:${filled(authorization.password)}`).toString('base64')}`;
  const headers = {
    Authorization: credentials,
    ...(type ? { 'Content-Type': type } : {}),
    ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const sent = send(filled(url), { method, agent, headers }, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => {
        if (response.statusCode !== status) reject(new Error(`${method} ${url} answered ${response.statusCode}`));
        else resolve(JSON.parse(Buffer.concat(pieces).toString()));
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function sendAll(agent, list, own) {
  const filled = (text) => text.replace(/\{\{([^{}]+)\}\}/g, (_, name) => own[name]);
  for (const request of list) {
    const answer = await exchange(agent, request, filled);
    for (const { variable, path } of request.captures)
      own[variable] = path.reduce((value, part) => value[part], answer);
  }
}

/** Values of a flow of its own: whatever holds the id of the run holds another one. */
function valuesOf(number) {
  const run = `${values.runID}-${number}`;
  const own = Object.entries(values).map(([name, value]) => [name, value.replaceAll(values.runID, run)]);
  return { ...Object.fromEntries(own), userPassword: password() };
}

async function lane(shared) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (begun < flows) {
    await sendAll(agent, requests.slice(once), { ...valuesOf(begun++), ...shared });
    done += 1;
  }
  agent.destroy();
}

async function allLanes() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const first = valuesOf('once');
  await sendAll(agent, requests.slice(0, once), first);
  agent.destroy();
  const captured = requests.slice(0, once).flatMap(({ captures }) => captures.map(({ variable }) => variable));
  const shared = Object.fromEntries(captured.map((name) => [name, first[name]]));
  await Promise.all(Array.from({ length: lanes }, () => lane(shared)));
}

allLanes().then(
  () => process.stdout.write(`${done} flows\n`),
  (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
