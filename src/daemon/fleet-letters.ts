import type { Clock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import type { DeskLetter, MadeOnDesk, MakeLetter } from '../fleet/desk-letter.js';
import { createHostNames } from '../letter/build/host-names.js';
import { wordsOf } from '../letter/words/words-of.js';
import type { FleetMark } from '../mail/fleet-mark.js';
import type { PublishEvent } from '../publish/event.js';
import { Publisher, type PublisherOptions } from '../publish/publisher.js';
import type { HeldQueues } from '../store/held-queues.js';
import type { Editions } from '../store/ports/editions.js';

export interface FleetLettersOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** This host, for headers and Message-IDs. */
  readonly origin: string;
  readonly version: string;
  /** By which letters of the fleet are known; null, or left out: not known yet. */
  mark?(): FleetMark | null;
  /** In the state of this node. */
  readonly held: HeldQueues;
  onEvent(event: PublishEvent): void;
}

/** Makes letters of the fleet by the ordinary publisher: what it seals goes to the meeting place. */
export function fleetLetters(options: FleetLettersOptions): MakeLetter {
  const { config, clock, onEvent } = options;
  const names = createHostNames(clock, (reason) => onEvent({ kind: 'unresolved', reason }));
  const { fleet } = wordsOf(config.language.value);
  return async (letter) => {
    if (letter.signal.aborted) return null;
    const captured = new Captured(onEvent);
    const mark = options.mark?.() ?? null;
    const publisher = new Publisher({
      ...options,
      fleet: mark?.mark ?? '',
      sign: mark ? (id, host) => mark.sign(id, host) : undefined,
      names,
      notesOn: () => letter.notes,
      most: letter.most,
      store: storeOf(letter, captured),
      followed: () => ({ sources: letter.watched.map(fleet.node), unread: [] }),
      onEvent: (event) => captured.hear(event),
      onSealed: () => {},
    });
    const close = (): void => void publisher.close();
    letter.signal.addEventListener('abort', close);
    try {
      await publisher.round();
      return captured.made;
    } finally {
      letter.signal.removeEventListener('abort', close);
    }
  };
}

/** What the publisher sees: one closed edition, and of this node nothing. Its notices are remarks of what it hands in. */
function storeOf({ edition, store, snoozes }: DeskLetter, captured: Captured): PublisherOptions['store'] {
  return {
    ...store,
    closedEditions: () => [edition],
    snoozes: () => [...snoozes],
    seal: (...given) => captured.seal(...given),
  };
}

/** What was sealed, until the meeting place has it. */
class Captured {
  readonly #onEvent: (event: PublishEvent) => void;
  readonly #later: PublishEvent[] = [];
  #made: MadeOnDesk | null = null;

  constructor(onEvent: (event: PublishEvent) => void) {
    this.#onEvent = onEvent;
  }

  get made(): MadeOnDesk | null {
    return this.#made;
  }

  hear(event: PublishEvent): void {
    if (event.kind === 'sealed') this.#later.push(event);
    else this.#onEvent(event);
  }

  readonly seal: Editions['seal'] = (_, sealed, __, entries = [], ___, snoozed = null) => {
    this.#made = {
      sealed,
      entries,
      snoozed,
      tell: () => {
        for (const event of this.#later) this.#onEvent(event);
      },
    };
  };
}
