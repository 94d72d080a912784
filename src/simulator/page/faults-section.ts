import { html } from 'hono/html';
import type { Markup } from './existing.ts';
import type { FaultStatus, Status } from './page-status.ts';
import { actionWords, counted, matchWords } from './page-words.ts';

/** What goes wrong now; with control, switches for what often does. */
export function faultsSection({ faults, switches, control }: Status): Markup {
  return html`<section id="faults" data-part aria-labelledby="faults-title">
<h2 id="faults-title">Active faults</h2>
${
  faults.length === 0
    ? html`<p class="empty">No fault is active: everything is answered as PingOne does.</p>`
    : html`<ul class="faults">${faults.map(faultItem)}</ul>`
}
${control ? switchList(switches) : html`<p class="quiet">Switches for faults are here when the simulator is started with <code>--control</code>.</p>`}
</section>`;
}

function faultItem({ name, match, do: action, fired }: FaultStatus): Markup {
  return html`<li><span class="name">${name ?? action.kind}</span> <span class="tag ${fired > 0 ? 'warm' : ''}">${fired === 0 ? 'not fired yet' : `fired ${counted(fired, 'time')}`}</span><br>
<code>${actionWords(action)}</code> <span class="quiet">for ${matchWords(match)}</span></li>`;
}

function switchList(switches: Status['switches']): Markup {
  return html`<h3>Let something go wrong</h3>
<ul class="switches">${switches.map(
    ({ name, label, effect, on }, index) =>
      html`<li><button type="button" role="switch" aria-checked="${String(on)}" aria-describedby="effect-${index}" id="switch-${index}" data-switch="${name}"><span class="knob" aria-hidden="true"></span>${label}</button>
<span class="quiet" id="effect-${index}">${effect}</span></li>`,
  )}</ul>
<div class="actions"><button type="button" id="no-faults" data-method="DELETE" data-path="faults">Remove all faults</button>
<button type="button" id="reset" data-method="POST" data-path="reset" data-question="Go back to the state at the start? What was created since is lost.">Reset the state</button></div>
<p class="bad" id="refused" role="alert"></p>`;
}
