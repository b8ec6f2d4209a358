import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
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
  signal.throwIfAborted();
  const addresses = await addressesOf(target.host, signal);
  onFound(addresses.map(({ address }) => address));
  const socket = connect({
    host: target.host,
    port: target.port,
    lookup: (_host, _options, callback) => callback(null, [...addresses]),
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

/** The addresses that were found last for the host that was asked for last: a config has one server. */
let known: { readonly host: string; readonly addresses: readonly Address[] } | null = null;

/**
 * As the system resolves names: /etc/hosts counts, and a machine without a network still has its own mail server
 * (nodemailer 10.6 leaves out the addresses of loopback there). While no name server answers, the addresses of last
 * time do.
 */
async function addressesOf(host: string, signal: AbortSignal): Promise<readonly Address[]> {
  try {
    const found = await orAborted(lookup(host, { all: true }), signal);
    const addresses = found.sort((one, other) => other.family - one.family);
    known = { host, addresses };
    return addresses;
  } catch (error) {
    if (signal.aborted || known?.host !== host || isIP(host)) throw error;
    return known.addresses;
  }
}

/** getaddrinfo(3) cannot be broken off: its answer is no longer waited for. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
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
