import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';

/** A letter as it arrived. */
export interface Arrived {
  readonly messageId: string;
  readonly raw: string;
  /** Which start of the daemon brought it. */
  readonly start: number;
}

/** A real SMTP server that keeps the bytes of all letters. */
export interface LetterBox {
  readonly port: number;
  readonly arrived: readonly Arrived[];
  /** Told of a letter that is taken, before its sender is told so. */
  onTaken: (() => void) | null;
  /** What is written to each letter that arrives from now on. */
  start: number;
  /** Lets the server go away and come back, where that can be done. */
  readonly power: Power | null;
}

export interface Power {
  off(): void;
  on(): void;
}

/** Opens a letter box on loopback; it closes with the test. */
export async function openLetterBox(): Promise<LetterBox> {
  const arrived: Arrived[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 1000,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('latin1');
        arrived.push({ raw, messageId: /^Message-ID: (.*)\r$/im.exec(raw)?.[1] ?? '', start: box.start });
        box.onTaken?.();
        done();
      });
    },
  });
  server.on('error', () => {}); // a daemon that is killed cuts its connections
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const box: LetterBox = {
    port: (server.server.address() as AddressInfo).port,
    arrived,
    onTaken: null,
    start: 0,
    power: null,
  };
  return box;
}
