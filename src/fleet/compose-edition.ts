import { addCounts } from '../base/count.js';
import type { StormNote } from '../queue/fold.js';
import type { Edition, FrequentLines } from '../store/ports/editions.js';
import { mergeTexts } from '../values/frequent-texts.js';
import { ValueCounts } from '../values/space-saving.js';
import type { ContributionPart, LetterAsked, LetterContent } from './meeting-place.js';

/** The contributions of the nodes to a letter, which are to become one edition. */
export interface Composition {
  readonly asked: LetterAsked;
  readonly queue: string;
  readonly content: Pick<LetterContent, 'contributions' | 'mailed'>;
  /** By the clock of the meeting place (ms). */
  readonly now: number;
  readonly storm: StormNote | null;
  /** The id of a queue's edition on the desk. */
  idOf(queue: string): number;
}

type Part = Omit<ContributionPart, 'blocks'>;

/** The edition of a letter as if one node had counted all of it. */
export function composeEdition(composition: Composition): Edition {
  const { asked, queue, content, storm, idOf } = composition;
  const { contributions, mailed } = content;
  const parts = contributions.flatMap((one) => one.parts);
  const closed = closedAt(composition);
  const begun = contributions.filter(({ due }) => due === asked.due).flatMap((one) => one.parts);
  const since = mailed ?? earliest((begun.length > 0 ? begun : parts).map((one) => one.since)) ?? closed;
  const statuses = [...new Set(contributions.flatMap(({ status }) => status ?? []))];
  const common = { closed, status: statuses.length === 0 ? null : statuses.join(', ') };
  const editionOf = (name: string): Edition => ({
    id: idOf(name),
    queue: name,
    ...common,
    since: Math.min(since, closed),
    storm: name === queue ? storm : null,
    sections: [],
    ...merged(parts.filter((one) => one.queue === name)),
  });
  const sections = new Set(parts.map((one) => one.queue).filter((name) => name !== queue));
  return { ...editionOf(queue), sections: [...sections].map(editionOf) };
}

/** When the last node has closed its edition for this letter: between its due time and now, whatever clocks say. */
function closedAt({ asked: { due }, content, now }: Composition): number {
  const own = content.contributions.filter((one) => one.due === due).map(({ closed }) => closed);
  const latest = own.reduce((a, b) => Math.max(a, b), due ?? Number.NEGATIVE_INFINITY);
  return Number.isFinite(latest) ? Math.min(latest, now) : now;
}

function merged(parts: readonly Part[]): Pick<Edition, 'counters' | 'held' | 'untaken'> {
  return {
    counters: sumOf(parts.map(({ counters }) => counters)),
    held: earliest(parts.flatMap(({ held }) => held ?? [])),
    untaken: mergeLines(parts.map(({ untaken }) => untaken)),
  };
}

/** How long nobody watched: times of several nodes may be the same, so they are not added. */
const UNWATCHED = 'unwatched';

function sumOf(all: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const counters of all)
    for (const [name, amount] of counters) {
      const before = sums.get(name) ?? 0;
      sums.set(name, name === UNWATCHED ? Math.max(before, amount) : addCounts(before, amount));
    }
  return sums;
}

function mergeLines(all: readonly FrequentLines[]): FrequentLines {
  const counts = all.map(
    ({ lines }) => new ValueCounts(lines.map(({ value, count }) => counted(value, count))),
  );
  const together = counts.reduce<ValueCounts | null>(mergeTexts, null)?.summary();
  const isEstimate = all.some(({ about }) => about);
  return { lines: together?.top ?? [], about: isEstimate || (together?.about ?? false) };
}

function counted(value: string, count: number) {
  return { value, sure: count, error: 0 };
}

function earliest(times: readonly number[]): number | null {
  return times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
}
