import { createServer, type Server, type Socket } from 'node:net';
import { plainAddress } from '../../base/text/plain-address.js';
import type { Clock } from '../../base/time/clock.js';
import type { SourceEvent } from '../source-event.js';
import type { Connections } from './connection-limits.js';
import type { ListenCertificate } from './listen-certificate.js';
import { MessageSplitter } from './message-splitter.js';
import { nameListener } from './name-receiver.js';
import { PeerTroubles } from './peer-troubles.js';
import type { Receiver, ReceiverState } from './receiver.js';
import { RelpSession } from './relp-session.js';
import { RepeatableMessages } from './repeatable-messages.js';
import type { SenderNames } from './sender-names.js';
import { sentOf } from './sent.js';
import { type PrefixReading, SentLines } from './sent-lines.js';
import { StreamConnection, type StreamReader, type StreamSink } from './stream-connection.js';
import { TlsDoor } from './tls-door.js';

/** `tcp`: RFC 6587; `tls`: RFC 5425; `relp`: answered messages, also within TLS. */
export type StreamTransport = 'tcp' | 'tls' | 'relp' | 'relp+tls';

export interface StreamListenerOptions extends PrefixReading {
  readonly transport: StreamTransport;
  readonly address: string;
  readonly port: number;
  /** Of an IPv6 address: leave IPv4 to another listener. */
  readonly ipv6Only: boolean;
  /** Whether clients whose certificate was asked for may speak for themselves alone. */
  isBound(): boolean;
  /** With TLS. */
  readonly certificate: ListenCertificate | null;
  readonly names: SenderNames;
  readonly clock: Clock;
  /** Those of all listeners. */
  readonly connections: Connections;
  readonly sink: StreamSink;
  /** So many messages were taken, of which it is not sure that their senders had the answer. */
  onRepeatable(messages: number): void;
  onEvent(event: SourceEvent): void;
}

/** A listener whose certificate can be changed while it listens. */
export interface StreamReceiver extends Receiver {
  /** For the connections that come from now on. */
  renew(certificate: ListenCertificate): void;
}

/** Connections that the kernel accepts before we do: a loghost that starts is greeted by all its senders at once. */
const BACKLOG = 511;

/** A connection that is silent for so long (ms) is probed by the kernel, so that it ends when its sender is gone. */
const KEEP_ALIVE = 60_000;

/** Opens a TCP port for syslog or RELP, with or without TLS. Rejects when the address cannot be bound. */
export async function openStreamListener(options: StreamListenerOptions): Promise<StreamReceiver> {
  const server = createServer({ keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE, noDelay: true });
  const listener = new StreamListener(server, options);
  await listen(server, options);
  listener.opened();
  return listener;
}

