/**
 * The status page: one file without any other, so that it works offline. Everything it shows is put in as text, never as
 * markup. It asks for the status every second, and keeps the last one when the simulator has gone.
 */
export const statusPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>PingOne simulator</title>
<link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; --ground: light-dark(#f5f6f8, #14171c); --card: light-dark(#fff, #1d2229);
    --ink: light-dark(#1b2330, #e6e9ee); --quiet: light-dark(#5a6472, #9aa5b4); --line: light-dark(#dde2e8, #313843);
    --good: light-dark(#12703a, #62d195); --bad: light-dark(#b3261e, #ff8a80); --odd: light-dark(#8a5300, #f0b860); }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
  header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; padding: 1rem 1.5rem .25rem; }
  h1 { font-size: 1.35rem; margin: 0; } h2 { font-size: 1rem; margin: 0 0 .5rem; }
  #state { color: var(--quiet); } #state.gone { color: var(--bad); font-weight: 600; }
  main { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 1rem; padding: .75rem 1.5rem 1.5rem; }
  @media (max-width: 60rem) { main { grid-template-columns: minmax(0, 1fr); } }
  @media (max-width: 36rem) { header, main { padding-inline: .75rem; } th, td { padding-right: .4rem; } }
  section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; }
  .column { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; align-content: start; }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; width: 100%; font-size: .875rem; }
  th { text-align: left; color: var(--quiet); font-weight: 600; }
  th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  tr:last-child td { border-bottom: 0; }
  td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
  td.time { white-space: nowrap; }
  td.path, td.time { font-family: ui-monospace, monospace; font-size: .8125rem; overflow-wrap: anywhere; }
  .good { color: var(--good); } .bad { color: var(--bad); } .odd { color: var(--odd); }
  .note, .empty { color: var(--quiet); }
  .note { display: block; font-family: system-ui, sans-serif; overflow-wrap: anywhere; }
  .empty { margin: 0; }
</style>
</head>
<body>
<header><h1>PingOne simulator</h1><span id="state" role="status">loading …</span></header>
<main>
  <div class="column">
    <section aria-labelledby="environments-title"><h2 id="environments-title">Environments</h2><div class="scroll" id="environments"></div></section>
    <section aria-labelledby="faults-title"><h2 id="faults-title">Active faults</h2><div class="scroll" id="faults"></div></section>
    <section aria-labelledby="licenses-title"><h2 id="licenses-title">Licences</h2><div class="scroll" id="licenses"></div></section>
  </div>
  <div class="column">
    <section aria-labelledby="requests-title"><h2 id="requests-title">Last requests</h2><div class="scroll" id="requests"></div></section>
  </div>
</main>
<noscript>This page needs JavaScript. The same is to be had as JSON at /_simulator/status.</noscript>
<script>
'use strict';
function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
/* A cell is a text, or [text, class], or [text, class, note]. */
function table(id, heads, rows, empty) {
  const place = document.getElementById(id);
  if (rows.length === 0) return place.replaceChildren(element('p', 'empty', empty));
  const made = element('table');
  const head = made.createTHead().insertRow();
  for (const [text, className] of heads) head.append(Object.assign(element('th', className, text), { scope: 'col' }));
  const body = made.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    for (const cell of cells) {
      const [text, className, note] = Array.isArray(cell) ? cell : [cell];
      const made = element('td', className, text);
      if (note) made.append(element('span', 'note', note));
      row.append(made);
    }
  }
  place.replaceChildren(made);
}
function statusClass(status) {
  if (status === 0) return 'number bad';
  return 'number ' + (status < 300 ? 'good' : status < 500 ? 'odd' : 'bad');
}
function matchText(match) {
  return match && Object.keys(match).length > 0 ? JSON.stringify(match) : 'every request';
}
function show({ exists, requests, faults }) {
  table('environments', [['Name'], ['Type'], ['Populations', 'number'], ['Users', 'number']],
    exists.environments.map((one) => [[one.name, '', one.id], one.type, [one.populations.length, 'number'], [one.users.length, 'number']]),
    'There is no environment.');
  table('licenses', [['Licence'], ['Status'], ['Environments', 'number']],
    exists.organizations.flatMap((organization) => organization.licenses.map((one) =>
      [[one.name, '', organization.name], one.status, [one.assignedEnvironmentsCount, 'number']])), 'There is no licence.');
  table('faults', [['Fault'], ['For'], ['Fired', 'number']],
    faults.map((fault) => [[fault.name || fault.do.kind, '', fault.name ? fault.do.kind : ''],
      [matchText(fault.match), 'path'], [fault.fired, 'number']]),
    'No fault is active: everything is answered as PingOne does.');
  table('requests', [['Time'], ['Request'], ['Status', 'number'], ['ms', 'number']],
    [...requests].reverse().map((one) => [[one.at.slice(11, 23), 'time'], [one.method + ' ' + one.path, 'path', one.note],
      [one.status === 0 ? 'none' : one.status, statusClass(one.status)], [Math.round(one.durationMs), 'number']]),
    'No request so far.');
}
let last = '';
async function refresh() {
  const state = document.getElementById('state');
  try {
    const text = await (await fetch('/_simulator/status')).text();
    if (text !== last) show(JSON.parse(text));
    last = text;
    state.className = '';
    state.textContent = 'running at ' + location.host;
  } catch {
    state.className = 'gone';
    state.textContent = 'has gone; this is what it last said';
  }
  setTimeout(refresh, 1000);
}
refresh();
</script>
</body>
</html>
`;
