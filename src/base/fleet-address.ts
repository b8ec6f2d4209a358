/** The database where the nodes of a fleet meet. It holds no password. */
export interface FleetAddress {
  /** A name, an IP address without brackets, or the folder of a Unix socket, which begins with `/`. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** null: the user that tayori runs as. */
  readonly user: string | null;
  readonly tls: FleetTls;
}

/** `ca`: a file with the CA certificates (PEM) that sign the server's; null: those that Node.js trusts. */
export type FleetTls =
  | { readonly kind: 'off' }
  /** With a valid certificate for the host; on this machine with any, unless its CA is named. */
  | { readonly kind: 'required'; readonly ca: string | null };

/** PostgreSQL's port (https://www.postgresql.org/docs/current/runtime-config-connection.html). */
export const FLEET_PORT = 5432;

/** For people and logs, in the form of `set fleet`, without what follows a question mark. */
export function showFleetAddress({ host, port, database, user }: FleetAddress): string {
  const login = user === null ? '' : `${encodeURIComponent(user)}@`;
  const name = encodeURIComponent(database);
  const ending = port === FLEET_PORT ? '' : `:${port}`;
  if (host.startsWith('/')) return `postgresql://${login}${ending}/${name}?host=${host}`;
  return `postgresql://${login}${host.includes(':') ? `[${host}]` : host}${ending}/${name}`;
}
