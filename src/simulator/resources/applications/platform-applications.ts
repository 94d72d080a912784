import { derivedId } from '../../state/build.ts';
import type { Environment, Stored } from '../../state/model.ts';

/** An application that every environment has from PingOne. */
export interface PlatformApplication extends Stored {
  readonly type: 'PING_ONE_ADMIN_CONSOLE' | 'PING_ONE_PORTAL' | 'PING_ONE_SELF_SERVICE';
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly icon: { readonly id: string; readonly href: string };
}

/** Recorded. */
const known: readonly Pick<PlatformApplication, 'description' | 'name' | 'type'>[] = [
  {
    type: 'PING_ONE_ADMIN_CONSOLE',
    name: 'PingOne Admin Console',
    description:
      "The admin console application which is used to manage this environment's configuration and identity data.",
  },
  {
    type: 'PING_ONE_PORTAL',
    name: 'PingOne Application Portal',
    description: 'The application portal where users can view and access their applications.',
  },
  {
    type: 'PING_ONE_SELF_SERVICE',
    name: 'PingOne Self-Service - MyAccount',
    description: 'The self-service application where users can manage profile details, passwords, MFA devices, etc.',
  },
];

const logo = 'https://assets.pingone.com/ux/ui-library/4.18.0/images/logo-pingidentity.png';

/** They come before everything that was created, whose `sequence` begins with 1. */
const firstSequence = -1_000_000;

/** The platform's applications of an environment. They are as old as it is, and cannot be changed. */
export function platformApplications({ id, createdAt }: Environment): readonly PlatformApplication[] {
  return known.map((application, index) => ({
    ...application,
    id: derivedId(id, application.type),
    sequence: firstSequence + index,
    createdAt,
    updatedAt: createdAt,
    enabled: true,
    icon: { id: derivedId(id, 'icon'), href: logo },
  }));
}
