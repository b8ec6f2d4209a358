import { hostname } from 'node:os';
import type { FleetAddress } from '../base/fleet-address.js';
import type { Config } from '../config/config.js';
import type { MeetingPlace } from '../fleet/meeting-place.js';
import { openPostgresPlace } from '../fleet/postgres/postgres-place.js';
import { readPassword } from '../mail/route/read-password.js';

/** Where systemd keeps the credentials of the service while it runs (systemd.exec(5)); its account and root may read them. */
const CREDENTIALS = '/run/credentials/tayori.service';

/** The meeting place of a config. Nothing is connected before the first call. */
export function openPlace(
  { node, fleetPassword }: Pick<Config, 'node' | 'fleetPassword'>,
  address: FleetAddress,
  env: NodeJS.ProcessEnv,
): MeetingPlace {
  const source = fleetPassword.value;
  return openPostgresPlace({
    address,
    node: node.value ?? hostname(),
    password: source && (() => readPassword(source, { CREDENTIALS_DIRECTORY: CREDENTIALS, ...env })),
  });
}
