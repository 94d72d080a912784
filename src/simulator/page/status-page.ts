import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { isOwnName } from '../http/origin.ts';
import type { Reply } from '../http/respond.ts';
import { environmentsSection, licensesSection } from './existing.ts';
import { faultsSection } from './faults-section.ts';
import { script } from './page-script.ts';
import type { Status } from './page-status.ts';
import { style } from './page-style.ts';
import { counted } from './page-words.ts';
import { requestsSection } from './requests-section.ts';

const headers = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', Vary: 'Accept' } as const;

/** Answers a request for the page, or for the same as JSON; undefined for every other, PingOne's own answer at `/` among them. */
export function pageReply(request: Request, path: string, status: () => Status): Reply | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  // Where the page used to be.
  if (/^\/_simulator\/?$/.test(path)) return { status: 302, headers: { ...headers, Location: '/' }, body: undefined };
  if (path !== '/') return undefined;
  if (!isOwnName(new URL(request.url))) return undefined;
  const accept = request.headers.get('accept') ?? '';
  if (accept.includes('text/html')) {
    const more = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy };
    return { status: 200, headers: { ...headers, ...more }, body: renderPage(status(), new URL(request.url)) };
  }
  if (!accept.includes('application/json')) return undefined;
  const body = `${JSON.stringify(status(), undefined, 2)}\n`;
  return { status: 200, headers: { ...headers, 'Content-Type': 'application/json' }, body };
}

/** The page is one file, and talks to nobody but its simulator. */
const policy = [
  "default-src 'none'",
  `style-src '${hashOf(style)}'`,
  `script-src '${hashOf(script)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function renderPage(status: Status, { host, origin }: URL): string {
  const environments = status.organizations.flatMap((organization) => organization.environments);
  const populations = environments.flatMap((environment) => environment.populations);
  const users = populations.reduce((sum, { userCount }) => sum + userCount, 0);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>PingOne simulator</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#requests">To the requests</a>
<header>
<div class="bar">
<h1><svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11"/><path d="M8 18V6h5a3.6 3.6 0 0 1 0 7.2H8"/></svg>PingOne simulator</h1>
<code class="host">${host}</code>
<span class="pill">${status.control ? 'control on' : 'read-only'}</span>
<p id="state" role="status"></p>
<button type="button" id="pause" aria-pressed="false" hidden>Pause updates</button>
</div>
<p class="quiet">In memory only: what is here is gone when the simulator ends. Secrets and passwords are shown as [secret].</p>
<ul class="totals" id="totals" data-part aria-label="What there is">
<li><a href="#environments"><b>${environments.length}</b> ${noun(environments.length, 'environment')}</a></li>
<li><a href="#environments"><b>${users}</b> ${noun(users, 'user')}</a></li>
<li><a href="#faults"><b>${status.faults.length}</b> active ${noun(status.faults.length, 'fault')}</a></li>
<li><a href="#requests"><b>${status.requests.at(-1)?.number ?? 0}</b> ${noun(status.requests.at(-1)?.number ?? 0, 'request')}</a></li>
</ul>
</header>
<main>
<div class="column">
${environmentsSection(status)}
${licensesSection(status)}
</div>
<div class="column">
${faultsSection(status)}
${requestsSection(status, origin)}
</div>
</main>
<footer><p class="quiet">The same as JSON: <code>curl -H 'Accept: application/json' ${origin}/</code></p></footer>
<script>${raw(script)}</script>
</body>
</html>
`;
  return page.toString();
}

function noun(count: number, word: string): string {
  return counted(count, word).replace(/^\d+ /, '');
}
