import { stamp } from '../support/stamp.js';

/** What is proved of one config: both programs read the same lines, and their letters are laid side by side. */
export type Case = Kept | Mended;

interface Proof {
  readonly name: string;
  /** What stands below the common beginning (see `configOf`); `%DIR%` is the folder of the run, `%UDP%` its address. */
  readonly conf: string;
  /** Further files in the folder of the run. */
  readonly files?: Readonly<Record<string, string>>;
  /** FIFOs in that folder. */
  readonly fifos?: readonly string[];
  /** Written to the log once the program reads it. */
  readonly log?: string | Buffer;
  /** What happens then, in order; TERM always comes last. */
  readonly steps?: readonly Step[];
}

/** Tenshi's letters are right, and tayori's are the same: every field, every line, in the same order. */
export interface Kept extends Proof {
  readonly letters: Letters;
}

/** Tenshi does `original`, which is a fault; tayori does `mended`. */
export interface Mended extends Proof {
  /** Why it is a fault, or what tayori does better. */
  readonly mended: string;
  readonly original: Letters;
  readonly tayori: Letters;
}

/** What is expected of all letters of a run, but those of the probe queue. */
export interface Letters {
  /**
   * `QUEUE/HOST COUNT MESSAGE` for each message: sorted by queue and host, within a host in the order of the letter.
   * The second letter of a queue says `QUEUE#2`; letters of a now queue are taken as one, as its moments are random.
   */
  readonly counts: readonly string[];
  /** What else must hold of the (first) letter of a queue. */
  readonly heads?: Readonly<Record<string, Head>>;
  /** How the process ended; left out: with 0, at TERM. */
  readonly end?: 'died';
  /** What programs wrote into the folder of the run. */
  readonly wrote?: Readonly<Record<string, readonly string[]>>;
}

export interface Head {
  readonly subject?: string;
  readonly from?: string;
  readonly to?: readonly string[];
  readonly sender?: string;
  readonly recipients?: readonly string[];
  readonly dated?: boolean;
  readonly status?: string | null;
  readonly titles?: readonly (string | null)[];
  readonly notes?: readonly string[];
  readonly other?: string | null;
}

/** Where a run may listen for datagrams. */
export interface UdpAddress {
  readonly address: string;
  readonly port: number;
}

export type Step =
  | { readonly kind: 'write'; readonly log: string | Buffer; readonly file: string }
  | { readonly kind: 'send'; readonly datagram: string | Buffer }
  | { readonly kind: 'read' }
  | { readonly kind: 'rotate' }
  | { readonly kind: 'letter'; readonly queue: string }
  | { readonly kind: 'due'; readonly queue: string }
  | { readonly kind: 'signal'; readonly signal: 'USR1' | 'USR2' | 'HUP' }
  | { readonly kind: 'conf'; readonly conf: string };

export const write = (log: string | Buffer, file = 'x.log'): Step => ({ kind: 'write', log, file });
/** Sends a datagram to the address that the config calls `%UDP%`. */
export const send = (datagram: string | Buffer): Step => ({ kind: 'send', datagram });
/** Waits until what is written has been counted, and what waited in now queues has been mailed. */
export const read: Step = { kind: 'read' };
/** Renames the log and begins a new one, when the old one has been read. */
export const rotate: Step = { kind: 'rotate' };
export const signal = (signal: 'USR1' | 'USR2' | 'HUP'): Step => ({ kind: 'signal', signal });
/** Waits for tayori's first letter of a queue, when it is one that Tenshi will never send. */
export const letter = (queue: string): Step => ({ kind: 'letter', queue });
/** Waits in real time until the schedule of a queue has mailed its first letter. */
export const due = (queue: string): Step => ({ kind: 'due', queue });
/** Writes another config; a HUP makes the program read it. */
export const conf = (conf: string): Step => ({ kind: 'conf', conf });

/** Lines of the host web1, with Tenshi's prefix. */
export const log = (...messages: readonly string[]): string => on('web1', ...messages);

/** Lines of another host. */
export function on(host: string, ...messages: readonly string[]): string {
  const at = stamp(Date.now());
  return messages.map((message) => `${at} ${host} ${message}\n`).join('');
}

/** The same message several times. */
export const times = (count: number, message: string): string[] => Array<string>(count).fill(message);

/** Never comes, nearly: 29 February, when it is a Monday. Such queues are mailed by signals. */
export const FAR = '[0 0 29 2 1]';

/**
 * The beginning that all configs have: where lines come from and letters go to, the queues a, b and c, which signals
 * mail, and n, which is mailed at once; and the queue of the probe lines that tell how far the program has read.
 */
export function configOf(
  proof: { readonly conf: string },
  run: { readonly folder: string; readonly port: number; readonly udp: UdpAddress },
): string {
  return `set logfile %DIR%/x.log
set mailserver 127.0.0.1:${run.port}
set sleep 0
set queue probe probe@example.org pager:probe@example.org [now]
set queue a a@example.org admin@example.org ${FAR}
set queue b b@example.org admin@example.org ${FAR}
set queue c c@example.org admin@example.org ${FAR}
set queue n n@example.org admin@example.org [now]
probe ^probe \\d+$
${proof.conf}`
    .replaceAll('%DIR%', run.folder)
    .replaceAll('%UDP%', `${run.udp.address}:${run.udp.port}`);
}
