import { EventEmitter, once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A letter as it came over the wire. */
export interface Delivery {
  /** MAIL FROM. */
  readonly from: string;
  /** RCPT TO, in order. */
  readonly to: readonly string[];
  /** Header and body, byte for byte. */
  readonly mail: Buffer;
}

/** A real SMTP server on loopback that keeps what it is given, and refuses what addresses tell it to. */
export interface PostOffice {
  readonly port: number;
  /** What was accepted, in the order of arrival. */
  readonly deliveries: readonly Delivery[];
  /** Resolves with the first letter that is like this, be it here already or still to come. */
  delivery(isWanted: (delivery: Delivery) => boolean): Promise<Delivery>;
  /** Resolves when nobody is connected. */
  idle(): Promise<void>;
  /** Whether nobody is connected. */
  readonly isIdle: boolean;
  close(): Promise<void>;
}

/**
 * Starts a server that takes all letters but these: a recipient `refused@...` gets a 550, a sender `once@...` a 451 at
 * its first letter, and a sender `late@...` a 451 after the final dot of its first letter.
 */
export async function openPostOffice(): Promise<PostOffice> {
  const deliveries: Delivery[] = [];
  const arrivals = new EventEmitter();
  const connections = new Set<Socket>();
  const turnedAway = new Set<string>();

  /** True at the first letter of such a sender, and never again. */
  function turnAway(sender: string, kind: string): boolean {
    if (!sender.startsWith(`${kind}@`) || turnedAway.has(sender)) return false;
    turnedAway.add(sender);
    return true;
  }

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onMailFrom: ({ address }, _session, done) => done(turnAway(address, 'once') ? reply(451) : null),
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('refused@') ? reply(550) : null),
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      const from = envelope.mailFrom ? envelope.mailFrom.address : '';
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', () => {
        if (turnAway(from, 'late')) return done(reply(451));
        const to = envelope.rcptTo.map(({ address }) => address);
        const delivery = { from, to, mail: Buffer.concat(chunks) };
        deliveries.push(delivery);
        done();
        arrivals.emit('delivery', delivery);
      });
    },
  });
  server.server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => {
      connections.delete(socket);
      if (connections.size === 0) arrivals.emit('idle');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    deliveries,
    async delivery(isWanted) {
      for (let wanted = deliveries.find(isWanted); ; wanted = deliveries.find(isWanted)) {
        if (wanted) return wanted;
        await once(arrivals, 'delivery');
      }
    },
    async idle() {
      while (connections.size > 0) await once(arrivals, 'idle');
    },
    get isIdle() {
      return connections.size === 0;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function reply(responseCode: number): Error {
  return Object.assign(new Error('not today'), { responseCode });
}
