import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { SourceEvent } from '../source-event.js';
import { createLineSplitter, listLines, NEWLINE } from '../split-lines.js';
import { nameListener } from './name-receiver.js';
import type { Receiver } from './receiver.js';
import type { SenderNames } from './sender-names.js';
import { type Bound, countDrops } from './socket-drops.js';

/** What the prefix of a line says; `host` is null where a `logprefix` matches without naming one. */
export type Prefix = { readonly kind: 'known'; readonly host: string | null } | { readonly kind: 'none' };

export interface ReceiveOptions {
  readonly address: string;
  readonly port: number;
  /** Of an IPv6 address: leave IPv4 to another listener. */
  readonly ipv6Only: boolean;
  readonly names: SenderNames;
  readPrefix(line: string): Prefix;
  /** The time now, as RFC 3164 writes it: `Mon dd hh:mm:ss`. */
  stamp(): string;
  onLines(lines: readonly string[]): void;
  /** So many datagrams more were lost in the kernel. */
  onDropped(datagrams: number): void;
  onEvent(event: SourceEvent): void;
}

/**
 * What may wait in the kernel while we do something else (bytes): some ten thousand messages, a second or more of a
 * flood. Linux grants at most net.core.rmem_max, which is 208 KiB unless somebody raised it.
 */
const RECEIVE_BUFFER = 8 * 1024 * 1024;

/** `<PRI>`; Tenshi takes any number of digits. */
const PRI = /^<\d+>/;

/** `<PRI>VERSION `: RFC 5424. */
const VERSIONED = /^<\d{1,3}>[1-9]\d{0,2} /;

/**
 * Receives syslog over UDP. One datagram, one message, with or without a newline; several lines in it are several
 * lines. What has no known prefix is given one with the sender's name. Rejects when the address cannot be bound.
 */
export async function openSyslogSocket(options: ReceiveOptions): Promise<Receiver> {
  const name = nameListener(options);
  const socket = createSocket({
    type: isIPv6(options.address) ? 'udp6' : 'udp4',
    ipv6Only: options.ipv6Only,
  });
  const read = createDatagramReader(options);
  socket.on('message', (bytes, sender) => read(bytes, plainAddress(sender.address)));
  await bind(socket, options);
  socket.on('error', ({ message }) => options.onEvent({ kind: 'receive-failed', name, reason: message }));
  options.onEvent({ kind: 'inlet-open', name, again: false });
  const bound = socket.address();
  let dropped = 0;
  let closed = false;

  return {
    async poll() {
      const drops = await countDrops(bound);
      if (drops === null || drops <= dropped || closed) return;
      options.onEvent({ kind: 'dropped', name, datagrams: drops - dropped });
      options.onDropped(drops - dropped);
      dropped = drops;
    },
    state: () => ({ name, status: dropped > 0 ? `open, ${dropped} datagrams lost so far` : 'open' }),
    async close() {
      closed = true;
      options.names.settleAll();
      await new Promise<void>((resolve) => void socket.close(resolve));
    },
  };
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

/** A sender of IPv4 at a socket of IPv6 is `::ffff:192.0.2.1`. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

interface SyslogLine {
  readonly text: string;
  readonly prefix: Prefix;
}

/** Makes the function that turns a datagram into lines and hands them on, at once or when its sender has a name. */
function createDatagramReader({
  names,
  readPrefix,
  stamp,
  onLines,
}: ReceiveOptions): (bytes: Buffer, sender: string) => void {
  const splitter = createLineSplitter(() => {}); // no datagram is longer than a line may be

  function readOne(line: string): SyslogLine {
    if (VERSIONED.test(line)) {
      const prefix = readPrefix(line);
      if (prefix.kind === 'known') return { text: line, prefix };
    }
    const text = line.replace(PRI, '');
    return { text, prefix: readPrefix(text) };
  }

  function handOn(lines: readonly SyslogLine[], host: string, time: string): void {
    onLines(lines.map(({ text, prefix }) => (prefix.kind === 'known' ? text : `${time} ${host} ${text}`)));
  }

  return (bytes, sender) => {
    const split = [splitter.push(withoutEnd(bytes)), splitter.end()].flatMap(listLines);
    const lines = split.map(readOne).filter(({ text }) => text !== '');
    const [first] = lines;
    if (!first) return;
    const host = first.prefix.kind === 'known' ? first.prefix.host : null;
    const time = stamp();
    if (host !== null) handOn(lines, host, time);
    else if (lines.every(({ prefix }) => prefix.kind === 'known')) handOn(lines, sender, time);
    else names.withName(sender, (name) => handOn(lines, name, time));
  };
}

const NUL = 0;
const RETURN = 13;

/** Senders end a message with a newline, a NUL or both; none of it is part of the message. */
function withoutEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && isEnd(bytes[end - 1])) end -= 1;
  return bytes.subarray(0, end);
}

function isEnd(byte: number | undefined): boolean {
  return byte === NUL || byte === NEWLINE || byte === RETURN;
}
