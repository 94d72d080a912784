/**
 * What the page does beyond showing: it follows the simulator each second, copies, and switches. The page comes whole from the
 * simulator, and its parts are replaced when they differ; what is open stays open, and the focus where it is.
 */
export const script = `
'use strict';
(() => {
  const state = document.getElementById('state');
  const pause = document.getElementById('pause');
  const parts = (from) => [...from.querySelectorAll('[data-part]')];
  let shown = new Map(parts(document).map((part) => [part.id, part.innerHTML]));
  let paused = false;

  function tell(className, text) {
    if (state.textContent === text) return;
    state.className = className;
    state.textContent = text;
  }

  function focusPlace() {
    const { activeElement: active } = document;
    if (!active || active === document.body) return undefined;
    if (active.id) return () => document.getElementById(active.id);
    const id = active.closest('[id]').id;
    return () => document.getElementById(id)?.querySelector(active.localName);
  }

  function show(text) {
    const next = new DOMParser().parseFromString(text, 'text/html');
    const place = focusPlace();
    for (const part of parts(next)) {
      const old = document.getElementById(part.id);
      if (!old || shown.get(part.id) === part.innerHTML) continue;
      shown.set(part.id, part.innerHTML);
      for (const details of part.querySelectorAll('details')) {
        const before = document.getElementById(details.id);
        if (before) details.open = before.open;
      }
      old.replaceChildren(...part.childNodes);
    }
    prepare();
    const focused = place?.();
    if (focused && focused !== document.activeElement) focused.focus({ preventScroll: true });
  }

  /* What works with this script alone is hidden without it. */
  function prepare() {
    for (const button of document.querySelectorAll('[data-copy]')) button.hidden = false;
  }

  async function refresh() {
    try {
      const answer = await fetch('/', { headers: { Accept: 'text/html' } });
      const text = await answer.text();
      if (answer.ok) show(text);
      tell('live', 'live');
    } catch {
      tell('gone', 'has gone; this is what it last said');
    }
  }

  async function follow() {
    if (!paused && !document.hidden) await refresh();
    setTimeout(follow, 1000);
  }

  async function send(method, path, body) {
    const refused = () => document.getElementById('refused');
    try {
      const answer = await fetch('/_simulator/' + path, { method, body });
      if (!answer.ok) refused().textContent = (await answer.json()).problems.join(' ');
    } catch {
      refused().textContent = 'The simulator does not answer.';
    }
    await refresh();
  }

  async function copy(button) {
    const text = document.getElementById(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
      button.textContent = 'Selected: copy it with the keyboard';
    }
    setTimeout(() => { button.textContent = 'Copy as cURL'; }, 2000);
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    const { copy: id, switch: name, method, path, question } = button.dataset;
    if (id) copy(button);
    else if (name) send('PUT', 'switches', JSON.stringify({ [name]: button.getAttribute('aria-checked') !== 'true' }));
    else if (method && (!question || confirm(question))) send(method, path);
  });

  pause.hidden = false;
  pause.addEventListener('click', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    if (paused) tell('', 'paused');
    else refresh();
  });
  prepare();
  tell('live', 'live');
  setTimeout(follow, 1000);
})();
`;
