/** A line on its way to queue a or b. `time`: null: it has none; `read`: when it was read (ms). */
export interface PlainHit {
  readonly queue: 'a' | 'b';
  readonly key: string;
  readonly time: number | null;
  readonly read: number;
  readonly count: number;
}

/** a has a window and a throttle; b follows a, and is muted by it. Times in ms. */
export interface PlainSettings {
  readonly count: number;
  readonly span: number;
  readonly throttle: number;
  readonly follows: number;
  readonly mutes: number;
}

/** Whether the queue gets a message, whether it is a page, and how many hits fed it, from when to when. */
export interface PlainOutcome {
  readonly passes: boolean;
  readonly pages: boolean;
  readonly fed: { readonly count: number; readonly first: number; readonly last: number } | null;
}

/**
 * The plain meaning of the directives: every hit is kept, and for each line everything is counted anew from the first
 * line on. It knows nothing of memory, restarts or room.
 */
export function plainOutcomes(hits: readonly PlainHit[], settings: PlainSettings): PlainOutcome[] {
  return hits.map((hit, at) => {
    const upTo = hits.slice(0, at + 1).filter(({ key }) => key === hit.key);
    const filled = windowsFilled(
      upTo.filter(({ queue }) => queue === 'a'),
      settings,
    );
    if (hit.queue === 'b') {
      const last = lastMessage(filled.map(({ by }) => by));
      const isNear = (span: number): boolean =>
        last !== null && Math.abs(timeOf(hit) - Math.min(last, hit.read)) <= span;
      const passes = isNear(settings.follows);
      return { passes, pages: passes && !isNear(settings.mutes), fed: null };
    }
    const mine = filled.at(-1);
    if (mine?.by !== hit) return { passes: false, pages: false, fed: null };
    const fed = { count: mine.times.length, first: Math.min(...mine.times), last: Math.max(...mine.times) };
    const pages = isPage(
      filled.map(({ by }) => by),
      settings.throttle,
    );
    return { passes: true, pages, fed };
  });
}

/** Nothing is from the future. */
function timeOf({ time, read }: PlainHit): number {
  return time === null ? read : Math.min(time, read);
}

interface Filled {
  readonly by: PlainHit;
  readonly times: readonly number[];
}

interface Kept {
  time: number;
  counts: boolean;
}

/** Which hits of a key fill windows; each repeat is a hit by itself. */
function windowsFilled(hits: readonly PlainHit[], { count, span }: PlainSettings): Filled[] {
  const all: Kept[] = [];
  const filled: Filled[] = [];
  for (const hit of hits) {
    const counting = all.filter(({ counts }) => counts);
    const latest = Math.max(timeOf(hit), ...counting.map(({ time }) => Math.min(time, hit.read)));
    if (timeOf(hit) < latest - span) continue;
    for (const one of counting) {
      one.time = Math.min(one.time, hit.read);
      one.counts = one.time >= latest - span;
    }
    const times: number[] = [];
    for (let repeat = 0; repeat < hit.count; repeat++) {
      all.push({ time: timeOf(hit), counts: true });
      const within = all.filter(({ counts }) => counts);
      if (within.length < count) continue;
      times.push(...within.map(({ time }) => time));
      for (const one of within) one.counts = false;
    }
    if (times.length > 0) filled.push({ by: hit, times });
  }
  return filled;
}

/** The latest of these messages, as it was known when the last of them came. */
function lastMessage(hits: readonly PlainHit[]): number | null {
  let last: number | null = null;
  for (const hit of hits)
    last = last === null ? timeOf(hit) : Math.max(timeOf(hit), Math.min(last, hit.read));
  return last;
}

/** Whether the last of these messages is a page. */
function isPage(hits: readonly PlainHit[], throttle: number): boolean {
  let paged: number | null = null;
  let is = false;
  for (const hit of hits) {
    if (paged !== null) paged = Math.min(paged, hit.read);
    is = paged === null || timeOf(hit) >= paged + throttle;
    if (is) paged = timeOf(hit);
  }
  return is;
}
