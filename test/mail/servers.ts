import { createServer, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import type { SmtpRoute } from '../../src/mail/route/route.js';
import type { StageLimits } from '../../src/mail/transport/session-clock.js';

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly mime: string;
  readonly secure: boolean;
  readonly helo: string;
}

export interface PickyServer {
  readonly route: SmtpRoute;
  readonly received: Received[];
}

/**
 * A real SMTP server on loopback that does as an address asks: `mail450@` as the sender, `rcpt550@` or `dot451@` as a
 * recipient are refused with that code at that stage. It closes with the test.
 */
export async function startPickyServer(options: SMTPServerOptions = {}): Promise<PickyServer> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onMailFrom: ({ address }, _session, callback) => callback(refusal('mail', address)),
    onRcptTo: ({ address }, _session, callback) => callback(refusal('rcpt', address)),
    onData(stream, { envelope, secure, hostNameAppearsAs }, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        const refused = to.map((address) => refusal('dot', address)).find((error) => error !== null);
        if (refused) return callback(refused);
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const mime = Buffer.concat(chunks).toString('latin1');
        received.push({ from, to, mime, secure, helo: String(hostNameAppearsAs) });
        callback(null, 'taken');
      });
    },
    ...options,
  });
  server.on('error', () => {}); // clients that break off are part of the tests
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)));
  return { route: routeTo(server.server), received };
}

function refusal(stage: string, address: string): Error | null {
  const code = new RegExp(`^${stage}(\\d{3})`).exec(address)?.[1];
  return code === undefined ? null : Object.assign(new Error('as asked'), { responseCode: Number(code) });
}

/** So many seconds for each stage of a session. */
export function everyStage(seconds: number): StageLimits {
  return {
    connect: seconds,
    handshake: seconds,
    greeting: seconds,
    EHLO: seconds,
    STARTTLS: seconds,
    AUTH: seconds,
    MAIL: seconds,
    RCPT: seconds,
    DATA: seconds,
    chunk: seconds,
    end: seconds,
  };
}

/**
 * What a scripted server does at a stage: an answer, a cut of the connection, silence, no end of beginnings, or (held)
 * a polite answer as soon as it is released.
 */
export type Act = string | 'cut' | 'silence' | 'trickle' | 'held';

export interface Script {
  readonly greeting?: Act;
  readonly EHLO?: Act;
  readonly HELO?: Act;
  readonly STARTTLS?: Act;
  readonly AUTH?: Act;
  readonly MAIL?: Act;
  readonly RCPT?: Act;
  readonly DATA?: Act;
  /** After this many bytes of the letter. */
  readonly mid?: { readonly bytes: number; readonly act: Act };
  readonly dot?: Act;
}

const POLITE: Required<Omit<Script, 'mid'>> = {
  greeting: '220 here',
  EHLO: '250 here',
  HELO: '250 here',
  STARTTLS: '454 not now',
  AUTH: '235 welcome',
  MAIL: '250 yes',
  RCPT: '250 yes',
  DATA: '354 go on',
  dot: '250 taken',
};

type Acts = Required<Omit<Script, 'mid'>> & { mid?: Script['mid'] | undefined };

export interface ScriptedServer {
  readonly route: SmtpRoute;
  /** Commands as they came, without the letter. */
  readonly heard: string[];
  readonly connections: number;
  /** Resolves with the first connection. */
  readonly connected: Promise<void>;
  /** Resolves when the first connection is over. */
  readonly over: Promise<void>;
  /** How many letters it took. */
  readonly taken: number;
  /** Them, as they came. */
  readonly letters: readonly string[];
  /** From now on it does this. */
  behave(script: Script): void;
  /** How many answers are held. */
  readonly held: number;
  /** Gives the answers that are held. */
  release(): void;
  close(): Promise<void>;
}

/** A server that misbehaves as no server library can be made to. It closes with the test, if not before. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const acts: Acts = { ...POLITE, ...script };
  const sockets = new Set<Socket>();
  const heard: string[] = [];
  const counts = { connections: 0 };
  const held: (() => void)[] = [];
  const letters: string[] = [];
  let isOver = (): void => {};
  const over = new Promise<void>((resolve) => {
    isOver = resolve;
  });
  let isConnected = (): void => {};
  const connected = new Promise<void>((resolve) => {
    isConnected = resolve;
  });
  const server = createServer((socket) => {
    isConnected();
    counts.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      isOver();
    });
    const perform = performer(socket, held);
    perform(acts.greeting, POLITE.greeting);
    socket.on('data', conversation(perform, acts, heard, letters));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  onTestFinished(close);
  return {
    route: routeTo(server),
    heard,
    connected,
    over,
    get connections() {
      return counts.connections;
    },
    get taken() {
      return letters.length;
    },
    letters,
    get held() {
      return held.length;
    },
    release() {
      for (const answer of held.splice(0)) answer();
    },
    behave(next) {
      acts.mid = undefined;
      Object.assign(acts, POLITE, next);
    },
    close,
  };
}

type Perform = (act: Act, polite: string) => void;

function conversation(
  perform: Perform,
  acts: Acts,
  heard: string[],
  letters: string[],
): (chunk: Buffer) => void {
  let pending = '';
  let inLetter = false;
  return (chunk) => {
    pending += chunk.toString('latin1');
    while (inLetter || pending.includes('\r\n')) {
      if (inLetter) {
        if (acts.mid && pending.length >= acts.mid.bytes) return perform(acts.mid.act, '');
        const end = pending.indexOf('\r\n.\r\n');
        if (end < 0) return;
        const letter = pending.slice(0, end + 2);
        pending = pending.slice(end + 5);
        inLetter = false;
        if (acts.dot.startsWith('2') || acts.dot === 'held') letters.push(letter);
        perform(acts.dot, POLITE.dot);
        continue;
      }
      const line = pending.slice(0, pending.indexOf('\r\n'));
      pending = pending.slice(line.length + 2);
      heard.push(line);
      inLetter = obey(perform, acts, line);
    }
  };
}

/** True when the letter comes next. */
function obey(perform: Perform, acts: Acts, line: string): boolean {
  const [, command] = /^(EHLO|HELO|STARTTLS|AUTH|MAIL|RCPT|DATA)/.exec(line) ?? [];
  if (command === undefined) {
    perform(line === 'QUIT' ? '221 bye' : '500 what', '');
    return false;
  }
  const stage = command as Exclude<keyof Acts, 'mid'>;
  const act = acts[stage];
  perform(act, POLITE[stage]);
  return command === 'DATA' && (act.startsWith('3') || act === 'held');
}

/** Answers go in their order: behind one that is held, the others wait. */
function performer(socket: Socket, held: (() => void)[]): Perform {
  let holds = 0;
  return (act, polite) => {
    const answer = (): void => void socket.write(`${act === 'held' ? polite : act}\r\n`);
    const hold = (): void => {
      holds += 1;
      held.push(() => {
        holds -= 1;
        answer();
      });
    };
    if (act === 'cut') socket.destroy();
    else if (act === 'trickle') trickle(socket);
    else if (act === 'held' || holds > 0) hold();
    else if (act !== 'silence') answer();
  };
}

function trickle(socket: Socket): void {
  const timer = setInterval(() => socket.write('250-and\r\n'), 10);
  socket.on('close', () => clearInterval(timer));
}

function routeTo(server: Server): SmtpRoute {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { kind: 'smtp', host: '127.0.0.1', port: address.port, tls: 'opportunistic', ca: null, login: null };
}
