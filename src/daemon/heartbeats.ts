import { isWebAddress } from '../base/text/web-address.js';
import type { Clock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import type { OwnLine } from '../line/own-lines.js';
import type { Pinger } from '../mail/web/web-transport.js';
import type { HeartbeatNote, Meta } from '../store/ports/meta.js';
import { MAX_SILENCE } from './watchdog.js';

export interface HeartbeatsOptions {
  readonly heartbeats: Config['heartbeats'];
  readonly store: Pick<Meta, 'meta' | 'setMeta'>;
  readonly clock: Clock;
  readonly pinger: Pinger;
  /** This host. */
  readonly origin: string;
  /** How many logs there are, and how many of them can be read; receivers count as well. */
  sources(): { readonly all: number; readonly read: number };
  /** Has a line of tayori counted for a queue. */
  say(line: OwnLine): void;
  onEvent(event: HeartbeatEvent): void;
}

export type HeartbeatEvent =
  /** Emitted once, until one is answered. */
  | { readonly kind: 'heartbeat-failed'; readonly url: string; readonly reason: string }
  | { readonly kind: 'heartbeat-back'; readonly url: string };

/**
 * Says at the times of `set heartbeat` that tayori works: polls of the logs end, or commit what they read; a log can be read;
 * and the state can be written, which each heartbeat tries itself. Else it says nothing, so that whoever waits for it notices.
 */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  /** Up to when each has been served (ms), and how the last request ended; by URL or queue. */
  readonly #notes = new Map<string, HeartbeatNote>();
  readonly #underWay = new Set<string>();
  /** No poll that works takes longer than until then (ms). */
  #aliveUntil: number;

  constructor(options: HeartbeatsOptions) {
    const { heartbeats, store, clock } = options;
    const now = clock.now();
    this.#options = options;
    this.#aliveUntil = now + MAX_SILENCE;
    if (heartbeats.length === 0) return;
    const known = store.meta().heartbeats;
    for (const { to } of heartbeats) {
      const before = known.find((one) => one.to === to);
      this.#notes.set(to, before && before.at <= now ? before : { to, at: now, sent: null, trouble: null });
    }
  }

  /** A poll has ended and the next one begins in `rest` ms, or (0) what it has read so far is committed. */
  progressed(rest: number): void {
    this.#aliveUntil = this.#options.clock.now() + rest + MAX_SILENCE;
  }

  /** After each commit. Throws when the state cannot be written. */
  beat(): void {
    const now = this.#options.clock.now();
    const due = this.#options.heartbeats.filter(({ to, schedule }) => {
      const next = schedule.next(this.#servedUntil(to, now));
      return next !== null && next <= now && !this.#underWay.has(to);
    });
    if (due.length === 0 || !this.#isAlive(now)) return;
    for (const { to } of due)
      this.#note({ to, at: now, sent: now, trouble: this.#notes.get(to)?.trouble ?? null });
    this.#keep();
    for (const { to } of due)
      if (isWebAddress(to)) void this.#ping(to);
      else this.#say(to);
  }

  /** A time in the future is that of a clock that has been set back. */
  #servedUntil(to: string, now: number): number {
    const note = this.#notes.get(to) ?? { to, at: now, sent: null, trouble: null };
    if (note.at <= now) return note.at;
    this.#note({ ...note, at: now });
    return now;
  }

  #isAlive(now: number): boolean {
    const { all, read } = this.#options.sources();
    const left = this.#aliveUntil - now;
    return left >= 0 && (all === 0 || read > 0);
  }

  async #ping(url: string): Promise<void> {
    this.#underWay.add(url);
    const reason = await this.#options.pinger.ping(url);
    this.#underWay.delete(url);
    const before = this.#notes.get(url);
    if (!before || before.trouble === reason) return;
    this.#note({ ...before, trouble: reason });
    if (reason !== null && before.trouble === null)
      this.#options.onEvent({ kind: 'heartbeat-failed', url, reason });
    if (reason === null) this.#options.onEvent({ kind: 'heartbeat-back', url });
    this.#keepIfPossible();
  }

  #say(queue: string): void {
    const { origin, sources, say } = this.#options;
    const { all, read } = sources();
    const detail = all === 0 ? null : `reads ${read} of ${all} sources`;
    say({ name: 'alive', subject: origin, detail, queue });
  }

  #note(note: HeartbeatNote): void {
    this.#notes.set(note.to, note);
  }

  #keep(): void {
    this.#options.store.setMeta('heartbeats', [...this.#notes.values()]);
  }

  /** The next heartbeat keeps it; a state that cannot be written is told elsewhere. */
  #keepIfPossible(): void {
    try {
      this.#keep();
    } catch {
      // told by the next commit
    }
  }
}
