import { inferredMessages } from '../../inferred.ts';
import { messages } from '../../messages.ts';
import type { Detail } from '../../refusal.ts';
import type { EnvironmentType, License, Organization, Region } from '../../state/model.ts';

/** The licence an environment is to get: the one named, or else the organization's only one. Undefined when unknown. */
export function chosenLicense(organization: Organization, id: string | undefined): License | undefined {
  return id === undefined ? [...organization.licenses.values()][0] : organization.licenses.get(id);
}

/** Why this licence cannot take one more environment; empty when it can. */
export function licenseProblems(license: License | undefined, type: EnvironmentType, now: Date): readonly Detail[] {
  if (license === undefined) {
    return [{ code: 'INVALID_VALUE', target: 'license', message: inferredMessages.unknownReference }];
  }
  const problems: Detail[] = [];
  if (!isInForce(license, now) || license.assignedEnvironmentsCount >= license.environments.max) {
    problems.push({ code: 'INVALID_VALUE', target: 'license', message: messages.licenseFull });
  }
  if (type === 'PRODUCTION' && !license.environments.allowProduction) {
    problems.push({ code: 'INVALID_VALUE', target: 'type', message: inferredMessages.productionNotAllowed });
  }
  return problems;
}

/** Regions of one geography: an organization of Asia Pacific may use Australia (observed). */
function geographyOf(region: Region): readonly Region[] {
  return region === 'AP' ? ['AP', 'AU'] : [region];
}

/** Whether the region is one of the organization's and one of the licence's; the problem names the regions allowed. */
export function regionProblems(
  organization: Organization,
  license: License | undefined,
  region: Region,
): readonly Detail[] {
  const own = geographyOf(organization.region);
  const licensed = license?.environments.regions.map((name) => (name === 'NORTH_AMERICA' ? 'NA' : name));
  const both = licensed === undefined ? own : licensed.filter((name) => own.includes(name));
  const allowed = both.length > 0 ? both : (licensed ?? own);
  if (both.includes(region)) return [];
  return [
    {
      code: 'INVALID_VALUE',
      target: 'region',
      message: inferredMessages.regionNotAllowed,
      innerError: { allowedValues: allowed },
    },
  ];
}

/** Adds to the number of environments that a licence has. */
export function countEnvironment(organization: Organization, licenseId: string, change: 1 | -1): void {
  const license = organization.licenses.get(licenseId);
  if (license === undefined) return;
  const assignedEnvironmentsCount = Math.max(0, license.assignedEnvironmentsCount + change);
  organization.licenses.set(licenseId, { ...license, assignedEnvironmentsCount });
}

function isInForce(license: License, now: Date): boolean {
  const time = now.toISOString();
  return license.status === 'ACTIVE' && license.beginsAt <= time && time < license.expiresAt;
}
