import { escapeControl } from '../base/text/escape.js';
import type { Loss } from '../source/loss.js';

/**
 * Lines of a log that are lost are counted under `lost KIND PATH`, so that they are committed with the positions that
 * passed them over, and each queue's next letter tells what has come to it since its last one.
 */
export type LossName = `lost ${Loss['kind']} ${string}`;

const PREFIX = 'lost ';

/** Counters stay for good: of more logs than these only the kind of the loss is counted. */
const MAX_NAMES = 50;

/** So much of a path is kept (characters): its end tells more. */
const MAX_PATH = 200;

/** Stands for the logs beyond. */
export const OTHERS = '*';

/** The names of the counters of losses, which must not be too many. `known`: those that the state has. */
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

/** What a counter counts, when it is one of losses; else null. */
export function lossOf(counter: string): Loss | null {
  const [, kind, path = ''] =
    /^lost (emptied|replaced|deleted|unreadable|vacuumed) (.*)$/s.exec(counter) ?? [];
  return kind === undefined ? null : { kind: kind as Loss['kind'], path };
}

function shorten(path: string): string {
  return path.length <= MAX_PATH ? path : `...${path.slice(3 - MAX_PATH)}`;
}
