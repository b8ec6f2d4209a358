import { escapeControl } from '../base/text/escape.js';
import type { Loss } from '../source/loss.js';

/**
 * The counter `lost KIND PATH` counts losses of a log. It is committed with the positions after the lost lines, and the next
 * letter of each queue mentions its growth since the last one.
 */
export type LossName = `lost ${Loss['kind']} ${string}`;

const PREFIX = 'lost ';

/** Counters are never deleted: for further logs only the kind of the loss is counted. */
const MAX_NAMES = 50;

/** How much of a path is kept (characters): its end says more. */
const MAX_PATH = 200;

/** In place of the path of further logs. */
export const OTHERS = '*';

/** The names of the counters of losses, with a limit. `known`: those of the state. */
export class LossNames {
  readonly #known: Set<string>;

  constructor(known: Iterable<string>) {
    this.#known = new Set([...known].filter((name) => name.startsWith(PREFIX)));
  }

  nameOf({ kind, path }: Loss): LossName {
    const name: LossName = `${PREFIX}${kind} ${shorten(escapeControl(path))}`;
    if (!this.#known.has(name) && this.#known.size >= MAX_NAMES) return `${PREFIX}${kind} ${OTHERS}`;
    this.#known.add(name);
    return name;
  }
}

/** The loss that a counter counts; null for other counters. */
export function lossOf(counter: string): Loss | null {
  const [, kind, path = ''] = /^lost (emptied|replaced|deleted|unreadable) (.*)$/s.exec(counter) ?? [];
  return kind === undefined ? null : { kind: kind as Loss['kind'], path };
}

function shorten(path: string): string {
  return path.length <= MAX_PATH ? path : `...${path.slice(3 - MAX_PATH)}`;
}
