import type { Config } from '../../config/config.js';
import { parentOf } from '../../config/sections.js';
import type { Schedule } from '../../queue/schedule.js';
import { scheduled } from '../../schedule/scheduled.js';

interface OpenLetter {
  readonly schedule: Schedule;
  /** When the letter that is being filled is due (ms). */
  due: number;
  letters: number;
}

/** Counts the letters that schedules would make, by the times of lines. What goes at once counts a letter for each page. */
export class LetterCounts {
  readonly #letters = new Map<string, OpenLetter>();
  /** By queue: that in whose letters it stands. */
  readonly #parents = new Map<string, string>();

  constructor(config: Config) {
    for (const { name, schedule, sections } of scheduled(config)) {
      this.#letters.set(name, { schedule, due: Number.NEGATIVE_INFINITY, letters: 0 });
      for (const queue of [name, ...sections]) this.#parents.set(queue, parentOf(queue, config) ?? name);
    }
  }

  /** Whether what comes to a queue is a page. */
  isNow(queue: string): boolean {
    return this.#letterOf(queue)?.schedule.kind === 'now';
  }

  /** A line has come to a queue. `at`: ms. */
  add(queue: string, at: number, pages: boolean): void {
    const letter = this.#letterOf(queue);
    if (!letter) return;
    if (letter.schedule.kind === 'now') letter.letters += pages ? 1 : 0;
    else if (at >= letter.due) {
      letter.letters += 1;
      letter.due = (Number.isFinite(at) ? letter.schedule.next(at) : null) ?? Number.POSITIVE_INFINITY;
    }
  }

  /** Letters of a queue; 0 for a section. */
  of(queue: string): number {
    return this.#letters.get(queue)?.letters ?? 0;
  }

  #letterOf(queue: string): OpenLetter | undefined {
    return this.#letters.get(this.#parents.get(queue) ?? queue);
  }
}
