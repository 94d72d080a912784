/** The style of the page: light or dark as the reader's system is, for a phone first. */
export const style = `
:root { color-scheme: light dark;
  --ground: light-dark(#f4f6f9, #0e1116); --card: light-dark(#ffffff, #171b22); --inset: light-dark(#f4f6f9, #0e1116);
  --ink: light-dark(#1a202b, #e6eaf0); --quiet: light-dark(#566070, #9ba6b5); --line: light-dark(#dbe1e9, #2c333e);
  --accent: light-dark(#3454d1, #8fa8ff); --accent-ink: light-dark(#ffffff, #10131a);
  --good: light-dark(#0f6b37, #6bd69b); --good-ground: light-dark(#e3f5ea, #12301f);
  --bad: light-dark(#b0231a, #ff938a); --bad-ground: light-dark(#fdeae8, #3a1815);
  --warm: light-dark(#7d4b00, #f2bf6b); --warm-ground: light-dark(#fdf1dc, #35260d);
  --calm: light-dark(#2743b5, #a9bcff); --calm-ground: light-dark(#e8edff, #1b2547); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: .9375rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main, footer { max-width: 100rem; margin: 0 auto; padding: 0 .75rem; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: .75rem; top: .5rem; background: var(--card); padding: .25rem .5rem; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; padding: .9rem 0 .25rem; }
h1 { display: flex; align-items: center; gap: .5rem; font-size: 1.25rem; line-height: 1.3; margin: 0; }
h1 svg { width: 1.6rem; fill: var(--accent); } h1 svg path { fill: none; stroke: var(--accent-ink); stroke-width: 2.4; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
h3 { font-size: .875rem; margin: .9rem 0 .35rem; } h2 + h3, h3:first-child { margin-top: 0; }
h4 { font-size: .75rem; margin: .5rem 0 .1rem; color: var(--quiet); font-weight: 600; text-transform: uppercase; letter-spacing: .04em; }
p, dl { margin: 0 0 .5rem; } ul, ol { list-style: none; margin: 0; padding: 0; }
a { color: var(--accent); } code, pre, .path, .method, time { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .8125rem; }
.quiet, .empty, dt, .ms, #state { color: var(--quiet); } .empty { margin: 0; }
#state { margin: 0 0 0 auto; font-size: .8125rem; } #state.gone { color: var(--bad); font-weight: 600; }
#state.live::before { content: ""; display: inline-block; width: .55rem; height: .55rem; margin-right: .4rem; border-radius: 50%; background: var(--good); }
.pill, .tag { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .5rem; font-size: .75rem; line-height: 1.35rem; white-space: nowrap; color: var(--quiet); }
.tag.good { color: var(--good); background: var(--good-ground); border-color: transparent; }
.tag.bad { color: var(--bad); background: var(--bad-ground); border-color: transparent; }
.tag.warm { color: var(--warm); background: var(--warm-ground); border-color: transparent; }
.tag.calm { color: var(--calm); background: var(--calm-ground); border-color: transparent; }
.bad { color: var(--bad); } #refused:empty { display: none; }
.totals { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; } .totals a { color: var(--quiet); text-decoration: none; display: inline-block; padding: .15rem 0; }
.totals a:hover { text-decoration: underline; } .totals b { color: var(--ink); font-size: 1.05rem; font-variant-numeric: tabular-nums; }
main { display: grid; gap: .9rem; grid-template-columns: minmax(0, 1fr); padding-block: .75rem 1rem; }
.column { display: grid; gap: .9rem; grid-template-columns: minmax(0, 1fr); align-content: start; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem; }
summary { cursor: pointer; border-radius: .3rem; padding: .2rem .25rem; } summary:hover { background: var(--inset); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
.name { font-weight: 600; } h3 .quiet, h3 .id { font-weight: 400; } .tree .quiet { font-size: .8125rem; } .id { color: var(--quiet); }
.tree li { padding: .1rem 0; } .tree ul { margin-left: .55rem; padding-left: .9rem; border-left: 1px solid var(--line); }
.tree dl, .tree h4 { margin-left: 1.45rem; } .tree details > ul { margin-left: 1.45rem; }
.tree ul details > ul { margin-left: .6rem; }
dl > div { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: .5rem; font-size: .8125rem; } dd { margin: 0; }
.licenses li { padding: .4rem 0; border-top: 1px solid var(--line); font-size: .8125rem; } .licenses li:first-child { border-top: 0; }
.line { display: flex; flex-wrap: wrap; gap: .15rem .5rem; align-items: baseline; font-size: .9375rem; } .room { margin-left: auto; font-weight: 600; font-size: .8125rem; color: var(--good); } .room.odd { color: var(--quiet); }
.meter { display: block; width: 100%; height: .3rem; margin: .3rem 0; border-radius: 1rem; } .meter rect { fill: var(--line); } .meter .used { fill: var(--good); } .meter .full { fill: var(--quiet); }
.faults .quiet { font-size: .8125rem; } .faults li { border-left: .25rem solid var(--warm); padding: .1rem 0 .1rem .7rem; margin-bottom: .5rem; }
button { font: inherit; font-size: .8125rem; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .2rem .65rem; min-height: 1.75rem; cursor: pointer; }
button:hover { border-color: var(--accent); } button[aria-pressed=true] { background: var(--accent); color: var(--accent-ink); }
.switches { display: grid; gap: .5rem 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
.switches li { font-size: .8125rem; line-height: 1.35; } .switches button { display: flex; align-items: center; gap: .5rem; font-weight: 600; border: 0; padding: .2rem 0; background: none; }
.knob { flex: none; width: 2.1rem; height: 1.2rem; border-radius: 1rem; border: 1px solid var(--quiet); background: var(--inset); position: relative; }
.knob::after { content: ""; position: absolute; inset: .16rem auto auto .18rem; width: .75rem; height: .75rem; border-radius: 50%; background: var(--quiet); }
[aria-checked=true] .knob { background: var(--warm); border-color: var(--warm); } [aria-checked=true] .knob::after { left: 1.05rem; background: var(--card); }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .75rem; }
.requests > li { border-top: 1px solid var(--line); } .requests > li:first-child { border-top: 0; }
.requests summary { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 0 .6rem; align-items: baseline; padding: .35rem .25rem; }
.requests time { color: var(--quiet); grid-column: 1 / 3; font-size: .75rem; } .method { font-weight: 700; } .path { grid-row: 2; grid-column: 2; } .requests .method { grid-row: 2; }
.requests .tag { grid-column: 3; grid-row: 2; text-align: center; } .ms { grid-column: 3; grid-row: 1; font-size: .75rem; text-align: right; font-variant-numeric: tabular-nums; }
.note { grid-column: 1 / -1; color: var(--quiet); font-size: .8125rem; }
.requests details[open] { padding-bottom: .75rem; } .requests details[open] > summary { background: var(--inset); margin-bottom: .5rem; }
.pair { display: grid; gap: .75rem; grid-template-columns: minmax(0, 1fr); }
pre { margin: 0; background: var(--inset); border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .7rem; max-height: 22rem; overflow: auto; white-space: pre-wrap; }
pre i { font-style: normal; } .key { color: var(--calm); } .text { color: var(--good); } .secret { color: var(--warm); }
footer { padding-bottom: 1rem; }
@media (min-width: 40rem) {
  header, main, footer { padding-inline: 1.5rem; } section { padding: 1rem 1.1rem; }
  .requests summary { grid-template-columns: 6.2rem 4rem minmax(0, 1fr) auto 4.2rem; }
  .requests :is(time, .method, .path, .tag, .ms) { grid-row: 1; grid-column: auto; font-size: .8125rem; }
  .pair { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (min-width: 64rem) { main { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); } }
@media (prefers-reduced-motion: no-preference) { .knob::after { transition: left .12s; } }
`;
