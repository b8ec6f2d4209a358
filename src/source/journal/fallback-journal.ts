import { constants } from 'node:fs';
import { mayAccess } from '../../base/may-access.js';
import { expandGlob } from '../file/expand-glob.js';
import type { Receiver, ReceiverState } from '../push/receiver.js';
import { type JournalOptions, openJournal } from './journal.js';
import { FROM_NOW } from './writer-reader.js';

/** Of `journal_fallback`. */
export interface FallbackOptions extends JournalOptions {
  /** Paths and globs of logs. */
  readonly logs: readonly string[];
}

/**
 * This machine's journal, read as long as none of the logs can be: where one can, what stands in it would be counted
 * twice. From then on it stays unread, since a rotation takes logs away for a moment, and its position is "from now on"
 * for a start without any log.
 */
export function openFallbackJournal(options: FallbackOptions): Receiver {
  return new FallbackJournal(options);
}

class FallbackJournal implements Receiver {
  readonly #options: FallbackOptions;
  readonly #name: string;
  #journal: Receiver | null = null;
  #isIdle = false;

  constructor(options: FallbackOptions) {
    this.#options = options;
    this.#name = openJournal(options).state().name;
  }

  async poll(): Promise<void> {
    if (this.#isIdle) return;
    if (this.#options.logs.some((log) => expandGlob(log).some((file) => mayAccess(file, constants.R_OK))))
      return await this.#rest();
    this.#journal ??= openJournal(this.#options);
    await this.#journal.poll();
  }

  state(): ReceiverState {
    if (this.#isIdle) return { name: this.#name, status: 'not read, as a log can be' };
    return this.#journal?.state() ?? { name: this.#name, status: 'not open yet' };
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }

  async #rest(): Promise<void> {
    const { onEvent, remembered, take } = this.#options;
    if (this.#journal) onEvent({ kind: 'journal-idle', name: this.#name });
    await this.#journal?.close();
    this.#journal = null;
    this.#isIdle = true;
    const position = remembered(this.#name);
    if (position !== null && position !== 'later' && position !== FROM_NOW)
      take({ entries: [], source: this.#name, id: FROM_NOW, gap: null });
  }
}
