import type { FleetAddress } from '../../base/fleet-address.js';
import type { Config } from '../../config/config.js';
import { becomeAs } from '../../daemon/become.js';
import { openPlace } from '../../daemon/open-place.js';
import { Away, type MeetingPlace } from '../../fleet/meeting-place.js';
import { daemonUser } from '../daemon-user.js';
import type { Located } from '../read-state.js';

/** PostgreSQL may know a user by the account that connects: then root becomes the one that the daemon runs as. */
export function becomeKnown(
  { user, host }: FleetAddress,
  config: Config,
  { folder }: Pick<Located, 'folder'>,
): string | null {
  const identity = user === null || host.startsWith('/') ? daemonUser(config, folder) : null;
  return identity && becomeAs(identity);
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** The fleet cannot be asked. */
  | { readonly ok: false; readonly reason: string };

/** Asks the fleet of a config, if there is one: `none` stands for that of a machine that writes its letters alone. */
export async function askFleet<T>(
  config: Config,
  located: Pick<Located, 'folder'>,
  env: NodeJS.ProcessEnv,
  ask: (place: MeetingPlace) => Promise<T>,
  none: T,
): Promise<Answer<T>> {
  const address = config.fleet.value;
  if (address === null) return { ok: true, value: none };
  const refused = becomeKnown(address, config, located);
  if (refused !== null) return { ok: false, reason: refused };
  const place = openPlace(config, address, env);
  try {
    return { ok: true, value: await ask(place) };
  } catch (error) {
    if (error instanceof Away) return { ok: false, reason: error.message };
    throw error;
  } finally {
    await place.close();
  }
}
