import type { Clock } from '../base/time/clock.js';
import { describeDuration } from '../base/time/duration.js';
import { ServiceManager, type ServiceManagerOptions } from './service-manager.js';
import { Watchdog } from './watchdog.js';

export interface SupervisionOptions {
  readonly manager: ServiceManagerOptions;
  readonly clock: Pick<Clock, 'after'>;
  /** ms, of a clock that nobody sets; unset: that of the system. */
  readonly monotonic?: () => number;
  /** One line for an administrator. */
  report(text: string): void;
}

/** Keep-alives within the watchdog timeout: two may be lost. */
const KEEP_ALIVES = 3;

/**
 * Notifies the service manager when the daemon is ready, reads its config again, and ends; and, if the unit has a
 * watchdog, sends keep-alives while the daemon works. It works if the event loop turns, the state can be read, and
 * polls of the logs end, or commit what they read. So a daemon is restarted whose state folder was removed, which
 * only the service manager can create again, but not one whose disk is full: that waits for room, and reports it.
 */
export class Supervision {
  readonly #options: SupervisionOptions;
  readonly #manager: ServiceManager;
  #watchdog: Watchdog | null = null;
  #describe: () => string = () => '';

  constructor(options: SupervisionOptions) {
    this.#options = options;
    this.#manager = new ServiceManager(options.manager, (reason) =>
      options.report(`cannot notify the service manager: ${reason}`),
    );
  }

  /**
   * The daemon works, or works again. `describe`: the status in one line, used here and at each keep-alive. It reads
   * the state, and throws when that cannot be read.
   */
  ready(describe: () => string): void {
    this.#describe = describe;
    this.#manager.ready(this.#status() ?? '');
    this.#watchdog ??= this.#watch();
  }

  reloading(): void {
    this.#manager.reloading();
  }

  stopping(): void {
    this.#manager.stopping();
  }

  /** A poll has ended and the next one begins in `rest` ms, or (0) what a poll has read so far is committed. */
  progressed(rest: number): void {
    this.#watchdog?.progressed(rest);
  }

  async end(): Promise<void> {
    this.#watchdog?.stop();
    await this.#manager.sent();
  }

  #watch(): Watchdog | null {
    const { clock, monotonic = () => performance.now(), report } = this.#options;
    const { patience } = this.#manager;
    if (patience === null) return null;
    return new Watchdog({
      clock,
      monotonic,
      interval: patience / KEEP_ALIVES,
      onAlive: () => this.#sendKeepAlive(),
      onStalled: (silence) =>
        report(
          `no poll of the logs has ended for ${describeDuration(silence)}; the service manager will restart tayori`,
        ),
    });
  }

  #sendKeepAlive(): void {
    const status = this.#status();
    if (status !== null) this.#manager.alive(status);
  }

  /** null: the state cannot be read, which the daemon itself reports. */
  #status(): string | null {
    try {
      return this.#describe();
    } catch {
      return null;
    }
  }
}
