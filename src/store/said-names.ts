import type { OwnLineName } from '../line/own-lines.js';
import { isOwnLineName } from '../line/own-lines.js';

/**
 * The counter `said NAME SUBJECT` counts lines of tayori that no rule took. It is committed with what it tells of, and
 * the next letter of each queue mentions its growth since the last one.
 */
export type SaidName = `said ${OwnLineName} ${string}`;

/** The counter `told COUNTER`: how much of another counter stands in queues as lines of tayori, so that no note tells it. */
export type ToldName = `told ${string}`;

const SAID = 'said ';
const TOLD = 'told ';

/** Counters are never deleted: of further subjects only the kind is counted. */
const MAX_SAID = 50;

/** In place of further subjects. */
const OTHERS = '*';

/** The names of the counters of lines that no rule took, with a limit. `known`: those of the state. */
export class SaidNames {
  readonly #known: Set<string>;

  constructor(known: Iterable<string>) {
    this.#known = new Set([...known].filter((name) => name.startsWith(SAID)));
  }

  nameOf(line: OwnLineName, subject: string): SaidName {
    const name: SaidName = `${SAID}${line} ${subject}`;
    if (!this.#known.has(name) && this.#known.size >= MAX_SAID) return `${SAID}${line} ${OTHERS}`;
    this.#known.add(name);
    return name;
  }
}

/** The line that a counter counts; null for other counters. */
export function saidOf(counter: string): { readonly name: OwnLineName; readonly subject: string } | null {
  const [, name = '', subject = ''] = /^said (\S+) (.*)$/s.exec(counter) ?? [];
  return isOwnLineName(name) ? { name, subject } : null;
}

export function toldName(counter: string): ToldName {
  return `${TOLD}${counter}`;
}

export function isToldName(counter: string): boolean {
  return counter.startsWith(TOLD);
}

/** How much of a counter no line of tayori has told. */
export function untold(counters: ReadonlyMap<string, number>, counter: string): number {
  return Math.max(0, (counters.get(counter) ?? 0) - (counters.get(toldName(counter)) ?? 0));
}
