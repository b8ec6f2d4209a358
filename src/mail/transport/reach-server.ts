import { connect, isIP, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { dnsCache, resolveHostname } from 'nodemailer/lib/shared';
import { reasonOf } from '../../base/errors.js';

/** Where a server is, and how long (ms) it may take to be reached. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly timeout: number;
}

/**
 * Connects to a server: to each of its addresses in turn, IPv6 first, each with its share of the time. nodemailer could
 * do it, but counts the greeting and STARTTLS as part of it. `signal` breaks it off; the promise then rejects.
 * `onFound` hears the addresses.
 */
export async function reachServer(
  target: Target,
  signal: AbortSignal,
  onFound: (addresses: readonly string[]) => void = () => {},
): Promise<Socket> {
  const addresses = await addressesOf(target);
  signal.throwIfAborted();
  onFound(addresses.map(({ address }) => address));
  const socket = connect({
    host: target.host,
    port: target.port,
    lookup: (_host, _options, callback) => callback(null, addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(Math.floor(target.timeout / addresses.length), 10),
    signal,
  });
  await opening(socket, 'connect');
  return socket;
}

/** Makes a connection private from its first byte on; the certificate must be sound, for `host`. */
export async function secureFromStart(socket: Socket, host: string, ca: Buffer | null): Promise<Socket> {
  const name = isIP(host) ? {} : { servername: host };
  const secure = connectTls({ socket, host, ...name, ...(ca ? { ca } : {}) });
  await opening(secure, 'secureConnect');
  return secure;
}

interface Address {
  readonly address: string;
  readonly family: number;
}

/** nodemailer caches addresses for five minutes, and for longer while the name server is unreachable. */
async function addressesOf({ host, timeout }: Target): Promise<Address[]> {
  const one = await new Promise<string | null>((resolve, reject) => {
    // A machine without a network still has its own mail server.
    resolveHostname({ host, timeout, allowInternalNetworkInterfaces: true }, (error, resolved) =>
      error ? reject(error) : resolve(resolved?.host ?? null),
    );
  });
  if (one === null) throw new Error(`${host} has no address`);
  const found = isIP(host) ? [host] : (dnsCache.get(host)?.value.addresses ?? [one]);
  const addresses = found.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return addresses.sort((one, other) => other.family - one.family);
}

/** Resolves when a socket is ready, rejects when it fails before. */
function opening(socket: Socket, ready: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => reject(asOne(error)));
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.once(ready, resolve);
  });
}

/** Joins the errors of several addresses: Node.js has no message for them. */
function asOne(error: Error): Error {
  if (!(error instanceof AggregateError)) return error;
  return new Error([...new Set(error.errors.map(reasonOf))].join(', '), { cause: error });
}
