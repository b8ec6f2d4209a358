import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the network does to connections while it is not well. */
export type Trouble =
  /** New connections are refused, and those that are open are reset. */
  | 'refuse'
  /** Packets get lost silently: nothing comes through, nobody is told, and connections that are tried get no answer. */
  | 'swallow'
  /** Nothing comes through for a while; then all of it does. */
  | 'stall';

interface Link {
  readonly client: Socket;
  readonly server: Socket;
}

/** Called for what a client says, before it is passed on; `lose`: the answer to it never comes. */
export type Listener = (said: Buffer, lose: () => void) => void;

/**
 * Stands between clients and a server on loopback, and is a network that goes wrong when it is told to. Who opens one
 * closes it.
 */
export class TcpProxy {
  readonly #to: number;
  readonly #links = new Set<Link>();
  #server: Server | null = null;
  #port = 0;
  #trouble: Trouble | null = null;
  /** Hears all that clients say. */
  onSaid: Listener | null = null;

  constructor(to: number) {
    this.#to = to;
  }

  get port(): number {
    return this.#port;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#links.size;
  }

  async open(): Promise<void> {
    const server = createServer((client) => this.#accept(client));
    server.on('error', () => {}); // it is awaited below, at the first time
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', () => resolve());
    });
    this.#server = server;
    const address = server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  close(): void {
    this.#server?.close();
    this.#server = null;
    this.reset();
  }

  /** Cuts all connections with RST, on both sides. */
  reset(): void {
    for (const link of [...this.#links]) this.#reset(link);
  }

  begin(trouble: Trouble): void {
    this.#trouble = trouble;
    if (trouble === 'refuse') this.close();
    else this.freeze();
  }

  /** Nothing comes through the connections that are open now any more, and nobody is told; new ones work. */
  freeze(): void {
    for (const { client, server } of this.#links) for (const one of [client, server]) one.pause();
  }

  /** The next packet to the server that holds this text gets there, and its answer does not come back. */
  loseAnswerTo(text: string): void {
    this.onSaid = (said, lose) => {
      if (!said.includes(text)) return;
      this.onSaid = null;
      lose();
    };
  }

  /** The network is well again. What was swallowed is not sent again: connections that waited for it are cut. */
  async end(): Promise<void> {
    const trouble = this.#trouble;
    this.#trouble = null;
    if (trouble === 'refuse') await this.open();
    else if (trouble === 'swallow') this.reset();
    else for (const { client, server } of this.#links) for (const one of [client, server]) one.resume();
  }

  #accept(client: Socket): void {
    const server = connect(this.#to, '127.0.0.1');
    const link: Link = { client, server };
    this.#links.add(link);
    let isLost = false;
    const lose = (): void => {
      isLost = true;
    };
    client.on('data', (said) => {
      this.onSaid?.(said, lose);
      server.write(said, () => {
        // The server has it and works on it; the client learns of a cut, and of nothing else.
        if (isLost) this.#loseAnswer(link);
      });
    });
    server.on('data', (chunk) => {
      if (!isLost) client.write(chunk);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => {}); // "close" follows
      one.on('close', () => {
        this.#links.delete(link);
        other.end(() => other.destroy());
      });
    }
    if (this.#trouble !== null) for (const one of [client, server]) one.pause();
  }

  /** The server's answer is read, and not passed on. */
  #loseAnswer(link: Link): void {
    link.server.once('data', () => this.#reset(link));
  }

  #reset(link: Link): void {
    this.#links.delete(link);
    link.client.resetAndDestroy();
    link.server.resetAndDestroy();
  }
}

/** A proxy of one test. */
export async function proxyTo(port: number): Promise<TcpProxy> {
  const proxy = new TcpProxy(port);
  await proxy.open();
  onTestFinished(() => proxy.close());
  return proxy;
}
