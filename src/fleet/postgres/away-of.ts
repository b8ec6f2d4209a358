import { codeOf, reasonOf } from '../../base/errors.js';
import type { FleetAddress } from '../../base/fleet-address.js';
import { Away } from '../meeting-place.js';

interface Cause {
  /** What was seen, and what to do about it. */
  readonly words: (address: FleetAddress, said: string) => string;
  /** Somebody has to mend it. */
  readonly forGood: boolean;
}

const userOf = ({ user }: FleetAddress): string => (user === null ? 'our user' : `the user ${user}`);

/** By code: SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), or that of Node.js. */
const CAUSES: Readonly<Record<string, Cause>> = {
  '28P01': {
    words: (at) =>
      `it does not take the password of ${userOf(at)}: put the right one where set fleet_password says`,
    forGood: true,
  },
  '28000': {
    words: (at, said) =>
      `it does not let ${userOf(at)} in (${said}): ${/no encryption/.test(said) ? 'add ?tls=required to set fleet, or see' : 'see'} pg_hba.conf there`,
    forGood: true,
  },
  '3D000': {
    words: ({ database }) => `it has no database ${database}: create it there, or mend set fleet`,
    forGood: true,
  },
  '42501': {
    words: ({ database, user }) =>
      `${userOf({ user } as FleetAddress)} may not work there: let it create a schema (GRANT CREATE ON DATABASE ${database} TO ${user ?? 'it'}), or give it the schema tayori`,
    forGood: true,
  },
  '53100': { words: () => 'its disk is full: make room there', forGood: true },
  '53200': { words: () => 'it is out of memory', forGood: false },
  '53300': {
    words: () => 'it has no connection free: raise max_connections there (each node needs one)',
    forGood: false,
  },
  '25006': {
    words: () => 'it is read-only: name the server that takes writes in set fleet',
    forGood: false,
  },
  '25P03': { words: () => 'it ended a transaction in which we were silent for too long', forGood: false },
  '55000': {
    words: ({ database }) => `it takes no connections to the database ${database}: allow them there`,
    forGood: true,
  },
  '57014': { words: () => 'it did not end a query in time', forGood: false },
  '57P01': { words: () => 'it is being shut down', forGood: false },
  '57P02': { words: () => 'it has crashed', forGood: false },
  '57P03': { words: () => 'it is starting, or being shut down', forGood: false },
  ECONNREFUSED: { words: () => 'nothing listens there, so look whether it is running', forGood: false },
  ENOENT: {
    words: ({ host, port }) =>
      `there is no socket .s.PGSQL.${port} in ${host}, so look whether it is running`,
    forGood: false,
  },
  EACCES: { words: ({ host }) => `we may not open its socket in ${host}`, forGood: true },
  ETIMEDOUT: { words: () => 'it does not answer', forGood: false },
  ECONNRESET: { words: () => 'the connection was cut', forGood: false },
  EPIPE: { words: () => 'the connection was cut', forGood: false },
  ENOTFOUND: { words: ({ host }) => `there is no host ${host}`, forGood: false },
  EAI_AGAIN: { words: ({ host }) => `the name ${host} cannot be looked up now`, forGood: false },
  EHOSTUNREACH: { words: () => 'there is no way to it', forGood: false },
  ENETUNREACH: { words: () => 'there is no way to it', forGood: false },
  CERT_HAS_EXPIRED: { words: () => 'its certificate has expired: renew it there', forGood: true },
  CERT_NOT_YET_VALID: {
    words: () => 'its certificate is not valid yet: look whether the clock of this machine is right',
    forGood: true,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    words: ({ host }) => `its certificate is not for ${host}: name it in set fleet as its certificate does`,
    forGood: true,
  },
};

/** By a part of the message, where pg gives no code. */
const SAYINGS: readonly (Cause & { readonly says: RegExp })[] = [
  { says: /timeout expired|Query read timeout/, words: () => 'it does not answer in time', forGood: false },
  { says: /Connection terminated|not queryable/, words: () => 'the connection was cut', forGood: false },
  {
    says: /error establishing an SSL connection/,
    words: ({ port }) => `what listens there is not PostgreSQL: look whether port ${port} is right`,
    forGood: true,
  },
  {
    says: /does not support SSL/,
    words: () => 'it has no TLS: set it up there (ssl = on), or add ?tls=off to set fleet',
    forGood: true,
  },
];

/** Codes of OpenSSL about a certificate, as Node.js has them. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|HOSTNAME_MISMATCH/;

/**
 * Puts into words why PostgreSQL cannot be used, whatever pg or the system has thrown. The words stand behind its address,
 * where it is "it".
 */
export function awayOf(error: unknown, address: FleetAddress): Away {
  const { words, forGood } = causeOf(error);
  return new Away(words(address, reasonOf(error)), { forGood, cause: error });
}

/**
 * Whether a server has refused what it was given, and works: bad data (class 22 of SQLSTATE), or more than it can hold
 * (class 54). Nothing is wrong with the meeting place then.
 */
export function isOfData(error: unknown): boolean {
  return /^(?:22|54)[0-9A-Z]{3}$/.test(String(codeOf(error)));
}

/** The SQLSTATE of what the server has said; undefined: it was no server that said it. */
export function serverCodeOf(error: unknown): unknown {
  return error instanceof Away ? codeOf(error.cause) : undefined;
}

function causeOf(error: unknown): Cause {
  const code = String(codeOf(error) ?? '');
  const reason = reasonOf(error);
  const known = CAUSES[code] ?? SAYINGS.find(({ says }) => says.test(reason));
  if (known) return known;
  if (CERTIFICATE.test(code))
    return {
      words: () => `its certificate is not accepted (${reason}): name its CA with ?ca=FILE in set fleet`,
      forGood: true,
    };
  return { words: () => (code === '' ? reason : `${reason} (${code})`), forGood: false };
}
