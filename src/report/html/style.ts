/** The style of the page: for a phone first, wider where there is room, light or dark as the reader's system is. */
export const style = `
:root {
  --text: #1b1f24; --quiet: #57606a; --paper: #fff; --panel: #f4f6f8; --line: #d0d7de; --link: #0550ae;
  --good: #116329; --bad: #a40e26; --good-paper: #e6f6ea; --bad-paper: #fdecee;
  --attempt: #c3cad2; --earlier: #8c6a2f; --wait: #7d8590; --dns: #0f766e; --connect: #b45309; --tls: #9333ea;
  --first: #0969da; --download: #1a7f37;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6edf3; --quiet: #9aa5b1; --paper: #0d1117; --panel: #161b22; --line: #30363d; --link: #79b8ff;
    --good: #56d364; --bad: #ff8f8a; --good-paper: #0f2a18; --bad-paper: #35151a;
    --attempt: #484f58; --earlier: #d29922; --wait: #8b949e; --dns: #2dd4bf; --connect: #f59e0b; --tls: #c084fc;
    --first: #58a6ff; --download: #3fb950;
  }
}
* { box-sizing: border-box; }
html { color-scheme: light dark; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--paper); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, .failure, details.step, .histogram { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; margin: 0 0 .75rem; }
header.good { background: var(--good-paper); border-color: var(--good); }
header.bad { background: var(--bad-paper); border-color: var(--bad); }
header.good .mark, .checks .good { color: var(--good); }
header.bad .mark, .failed { color: var(--bad); }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 1.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
.failure h3, .histogram h3 { margin-top: 0; }
p, ul, ol, dl { margin: 0 0 .5rem; }
a { color: var(--link); }
.quiet { color: var(--quiet); }
.failure { border-left: .3rem solid var(--bad); }
code, pre, dd { font: .875rem/1.5 ui-monospace, monospace; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: .35rem; padding: .5rem .75rem; overflow: auto;
  max-height: 30rem; white-space: pre-wrap; }
.values div { display: flex; flex-wrap: wrap; gap: 0 .75rem; padding: .1rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--quiet); }
dd { margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; overflow-wrap: normal; }
th, td { text-align: left; padding: .2rem .75rem .2rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
.checks { list-style: none; padding: 0; }
details.step { padding: 0; }
details.step > :not(summary) { margin-left: 1rem; margin-right: 1rem; }
summary { cursor: pointer; padding: .6rem 1rem; }
details.step[open] > summary { border-bottom: 1px solid var(--line); margin-bottom: .5rem; }
details.more { margin-top: .25rem; margin-bottom: .5rem; }
details.more > summary { padding: .2rem 0; color: var(--link); font-size: .9rem; }
details.more > :not(summary) { margin-left: 1.1rem; }
details.more > pre, details.more > dl { margin-left: 0; }
summary .name { font-weight: 600; }
summary .mark { display: inline-block; width: 1.2em; }
.passed > summary .mark { color: var(--good); }
details.failed, details.error { color: inherit; border-color: var(--bad); }
.failed > summary .mark, .error > summary .mark { color: var(--bad); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; font-size: .875rem; color: var(--quiet); }
.swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: .15rem; margin-right: .35rem; vertical-align: -.05rem; }
.waterfall { list-style: none; padding: 0; }
.waterfall li { color: inherit; padding: .25rem 0; }
.waterfall .time { color: var(--quiet); float: right; }
svg { display: block; width: 100%; height: 1rem; background: var(--panel); }
svg.bars { height: 5rem; fill: var(--first); }
.axis { display: flex; justify-content: space-between; font-size: .8rem; color: var(--quiet); }
.percentiles { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
.attempt { fill: var(--attempt); } .swatch.attempt { background: var(--attempt); }
.earlier { fill: var(--earlier); } .swatch.earlier { background: var(--earlier); }
.wait { fill: var(--wait); } .swatch.wait { background: var(--wait); }
.dns { fill: var(--dns); } .swatch.dns { background: var(--dns); }
.connect { fill: var(--connect); } .swatch.connect { background: var(--connect); }
.tls { fill: var(--tls); } .swatch.tls { background: var(--tls); }
.firstByte { fill: var(--first); } .swatch.firstByte { background: var(--first); }
.download { fill: var(--download); } .swatch.download { background: var(--download); }
@media (min-width: 48rem) {
  .waterfall li { display: grid; grid-template-columns: 18rem 1fr 5rem; align-items: center; gap: .75rem; }
  .waterfall .time { order: 3; float: none; text-align: right; }
  .waterfall + .axis { padding: 0 5.75rem 0 18.75rem; }
}
@media print { details.step { break-inside: avoid; } }
`;
