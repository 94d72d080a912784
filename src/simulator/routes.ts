import type { Route } from './http/call.ts';
import { applicationRoutes } from './resources/applications/applications.ts';
import { billOfMaterialsRoutes } from './resources/environments/bill-of-materials.ts';
import { environmentLifeRoutes } from './resources/environments/environment-life.ts';
import { environmentRoutes } from './resources/environments/environments.ts';
import { organizationRoutes } from './resources/environments/organizations.ts';
import { populationRoutes } from './resources/environments/populations.ts';
import { roleRoutes } from './resources/environments/roles.ts';
import { deviceActionRoutes } from './resources/mfa/device-actions.ts';
import { deviceAuthenticationRoutes } from './resources/mfa/device-authentications.ts';
import { devicePolicyRoutes } from './resources/mfa/device-policies.ts';
import { deviceRoutes } from './resources/mfa/devices.ts';
import { mfaEnabledRoutes } from './resources/mfa/mfa-enabled.ts';
import { mfaSettingsRoutes } from './resources/mfa/mfa-settings.ts';
import { signOnRoutes } from './resources/sign-on.ts';
import { tokenRoutes } from './resources/token-endpoint.ts';
import { groupRoutes } from './resources/users/groups.ts';
import { membershipRoutes } from './resources/users/memberships.ts';
import { passwordActionRoutes } from './resources/users/password-actions.ts';
import { passwordPolicyRoutes } from './resources/users/password-policies.ts';
import { passwordRoutes } from './resources/users/passwords.ts';
import { userEnabledRoutes } from './resources/users/user-enabled.ts';
import { userRoutes } from './resources/users/users.ts';

/** Every endpoint of the simulator; what is not here is answered with 404 or 405. */
export const routes: readonly Route[] = [
  ...tokenRoutes,
  ...signOnRoutes,
  ...organizationRoutes,
  ...environmentRoutes,
  ...environmentLifeRoutes,
  ...billOfMaterialsRoutes,
  ...populationRoutes,
  ...userRoutes,
  ...userEnabledRoutes,
  ...passwordRoutes,
  ...passwordActionRoutes,
  ...passwordPolicyRoutes,
  ...mfaEnabledRoutes,
  ...mfaSettingsRoutes,
  ...devicePolicyRoutes,
  ...deviceRoutes,
  ...deviceActionRoutes,
  ...deviceAuthenticationRoutes,
  ...groupRoutes,
  ...membershipRoutes,
  ...roleRoutes,
  ...applicationRoutes,
];
