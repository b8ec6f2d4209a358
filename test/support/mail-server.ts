import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';

/** A real SMTP server on loopback that keeps what it is given. */
export interface MailServer {
  readonly port: number;
  /** All letters so far, in the order of their arrival. */
  readonly letters: Email[];
  /** Who they were from, and for whom, as the mail server was told. */
  readonly envelopes: { readonly from: string; readonly to: readonly string[] }[];
  /** While it is set, letters are refused like this after the final dot. */
  refuse: { readonly responseCode: number; readonly message: string } | null;
  /** Those that were. */
  readonly refused: Email[];
  /** Resolves with the next letter that arrives and has this in its subject. */
  next(subject: string): Promise<Email>;
}

/** Starts a server, which says this to each letter that it takes, on a port (0: any); it closes with the test. */
export async function startMailServer(answer = 'taken', port = 0): Promise<MailServer> {
  const letters: Email[] = [];
  const envelopes: MailServer['envelopes'] = [];
  const mailServer = {
    port: 0,
    letters,
    envelopes,
    refuse: null as MailServer['refuse'],
    refused: [] as Email[],
    next: (subject: string) => new Promise<Email>((resolve) => void waiting.push({ subject, resolve })),
  };
  const waiting: { readonly subject: string; resolve(letter: Email): void }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(chunks)).then((letter) => {
          if (mailServer.refuse) {
            mailServer.refused.push(letter);
            return done(Object.assign(new Error(mailServer.refuse.message), mailServer.refuse));
          }
          letters.push(letter);
          envelopes.push({
            from: envelope.mailFrom ? envelope.mailFrom.address : '',
            to: envelope.rcptTo.map(({ address }) => address),
          });
          const asked = waiting.filter(({ subject }) => letter.subject?.includes(subject));
          for (const one of asked) {
            waiting.splice(waiting.indexOf(one), 1);
            one.resolve(letter);
          }
          done(null, answer);
        });
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  mailServer.port = (server.server.address() as AddressInfo).port;
  return mailServer;
}
