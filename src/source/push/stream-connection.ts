import type { Socket } from 'node:net';
import type { Clock } from '../../base/time/clock.js';
import type { Connections, LimitedConnection } from './connection-limits.js';
import type { RelpTurn } from './relp-session.js';
import type { Sent } from './sent.js';
import type { CertifiedSender, SentLines, SentTexts } from './sent-lines.js';

/** Where lines of connections go. Nothing is lost where there is no room: senders wait. */
export interface StreamSink {
  readonly hasRoom: boolean;
  pushTexts(sent: SentTexts): void;
  /** `onCommitted` is called when these lines, and all before them, are counted and on the disk. */
  pushConfirmed(sent: SentTexts, onCommitted: () => void): void;
  /** Calls `use` once, when there is room again. */
  whenRoom(use: () => void): void;
}

/** Makes messages of bytes, as the protocol says. */
export interface StreamReader {
  /** `answered`: its messages are answered when they are committed. `unanswered`: the protocol knows no answers. */
  readonly kind: 'answered' | 'unanswered';
  /** Bytes that are kept of a message that is not whole. */
  readonly held: number;
  push(chunk: Buffer): Turn;
  /** The messages that the end of the connection completes. */
  end(): readonly Sent[];
}

/** What bytes of a sender mean. */
export interface Turn extends Pick<RelpTurn, 'answer' | 'answered' | 'state'> {
  readonly sent: readonly Sent[];
}

export interface StreamConnectionOptions {
  readonly raw: Socket;
  /** The address of the sender, for people. */
  readonly peer: string;
  readonly reader: StreamReader;
  readonly lines: SentLines;
  readonly sink: StreamSink;
  readonly connections: Connections;
  readonly clock: Clock;
  /** `kind`: a fixed word. */
  onTrouble(kind: string, reason: string): void;
  /** A sender who may speak for itself alone named another host. */
  onForeign(host: string, named: string): void;
  /** Whether certified senders may speak for themselves alone, as the config in force says. */
  isBound(): boolean;
  /** It has ended before answers were sure to have reached the sender, who may repeat so many messages. */
  onRepeatable(messages: number): void;
  onClosed(): void;
}

/** Bytes of answers that a sender has not read; it is not read any further meanwhile. */
const MAX_UNREAD_ANSWERS = 64 * 1024;

/** How long a sender may take to hear that the listener is closed (ms). */
const MAX_LEAVE = 1000;

/** One connection: it is read while its lines can be taken, and waits otherwise. */
export class StreamConnection implements LimitedConnection {
  readonly #options: StreamConnectionOptions;
  #socket: Socket;
  #host: string;
  /** null: it has shown no certificate. */
  #certified: CertifiedSender | null = null;
  #lastHeard: number;
  #hasSpoken = false;
  #held = 0;
  /** Chunks that came while there was no room: Node.js has read them already. */
  readonly #waiting: Buffer[] = [];
  #asksForRoom = false;
  /** Turns that are not committed yet, and the messages in them. */
  #turns = 0;
  #unanswered = 0;
  /** Messages whose answers were sent after the sender was last heard. */
  #justAnswered = 0;
  /** `ending`: nothing more is read. `closed`: the socket is. */
  #state: 'open' | 'ending' | 'closed' = 'open';
  /** The sender took leave, as RELP wants it. */
  #tookLeave = false;

