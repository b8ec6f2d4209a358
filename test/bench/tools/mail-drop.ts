import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A real SMTP server on loopback that takes all letters and keeps none. */
export class MailDrop {
  readonly #server: SMTPServer;
  readonly #waiting = new Set<{ readonly text: string; readonly found: (at: number) => void }>();

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      size: MAX_LETTER,
      onData: (stream, _session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
        stream.on('end', () => {
          const at = performance.now();
          this.#tell(Buffer.concat(chunks).toString('latin1'), at);
          done();
        });
      },
    });
    this.#server.on('error', () => {}); // a node that is killed cuts its connections
  }

  static async open(): Promise<MailDrop> {
    const drop = new MailDrop();
    await new Promise<void>((resolve) => void drop.#server.listen(0, '127.0.0.1', () => resolve()));
    return drop;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** Resolves when a letter with this text has come, with the time of `performance`. */
  next(text: string): Promise<number> {
    return new Promise((resolve) => {
      const one = {
        text,
        found: (at: number) => {
          this.#waiting.delete(one);
          resolve(at);
        },
      };
      this.#waiting.add(one);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  #tell(letter: string, at: number): void {
    for (const { text, found } of this.#waiting) if (letter.includes(text)) found(at);
  }
}

/** No letter is larger (bytes). */
const MAX_LETTER = 100_000_000;
