import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { lazily } from '../../base/lazily.js';
import { plainAddress } from '../../base/text/plain-address.js';
import type { SourceEvent } from '../source-event.js';
import { createLineSplitter, listLines } from '../split-lines.js';
import { withoutEnd } from './message-splitter.js';
import { nameListener } from './name-receiver.js';
import type { Receiver, ReceiverState } from './receiver.js';
import type { SenderNames } from './sender-names.js';
import { type PrefixReading, SentLines } from './sent-lines.js';
import { type Bound, countDrops } from './socket-drops.js';

export interface SyslogSocketOptions extends PrefixReading {
  readonly address: string;
  readonly port: number;
  /** Of an IPv6 address: leave IPv4 to another listener. */
  readonly ipv6Only: boolean;
  readonly names: SenderNames;
  onLines(lines: readonly string[]): void;
  /** The kernel has dropped so many more datagrams. */
  onDropped(datagrams: number): void;
  onEvent(event: SourceEvent): void;
}

/**
 * The receive buffer in the kernel (bytes): some ten thousand messages, a second or more of a flood. Linux grants at
 * most net.core.rmem_max, which is 208 KiB by default.
 */
const RECEIVE_BUFFER = 8 * 1024 * 1024;

/**
 * Opens a UDP socket for syslog. One datagram, one message, with or without a newline; several lines in it are several
 * lines. A line without a known prefix gets one with the sender's name. Rejects when the address cannot be bound.
 */
export async function openSyslogSocket(options: SyslogSocketOptions): Promise<Receiver> {
  const socket = createSocket({
    type: isIPv6(options.address) ? 'udp6' : 'udp4',
    ipv6Only: options.ipv6Only,
  });
  const read = createDatagramReader(options);
  socket.on('message', (bytes, sender) => read(bytes, plainAddress(sender.address)));
  await bind(socket, options);
  return new SyslogSocket(socket, options);
}

class SyslogSocket implements Receiver {
  readonly #socket: Socket;
  readonly #options: SyslogSocketOptions;
  readonly #name: string;
  readonly #bound: Bound;
  /** Datagrams that the kernel has dropped since the socket was bound. */
  #dropped = 0;
  #closed = false;

  constructor(socket: Socket, options: SyslogSocketOptions) {
    const name = nameListener({ ...options, transport: 'udp' });
    this.#socket = socket;
    this.#options = options;
    this.#name = name;
    this.#bound = socket.address();
    socket.on('error', ({ message }) => options.onEvent({ kind: 'receive-failed', name, reason: message }));
    options.onEvent({ kind: 'receiver-open', name, again: false });
  }

  async poll(): Promise<void> {
    const drops = await countDrops(this.#bound);
    const datagrams = (drops ?? 0) - this.#dropped;
    if (datagrams <= 0 || this.#closed) return;
    this.#options.onEvent({ kind: 'dropped', name: this.#name, datagrams });
    this.#options.onDropped(datagrams);
    this.#dropped += datagrams;
  }

  state(): ReceiverState {
    const dropped = this.#dropped;
    return {
      name: this.#name,
      status: dropped > 0 ? `open, ${dropped} datagrams lost so far` : 'open',
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.names.flush();
    await new Promise<void>((resolve) => void this.#socket.close(resolve));
  }
}

function bind(socket: Socket, { address, port }: Bound): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => {
      socket.close();
      reject(error);
    };
    socket.once('error', refuse);
    socket.bind({ address, port }, () => {
      socket.off('error', refuse);
      enlarge(socket);
      resolve();
    });
  });
}

function enlarge(socket: Socket): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER);
  } catch {
    // a system that refuses a large buffer instead of granting less: the one it gave serves
  }
}

/** Makes the function that turns a datagram into lines and hands them on, at once or when its sender has a name. */
function createDatagramReader(options: SyslogSocketOptions): (bytes: Buffer, sender: string) => void {
  const { names, stamp, onLines } = options;
  const splitter = createLineSplitter(() => {}); // no datagram is longer than a line may be
  const sent = new SentLines(options);

  return (bytes, sender) => {
    const lines = sent.read([splitter.push(withoutEnd(bytes)), splitter.end()].flatMap(listLines));
    const [first] = lines;
    if (!first) return;
    const received = lazily(() => stamp(null));
    const handOn = (host: string): void => onLines(sent.write(lines, host, received));
    if (first.prefix.kind === 'named') handOn(first.prefix.host);
    else if (lines.every(({ prefix }) => prefix.kind === 'named' || prefix.kind === 'unnamed'))
      handOn(sender);
    else {
      received(); // the name may come later
      names.withName(sender, handOn);
    }
  };
}
