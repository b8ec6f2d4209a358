import { onTestFinished } from 'vitest';
import type { MeetingPlace } from '../../../src/fleet/meeting-place.js';
import { openPostgresPlace, type PostgresPlaceOptions } from '../../../src/fleet/postgres/postgres-place.js';
import type { PostgresServer } from '../../support/postgres-server.js';

/** The meeting place in a database, as a node opens it; closed when the test ends. */
export function openPlace(
  server: PostgresServer,
  database: string,
  options: Partial<PostgresPlaceOptions> = {},
): MeetingPlace {
  const address = server.address(database);
  const place = openPostgresPlace({ address, password: null, node: 'a', ...options });
  onTestFinished(() => place.close());
  return place;
}
