import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Clock } from '../../base/time/clock.js';
import { hostOfCertificate, type ListenCertificate } from './listen-certificate.js';

/** What came of a handshake. `host`: whom the client's certificate names; null: none was asked for, or it names no host. */
export type Entered =
  | { readonly kind: 'entered'; readonly socket: TLSSocket; readonly host: string | null }
  | { readonly kind: 'refused'; readonly reason: string };

/** How long a handshake may take (ms). */
export const MAX_HANDSHAKE = 10_000;

type OnEntered = (entered: Entered) => void;

/** Node.js ends a handshake itself after so long (ms); we do before. */
const NEVER = 2 ** 31 - 1;

/** Leads accepted connections through the handshake of TLS. */
export class TlsDoor {
  readonly #clock: Clock;
  readonly #handshakes = new Map<string, OnEntered>();
  #server: Server;

  constructor(certificate: ListenCertificate, clock: Clock) {
    this.#clock = clock;
    this.#server = this.#create(certificate);
  }

  /** For handshakes that begin from now on. */
  renew(certificate: ListenCertificate): void {
    this.#server = this.#create(certificate);
  }

  /** Calls `onEntered` once; the socket is closed where it was refused. */
  enter(raw: Socket, onEntered: OnEntered): void {
    const key = keyOf(raw);
    const end = (entered: Entered): void => {
      if (!this.#handshakes.delete(key)) return;
      callOff();
      if (entered.kind === 'refused') raw.destroy();
      onEntered(entered);
    };
    const callOff = this.#clock.after(MAX_HANDSHAKE, () =>
      end({ kind: 'refused', reason: `the handshake took longer than ${MAX_HANDSHAKE / 1000} s` }),
    );
    this.#handshakes.set(key, end);
    raw.once('close', () => end({ kind: 'refused', reason: 'it went away during the handshake' }));
    this.#server.emit('connection', raw);
  }

  #create({ cert, key, ca }: ListenCertificate): Server {
    const server = createServer({
      cert,
      key,
      ...(ca && { ca }),
      requestCert: ca !== null,
      rejectUnauthorized: false, // we refuse those ourselves, and say why
      handshakeTimeout: NEVER,
    });
    server.on('secureConnection', (socket) => {
      socket.on('error', () => {});
      this.#handshakes.get(keyOf(socket))?.(enteredBy(socket, ca !== null));
    });
    server.on('tlsClientError', (error, socket) => {
      this.#handshakes.get(keyOf(socket))?.({ kind: 'refused', reason: error.message });
    });
    return server;
  }
}

function enteredBy(socket: TLSSocket, needsCertificate: boolean): Entered {
  if (!needsCertificate) return { kind: 'entered', socket, host: null };
  const certificate = socket.getPeerCertificate();
  if (!socket.authorized) {
    const why = Object.keys(certificate).length > 0 ? String(socket.authorizationError) : 'it shows none';
    return { kind: 'refused', reason: `its certificate is not of listen_ca (${why})` };
  }
  return { kind: 'entered', socket, host: hostOfCertificate(certificate) };
}

/** Unique among the open connections of a listener. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