  constructor(options: StreamConnectionOptions) {
    this.#options = options;
    this.#socket = options.raw;
    this.#host = options.peer;
    this.#lastHeard = options.clock.now();
    options.connections.add(this);
    options.raw.on('error', () => {}); // "close" follows
    options.raw.once('close', () => this.#onClose());
  }

  get lastHeard(): number {
    return this.#waiting.length > 0 ? this.#options.clock.now() : this.#lastHeard;
  }

  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  get held(): number {
    return this.#held;
  }

  /**
   * Begins to read. `socket`: the same, or TLS on it; `host`: who said the lines that name no host; `isCertified`: it has
   * shown a certificate.
   */
  begin(socket: Socket, host: string, isCertified: boolean): void {
    if (this.#state !== 'open') return;
    this.#socket = socket;
    this.#host = host;
    const { onForeign } = this.#options;
    if (isCertified) this.#certified = { host, onForeign: (named) => onForeign(host, named) };
    socket.on('error', () => {});
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('drain', () => this.#resume());
  }

  /** Ends it for a reason that is told. */
  end(reason: string): void {
    if (this.#state !== 'open') return;
    this.#options.onTrouble('ended', `${this.#options.peer}: ${reason}; the connection was ended`);
    this.#stop();
  }

  evict(reason: string): void {
    this.#options.onTrouble('silent', `${this.#options.peer}: ${reason}; the connection was ended`);
    this.#options.raw.destroy();
  }

  /** Ends it because the listener is closed; resolves when all that it brought has been handed on. */
  async close(): Promise<void> {
    const { reader, raw, clock } = this.#options;
    if (reader.kind === 'unanswered') this.#handOnWaiting();
    if (this.#state === 'closed') return;
    const closed = new Promise<void>((resolve) => void raw.once('close', () => resolve()));
    const callOff = clock.after(MAX_LEAVE, () => void raw.destroy());
    this.#state = 'ending';
    if (reader.kind === 'answered' && this.#turns === 0 && this.#socket.writableLength === 0) {
      this.#socket.end('0 serverclose 0\n');
      this.#socket.destroySoon();
    } else raw.destroy(); // what is not committed has no answer, and comes again
    await closed;
    callOff();
  }

  /** Room or not: nobody can send it again. */
  #handOnWaiting(): void {
    for (const chunk of this.#waiting.splice(0)) this.#process(chunk);
    if (this.#state === 'closed') this.#finish();
  }

  #take(chunk: Buffer): void {
    this.#lastHeard = this.#options.clock.now();
    this.#hasSpoken = true;
    this.#justAnswered = 0;
    if (this.#state !== 'open') return;
    if (this.#waiting.length === 0 && this.#mayTake()) return this.#process(chunk);
    this.#waiting.push(chunk);
    this.#askForRoom();
  }

  #mayTake(): boolean {
    return this.#options.sink.hasRoom && this.#socket.writableLength < MAX_UNREAD_ANSWERS;
  }

  #askForRoom(): void {
    this.#socket.pause();
    if (this.#asksForRoom || this.#options.sink.hasRoom) return; // "drain" comes otherwise
    this.#asksForRoom = true;
    this.#options.sink.whenRoom(() => {
      this.#asksForRoom = false;
      this.#resume();
    });
  }

  #resume(): void {
    while (this.#waiting.length > 0 && this.#state !== 'ending') {
      if (!this.#mayTake()) return this.#askForRoom();
      const chunk = this.#waiting.shift();
      if (chunk) this.#process(chunk);
    }
    if (this.#state === 'open') this.#socket.resume();
    else if (this.#state === 'closed') this.#finish();
  }

  #process(chunk: Buffer): void {
    const { reader, sink, connections } = this.#options;
    const turn = reader.push(chunk);
    const taken = this.#linesOf(turn.sent);
    if (reader.kind === 'answered') this.#answerWhenCommitted(taken, turn);
    else if (taken.lines > 0) sink.pushTexts(taken);
    this.#hold(reader.held);
    if (typeof turn.state === 'object') this.end(turn.state.fault);
    else if (turn.state === 'closed') this.#takeLeave();
    else if (connections.isFull && this.#held > 0) this.end('too much of unfinished messages is held');
  }

  #linesOf(sent: readonly Sent[]): SentTexts {
    const { lines, isBound } = this.#options;
    return this.#certified && isBound()
      ? lines.ofCertified(sent, this.#certified)
      : lines.ofSender(sent, this.#host);
  }

  #answerWhenCommitted(sent: SentTexts, { answer, answered }: Turn): void {
    if (answer === '') return;
    if (answered === 0 && this.#turns === 0) return void this.#socket.write(answer);
    this.#turns += 1;
    this.#unanswered += answered;
    this.#options.sink.pushConfirmed(sent, () => {
      this.#turns -= 1;
      if (this.#socket.destroyed) return;
      this.#unanswered -= answered;
      this.#justAnswered += answered;
      this.#socket.write(answer);
      if (this.#turns === 0 && this.#state === 'ending') this.#socket.destroySoon();
    });
  }

  #takeLeave(): void {
    this.#tookLeave = true;
    this.#stop();
  }

  /** Reads no more, and closes the socket when all answers are sent. */
  #stop(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#socket.pause();
    if (this.#turns > 0) return;
    if (this.#socket.writableLength > MAX_UNREAD_ANSWERS || this.#options.reader.kind === 'unanswered')
      this.#socket.destroy();
    else this.#socket.destroySoon();
    if (this.#socket !== this.#options.raw && this.#socket.destroyed) this.#options.raw.destroy();
  }

  #onClose(): void {
    const { reader } = this.#options;
    if (this.#state === 'closed') return;
    const wasEnding = this.#state === 'ending';
    this.#state = 'closed';
    // What has no answer comes again; other messages do not.
    if (reader.kind === 'answered' || wasEnding) this.#waiting.length = 0;
    if (reader.kind === 'answered' && !this.#tookLeave) {
      const repeatable = this.#unanswered + this.#justAnswered;
      if (repeatable > 0) this.#options.onRepeatable(repeatable);
    }
    if (this.#waiting.length > 0) this.#resume();
    else this.#finish();
  }

  /** Takes the last message, that nothing ended, and forgets the connection. */
  #finish(): void {
    const { reader, sink, connections, onClosed } = this.#options;
    const last = this.#linesOf(reader.end());
    if (last.lines > 0) sink.pushTexts(last);
    this.#hold(0);
    connections.delete(this);
    onClosed();
  }

  #hold(bytes: number): void {
    this.#options.connections.hold(bytes - this.#held);
    this.#held = bytes;
  }
}
