import { type OverrunName, overrunName } from '../store/overrun-name.js';
import type { PlacedRegex } from './line-options.js';

/** Regexes that reached their match limit: counted each time, reported once each. */
export class OverrunReports {
  readonly #add: (counter: OverrunName, amount: number) => void;
  readonly #onOverrun: (regex: PlacedRegex) => void;
  readonly #reported = new Set<string>();

  constructor(add: (counter: OverrunName, amount: number) => void, onOverrun: (regex: PlacedRegex) => void) {
    this.#add = add;
    this.#onOverrun = onOverrun;
  }

  report({ place, pattern }: PlacedRegex): void {
    const name = overrunName(place, pattern.source);
    this.#add(name, 1);
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    this.#onOverrun({ place, pattern });
  }
}
