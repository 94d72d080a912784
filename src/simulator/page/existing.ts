import { html } from 'hono/html';
import type { EnvironmentStatus, LicenseStatus, OrganizationStatus, PopulationStatus, Status } from './page-status.ts';
import { counted, shortId } from './page-words.ts';

export type Markup = ReturnType<typeof html>;

/** Environments, populations, users, groups and applications as a tree, by organization. */
export function environmentsSection({ organizations }: Status): Markup {
  const isEmpty = organizations.every(({ environments }) => environments.length === 0);
  return html`<section id="environments" data-part aria-labelledby="environments-title">
<h2 id="environments-title">Environments</h2>
${isEmpty ? html`<p class="empty">There is no environment.</p>` : organizations.map(organizationTree)}
</section>`;
}

function organizationTree({ id, name, region, environments }: OrganizationStatus): Markup {
  return html`<h3>${name} ${idMark(id)} <span class="quiet">${region}</span></h3>
<ul class="tree">${environments.map((environment, index) => environmentItem(environment, index >= environments.length - 2))}</ul>
`;
}

function environmentItem(environment: EnvironmentStatus, isRecent: boolean): Markup {
  const { id, name, type, region, createdAt, license, isDeleted, populations, groups, applications } = environment;
  const users = populations.reduce((sum, { userCount }) => sum + userCount, 0);
  return html`<li><details id="environment-${id}"${isRecent && type === 'SANDBOX' ? html` open` : ''}>
<summary><span class="name">${name}</span> <span class="tag ${type === 'SANDBOX' ? 'calm' : 'warm'}">${type}</span>${
    isDeleted ? html` <span class="tag bad">deleted</span>` : ''
  } ${idMark(id)} <span class="quiet">${counted(users, 'user')}</span></summary>
<dl><div><dt>Id</dt><dd><code>${id}</code></dd></div>
<div><dt>License</dt><dd>${license.name} ${idMark(license.id)}</dd></div>
<div><dt>Region</dt><dd>${region}</dd></div>
<div><dt>Created</dt><dd><time datetime="${createdAt}">${createdAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time></dd></div></dl>
<h4>Populations</h4>
<ul>${populations.map(populationItem)}</ul>${
    groups.length === 0
      ? ''
      : html`
<h4>Groups</h4>
<ul>${groups.map(
          ({ id, name, userCount }) =>
            html`<li><span class="name">${name}</span> ${idMark(id)} <span class="quiet">${counted(userCount, 'user')}</span></li>`,
        )}</ul>`
  }${
    applications.length === 0
      ? ''
      : html`
<h4>Applications</h4>
<ul>${applications.map(
          ({ id, name, type, enabled }) =>
            html`<li><span class="name">${name}</span> <span class="tag">${type}</span> ${idMark(id)}${enabled ? '' : html` <span class="tag bad">disabled</span>`}</li>`,
        )}</ul>`
  }
</details></li>
`;
}

function populationItem({ id, name, default: isDefault, userCount, users }: PopulationStatus): Markup {
  const label = html`<span class="name">${name}</span>${isDefault ? html` <span class="tag">default</span>` : ''} ${idMark(id)} <span class="quiet">${counted(userCount, 'user')}</span>`;
  if (userCount === 0) return html`<li>${label}</li>`;
  return html`<li><details id="population-${id}"${userCount <= 10 ? html` open` : ''}><summary>${label}</summary>
<ul>${users.map(
    ({ id, username, enabled, password }) =>
      html`<li><span class="name">${username}</span> ${idMark(id)} <span class="tag ${password === 'OK' ? 'good' : password === 'NO_PASSWORD' ? '' : 'warm'}">${passwordWords(password)}</span>${enabled ? '' : html` <span class="tag bad">disabled</span>`}</li>`,
  )}${userCount > users.length ? html`<li class="quiet">and ${userCount - users.length} more, created before these</li>` : ''}</ul>
</details></li>`;
}

function passwordWords(status: string): string {
  const words: Readonly<Record<string, string>> = {
    OK: 'password OK',
    NO_PASSWORD: 'no password',
    MUST_CHANGE_PASSWORD: 'must change password',
    PASSWORD_EXPIRED: 'password expired',
    PASSWORD_LOCKED_OUT: 'locked out',
  };
  return words[status] ?? status;
}

/** The beginning of an id; the whole id is its title. */
function idMark(id: string): Markup {
  return html`<code class="id" title="${id}">${shortId(id)}</code>`;
}

/** Licenses with their room. */
export function licensesSection({ organizations }: Status): Markup {
  const some = organizations.filter(({ licenses }) => licenses.length > 0);
  return html`<section id="licenses" data-part aria-labelledby="licenses-title">
<h2 id="licenses-title">Licenses</h2>
${
  some.length === 0
    ? html`<p class="empty">There is no license.</p>`
    : some.map(
        ({ name, id, licenses }) => html`<h3>${name} ${idMark(id)}</h3>
<ul class="licenses">${licenses.map(licenseItem)}</ul>
`,
      )
}
</section>`;
}

function licenseItem(license: LicenseStatus): Markup {
  const { id, name, package: sort, status, used, max, room } = license;
  const isActive = status === 'ACTIVE';
  const roomWords = isActive ? (room === 0 ? 'full' : `room for ${room}`) : 'not usable';
  const share = max === 0 ? 100 : Math.min(100, (used / max) * 100);
  return html`<li><div class="line"><span class="name">${name}</span> <span class="tag ${isActive ? 'good' : 'bad'}">${status}</span> ${idMark(id)}
<span class="room${isActive && room > 0 ? '' : ' odd'}">${roomWords}</span></div>
<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="4"/><rect class="${isActive && room > 0 ? 'used' : 'full'}" width="${share.toFixed(1)}" height="4"/></svg>
<span class="quiet">${used} of ${counted(max, 'environment')}, ${sort}, ${timeWords(license)}</span></li>`;
}

function timeWords({ status, beginsAt, expiresAt }: LicenseStatus): string {
  if (status === 'FUTURE') return `from ${beginsAt.slice(0, 10)}`;
  return `${status === 'ACTIVE' ? 'until' : 'ended'} ${expiresAt.slice(0, 10)}`;
}
