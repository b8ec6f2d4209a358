import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { RelpFrames } from '../../src/source/push/relp-frames.js';
import { freePort } from '../support/free-port.js';

/** Stands between a sender of RELP and its receiver, and knows what both have said. */
export interface RelpProxy {
  readonly port: number;
  /** Messages that were passed on to the receiver so far, repeated ones among them. */
  readonly passedOn: number;
  /** Messages in all connections that have ended, of which it is not sure that their sender has the answer. */
  readonly unanswered: number;
  /** Whether all messages of the open connections are answered. */
  readonly isIdle: boolean;
  /** Cuts all connections on both sides, at once or behind what was written. */
  cut(how: 'reset' | 'end'): void;
}

/** One connection of the sender, and ours to the receiver. */
interface Link {
  readonly sender: Socket;
  readonly receiver: Socket;
  readonly messages: FrameCount;
  readonly answers: FrameCount;
  /** Answers since the sender was last heard: only what it sends next tells that it has them. */
  justAnswered: number;
}

/** Counts frames of RELP in what passes by. */
class FrameCount {
  readonly #frames = new RelpFrames();
  readonly #isCounted: (command: string, data: string) => boolean;
  count = 0;

  constructor(isCounted: (command: string, data: string) => boolean) {
    this.#isCounted = isCounted;
  }

  take(chunk: Buffer): number {
    const { frames } = this.#frames.push(chunk);
    const counted = frames.filter(({ command, data }) => this.#isCounted(command, data.toString('latin1')));
    this.count += counted.length;
    return counted.length;
  }
}

/** Opens a proxy before a receiver on loopback, who may be away; it closes with the test. */
export async function openRelpProxy(receiver: number): Promise<RelpProxy> {
  const proxy = new CountingProxy(await freePort(), receiver);
  await proxy.listen();
  onTestFinished(() => proxy.close());
  return proxy;
}

class CountingProxy implements RelpProxy {
  readonly port: number;
  readonly #receiver: number;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #unanswered = 0;
  #passedOn = 0;

  constructor(port: number, receiver: number) {
    this.port = port;
    this.#receiver = receiver;
    this.#server = createServer((sender) => this.#accept(sender));
  }

  get passedOn(): number {
    return this.#passedOn;
  }

  get unanswered(): number {
    return this.#unanswered;
  }

  get isIdle(): boolean {
    return [...this.#links].every(({ messages, answers }) => messages.count === answers.count);
  }

  listen(): Promise<void> {
    return new Promise((resolve) => void this.#server.listen(this.port, '127.0.0.1', () => resolve()));
  }

  close(): void {
    this.#server.close();
    this.cut('reset');
  }

  cut(how: 'reset' | 'end'): void {
    for (const link of [...this.#links]) {
      this.#forget(link);
      for (const socket of [link.sender, link.receiver])
        if (how === 'reset') socket.resetAndDestroy();
        else socket.end(() => socket.destroy());
    }
  }

  #accept(sender: Socket): void {
    const receiver = connect(this.#receiver, '127.0.0.1');
    const link: Link = {
      sender,
      receiver,
      messages: new FrameCount((command) => command === 'syslog'),
      answers: new FrameCount((command, data) => command === 'rsp' && data === '200 OK'),
      justAnswered: 0,
    };
    this.#links.add(link);
    sender.on('data', (chunk) => {
      this.#passedOn += link.messages.take(chunk);
      link.justAnswered = 0;
      receiver.write(chunk);
    });
    receiver.on('data', (chunk) => {
      link.justAnswered += link.answers.take(chunk);
      sender.write(chunk);
    });
    for (const [one, other] of [
      [sender, receiver],
      [receiver, sender],
    ] as const) {
      one.on('error', () => {}); // "close" follows
      one.on('close', () => {
        this.#forget(link);
        other.end(() => other.destroy());
      });
    }
  }

  #forget(link: Link): void {
    if (!this.#links.delete(link)) return;
    this.#unanswered += link.messages.count - link.answers.count + link.justAnswered;
  }
}
