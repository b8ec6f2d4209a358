import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from '../../support/free-port.js';

/** What stands between a node and PostgreSQL, and can be cut. */
export interface Proxy {
  readonly port: number;
  /** From the next packet to the server on that holds this text: it gets there, and its answer does not come back. */
  loseAnswerTo(text: string): void;
  /** Nothing goes through any more, and nobody is told. */
  hold(): void;
}

export async function proxyTo(server: number): Promise<Proxy> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let lost: string | null = null;
  const held = new Set<Socket>();
  const listener = createServer((client) => {
    const upstream = connect(server, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    let isLost = false;
    client.on('data', (data) => {
      if (held.has(client)) return;
      if (lost !== null && data.includes(lost)) {
        isLost = true;
        lost = null;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (held.has(client)) return;
      if (isLost) client.destroy();
      else client.write(data);
    });
    client.on('close', () => held.has(client) || upstream.destroy());
    upstream.on('close', () => client.destroy());
  }).listen(port, '127.0.0.1');
  onTestFinished(() => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port,
    loseAnswerTo(text) {
      lost = text;
    },
    hold() {
      for (const socket of sockets) held.add(socket);
    },
  };
}
