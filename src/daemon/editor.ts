import { randomBytes } from 'node:crypto';
import type { Config, QueueConfig } from '../config/config.js';
import { buildLetter } from '../digest/build-letter.js';
import type { Letter } from '../digest/letter.js';
import { sealLetter } from '../digest/seal-letter.js';
import type { Edition, Store } from '../store/store.js';
import type { DaemonEvent } from './event.js';
import { letterFrame } from './letter-frame.js';

export interface EditorOptions {
  readonly config: Config;
  readonly store: Store;
  readonly origin: string;
  readonly version: string;
  onEvent(event: DaemonEvent): void;
}

/** Makes letters of closed editions and seals them into the outbox; one round at a time. */
export interface Editor {
  round(): Promise<void>;
}

/** A letter that cannot be made holds up no other; it stays closed and is tried at the next round. */
export function createEditor(options: EditorOptions): Editor {
  const { store, onEvent } = options;
  let running: Promise<void> | null = null;

  async function seal(edition: Edition): Promise<void> {
    const letter = letterOf(edition, options);
    if (!letter) return store.seal(edition.id, null);
    const id = `${edition.closed.toString(36)}.${edition.id}.${randomBytes(6).toString('hex')}`;
    store.seal(edition.id, await sealLetter(letter, { id, version: options.version }));
    onEvent({ kind: 'sealed', letter });
  }

  async function goRound(): Promise<void> {
    for (const edition of store.closedEditions()) {
      try {
        await seal(edition);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        onEvent({ kind: 'unsealed', queue: edition.queue, reason });
      }
    }
  }

  return {
    round() {
      running ??= goRound().finally(() => {
        running = null;
      });
      return running;
    },
  };
}

/** The letter of an edition as data. A queue that the config has dropped waits: it must not be lost. */
function letterOf(edition: Edition, { config, store, origin }: EditorOptions): Letter | null {
  const queue = config.queues.find(({ name }) => name === edition.queue);
  if (!queue) throw new Error('the config does not define the queue any more');
  const frame = letterFrame(config, queue, {
    status: queue.pager ? null : edition.status,
    made: edition.closed,
    since: queue.schedule.kind === 'now' ? null : edition.since,
    origin,
    notes: notesOf(edition, queue),
  });
  return buildLetter(store.rows(edition.id), frame);
}

/** What a reader must know to trust the letter. */
function notesOf({ counters }: Edition, { pager }: QueueConfig): string[] {
  const unprefixed = counters.get('unprefixed') ?? 0;
  if (pager || unprefixed === 0) return [];
  const lines = unprefixed === 1 ? '1 line had' : `${unprefixed} lines had`;
  return [`${lines} no known prefix and went to no queue; a queue named noprefix would show them`];
}
