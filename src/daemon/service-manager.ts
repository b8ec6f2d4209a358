import { execFile } from 'node:child_process';
import { write } from 'node:fs';
import { promisify } from 'node:util';
import { reasonOf } from '../base/errors.js';

/** A way to send messages to the service manager (sd_notify(3)). */
type Channel =
  /** A descriptor that is connected to its socket; each write is a message. */
  | { readonly kind: 'descriptor'; readonly descriptor: number }
  /** systemd-notify(1), once a message, which finds the socket by $NOTIFY_SOCKET. */
  | { readonly kind: 'program'; readonly socket: string };

export interface ServiceManagerOptions {
  /** Ways to it, the best first. */
  readonly channels: readonly Channel[];
  /** The watchdog timeout (ms): without a keep-alive it restarts the process; null: there is none. */
  readonly patience: number | null;
}

/** The name of the descriptor in the unit: `OpenFile=/run/systemd/notify:notify`. */
const DESCRIPTOR_NAME = 'notify';

/** The first descriptor that a service manager hands over (sd_listen_fds(3)). */
const FIRST_DESCRIPTOR = 3;

/** How long systemd-notify may run (ms): it waits until its message was read. */
const MAX_PROGRAM_TIME = 5000;

/** Messages on their way; later ones are discarded: the service manager does not read. */
const MAX_MESSAGES_ON_THEIR_WAY = 10;

/** Variables that a service manager sets; programs that the daemon runs must not get them. */
const VARIABLES = [
  'NOTIFY_SOCKET',
  'WATCHDOG_PID',
  'WATCHDOG_USEC',
  'LISTEN_PID',
  'LISTEN_FDS',
  'LISTEN_FDNAMES',
];

/**
 * Sends the status of the service to systemd. Node cannot send to a datagram socket of the file system, so systemd
 * itself connects one and hands it over (`OpenFile=`, systemd 253 and later): then a message is a write of 0.1 ms.
 * With older versions systemd-notify(1) is run for each message: a process of 12 ms, which blocks the event loop for
 * 6 ms.
 */
export class ServiceManager {
  /** The watchdog timeout (ms): without a keep-alive it restarts the process; null: there is none. */
  readonly patience: number | null;
  readonly #onTrouble: (reason: string) => void;
  #channels: readonly Channel[];
  #onTheirWay = 0;
  #sent: Promise<void> = Promise.resolve();
  #hasReportedTrouble = false;

  /** `onTrouble` is called once when messages do not arrive, with the reason. */
  constructor({ channels, patience }: ServiceManagerOptions, onTrouble: (reason: string) => void) {
    this.#channels = channels;
    this.patience = patience;
    this.#onTrouble = onTrouble;
  }

  /** The service works, or works again after a reload. `status`: one line of text for `systemctl status`. */
  ready(status: string): void {
    this.#notify('READY=1', statusLine(status));
  }

  /** The service reads its config again; `ready` ends that. The time is systemd's: CLOCK_MONOTONIC, in microseconds. */
  reloading(): void {
    this.#notify('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`, statusLine('reloading'));
  }

  stopping(): void {
    this.#notify('STOPPING=1', statusLine('stopping'));
  }

  /** A keep-alive: must be sent within each `patience`. */
  alive(status: string): void {
    this.#notify('WATCHDOG=1', statusLine(status));
  }

  /** Resolves when all messages have been sent, or could not be. */
  async sent(): Promise<void> {
    await this.#sent;
  }

  #notify(...assignments: readonly string[]): void {
    if (this.#onTheirWay >= MAX_MESSAGES_ON_THEIR_WAY) return;
    this.#onTheirWay++;
    this.#sent = this.#sent.then(async () => {
      await this.#send(assignments);
      this.#onTheirWay--;
    });
  }

  /** Uses the first channel that works; a channel that has failed is not tried again while there is another. */
  async #send(assignments: readonly string[]): Promise<void> {
    for (;;) {
      const [channel, ...others] = this.#channels;
      if (!channel) return;
      try {
        return await sendThrough(channel, assignments);
      } catch (error) {
        if (others.length === 0) return this.#fail(reasonOf(error));
        this.#channels = others;
      }
    }
  }

  #fail(reason: string): void {
    if (!this.#hasReportedTrouble) this.#onTrouble(reason);
    this.#hasReportedTrouble = true;
  }
}

/**
 * Reads from the environment how to notify the service manager that started this process; null: there is none, or it
 * wants no messages. Removes these variables from the environment.
 */
export function findServiceManager(env: NodeJS.ProcessEnv, pid: number): ServiceManagerOptions | null {
  const { NOTIFY_SOCKET: socket, WATCHDOG_PID: watched, WATCHDOG_USEC: microseconds } = env;
  const descriptor = findDescriptor(env, pid);
  for (const name of VARIABLES) delete env[name];
  if (!socket) return null;
  const isWatched = Number(microseconds) > 0 && (!watched || Number(watched) === pid);
  return {
    channels: [
      ...(descriptor === null ? [] : [{ kind: 'descriptor', descriptor } as const]),
      { kind: 'program', socket },
    ],
    patience: isWatched ? Number(microseconds) / 1000 : null,
  };
}

function findDescriptor(env: NodeJS.ProcessEnv, pid: number): number | null {
  if (Number(env.LISTEN_PID) !== pid) return null;
  const at = (env.LISTEN_FDNAMES ?? '').split(':').indexOf(DESCRIPTOR_NAME);
  return at >= 0 && at < Number(env.LISTEN_FDS) ? FIRST_DESCRIPTOR + at : null;
}

/** Runs in a thread or a process of its own: a service manager that does not read must not block the event loop. */
async function sendThrough(channel: Channel, assignments: readonly string[]): Promise<void> {
  if (channel.kind === 'descriptor') await promisify(write)(channel.descriptor, assignments.join('\n'));
  else
    await promisify(execFile)('systemd-notify', [...assignments], {
      env: { PATH: process.env.PATH, NOTIFY_SOCKET: channel.socket },
      timeout: MAX_PROGRAM_TIME,
      killSignal: 'SIGKILL',
    });
}

/** A message is made of lines. */
function statusLine(text: string): string {
  return `STATUS=${text.replaceAll(/\s+/g, ' ')}`;
}