function listen(server: Server, { address, port, ipv6Only }: StreamListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, ipv6Only, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

class StreamListener implements StreamReceiver {
  readonly #server: Server;
  readonly #options: StreamListenerOptions;
  readonly #name: string;
  readonly #lines: SentLines;
  readonly #troubles: PeerTroubles;
  /** Senders that named other hosts than that of their certificate. */
  readonly #foreign: PeerTroubles<{ readonly host: string; readonly named: string }>;
  readonly #door: TlsDoor | null;
  readonly #open = new Set<StreamConnection>();
  readonly #repeatable = new RepeatableMessages();

  constructor(server: Server, options: StreamListenerOptions) {
    const { certificate, clock, onEvent } = options;
    const name = nameListener(options);
    this.#server = server;
    this.#options = options;
    this.#name = name;
    this.#lines = new SentLines(options);
    this.#troubles = new PeerTroubles(clock, (reason, more) =>
      onEvent({ kind: 'connection-trouble', name, reason, more }),
    );
    this.#foreign = new PeerTroubles(clock, (those, more) =>
      onEvent({ kind: 'foreign-host', name, ...those, more }),
    );
    this.#door = certificate && new TlsDoor(certificate, clock);
    server.on('connection', (socket) => this.#accept(socket));
  }

  opened(): void {
    const { onEvent } = this.#options;
    const name = this.#name;
    this.#server.on('error', ({ message }) => onEvent({ kind: 'receive-failed', name, reason: message }));
    onEvent({ kind: 'receiver-open', name, again: false });
  }

  async poll(): Promise<void> {
    this.#troubles.flush('due');
    this.#foreign.flush('due');
    this.#tellRepeatable();
  }

  state(): ReceiverState {
    const count = this.#open.size;
    const notes = [
      `open, ${count} ${count === 1 ? 'connection' : 'connections'}`,
      ...(this.#troubles.total > 0 ? [`trouble with ${this.#troubles.total} so far`] : []),
      ...(this.#foreign.total > 0
        ? [`${this.#foreign.total} lines named another host than their certificate`]
        : []),
      ...(this.#repeatable.total > 0 ? [`${this.#repeatable.total} messages may have come twice`] : []),
    ];
    return { name: this.#name, status: notes.join(', ') };
  }

  renew(certificate: ListenCertificate): void {
    this.#door?.renew(certificate);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    await Promise.all([...this.#open].map((connection) => connection.close()));
    await closed;
    this.#troubles.flush('at the end');
    this.#foreign.flush('at the end');
    this.#tellRepeatable();
  }

  #accept(raw: Socket): void {
    const { connections, clock, sink } = this.#options;
    const peer = plainAddress(raw.remoteAddress ?? '');
    if (peer === '' || !connections.makeRoom(clock.now())) {
      if (peer !== '') this.#troubles.add('full', `${peer}: refused, since too many connections are open`);
      return void raw.destroy();
    }
    const connection: StreamConnection = new StreamConnection({
      raw,
      peer,
      reader: this.#createReader(),
      lines: this.#lines,
      sink,
      connections,
      clock,
      onTrouble: (kind, reason) => this.#troubles.add(kind, reason),
      onForeign: (host, named) => this.#foreign.add('host', { host, named }),
      isBound: () => this.#options.isBound(),
      onRepeatable: (messages) => this.#repeatable.add(peer, messages),
      onClosed: () => void this.#open.delete(connection),
    });
    this.#open.add(connection);
    if (!this.#door) return this.#beginNamed(connection, raw, peer);
    this.#door.enter(raw, (entered) => {
      if (entered.kind === 'refused')
        return this.#troubles.add('tls', `${peer}: no TLS connection: ${entered.reason}`);
      if (entered.host !== null) connection.begin(entered.socket, entered.host, true);
      else this.#beginNamed(connection, entered.socket, peer, this.#options.certificate?.ca != null);
    });
  }

  /** Nothing is read before the sender has a name: its lines stay in their order. */
  #beginNamed(connection: StreamConnection, socket: Socket, peer: string, isCertified = false): void {
    this.#options.names.withName(peer, (host) => connection.begin(socket, host, isCertified));
  }

  #tellRepeatable(): void {
    const found = this.#repeatable.take();
    if (!found) return;
    this.#options.onEvent({ kind: 'repeatable', name: this.#name, ...found });
    this.#options.onRepeatable(found.messages);
  }

  #createReader(): StreamReader {
    const { transport, onEvent } = this.#options;
    if (transport === 'relp' || transport === 'relp+tls') {
      const session = new RelpSession();
      return {
        kind: 'answered',
        get held() {
          return session.held;
        },
        push(chunk) {
          const { messages, ...turn } = session.push(chunk);
          return { ...turn, sent: sentOf(messages) };
        },
        end: () => [],
      };
    }
    const splitter = new MessageSplitter((bytes) => onEvent({ kind: 'line-cut', path: this.#name, bytes }));
    return {
      kind: 'unanswered',
      get held() {
        return splitter.held;
      },
      push(chunk) {
        const { sent, fault } = splitter.push(chunk);
        return { sent, answer: '', answered: 0, state: fault === null ? 'open' : { fault } };
      },
      end: () => splitter.end(),
    };
  }
}
