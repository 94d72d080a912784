import type { Environment, MfaSettings } from '../state/model.ts';

/** Documented default, and the most that can be set. */
export const devicesAllowed = { standard: 5, maximum: 15 } as const;

/** What holds in an environment. */
export function mfaSettingsOf({ mfaSettings, createdAt }: Environment): MfaSettings {
  return mfaSettings ?? { maxAllowedDevices: devicesAllowed.standard, mfaEnabled: false, updatedAt: createdAt };
}

/** What the default device authentication policy says of passcodes by e-mail (observed). */
export const emailPasscodes = { digits: 6, lifetimeMinutes: 30, failureCount: 3, coolDownMinutes: 0 } as const;
