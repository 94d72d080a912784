import type { Route } from './http/call.ts';
import { applicationRoutes } from './resources/applications.ts';
import { deviceRoutes } from './resources/devices.ts';
import { environmentLifeRoutes } from './resources/environment-life.ts';
import { environmentRoutes } from './resources/environments.ts';
import { groupRoutes } from './resources/groups.ts';
import { organizationRoutes } from './resources/organizations.ts';
import { passwordActionRoutes } from './resources/password-actions.ts';
import { passwordPolicyRoutes } from './resources/password-policies.ts';
import { passwordRoutes } from './resources/passwords.ts';
import { populationRoutes } from './resources/populations.ts';
import { roleRoutes } from './resources/roles.ts';
import { signOnRoutes } from './resources/sign-on.ts';
import { tokenRoutes } from './resources/token-endpoint.ts';
import { userEnabledRoutes } from './resources/user-enabled.ts';
import { userRoutes } from './resources/users.ts';

/** Every endpoint of the simulator; what is not here is answered with 404 or 405. */
export const routes: readonly Route[] = [
  ...tokenRoutes,
  ...signOnRoutes,
  ...organizationRoutes,
  ...environmentRoutes,
  ...environmentLifeRoutes,
  ...populationRoutes,
  ...userRoutes,
  ...userEnabledRoutes,
  ...passwordRoutes,
  ...passwordActionRoutes,
  ...passwordPolicyRoutes,
  ...deviceRoutes,
  ...groupRoutes,
  ...roleRoutes,
  ...applicationRoutes,
];
