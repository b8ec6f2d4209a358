/** Hits of a key, in the order in which they were read: when each was written (ms), and on which host. */
export interface Hits {
  readonly times: readonly number[];
  readonly hosts: readonly string[];
}

/** `set window`: so many hits of a key within `span` ms. */
export interface WindowSettings {
  readonly count: number;
  readonly span: number;
}

/** One more hit. `time`: when its line was written, null if it does not say; `count`: more than 1 for repeats. */
export interface Hit {
  readonly time: number | null;
  readonly host: string;
  readonly count: number;
}

/** The hits that filled a window, or several windows at once. */
export interface Fed extends Hits {
  /** How often the last hit came: `times` and `hosts` name it once. */
  readonly repeats: number;
}

export type WindowStep =
  /** The line is older than the whole window: it does not count. */
  | { readonly kind: 'late' }
  | { readonly kind: 'counted'; readonly hits: Hits }
  /** The window was filled `reached` times. `left`: what repeats left over begins the next one; null: nothing. */
  | { readonly kind: 'reached'; readonly reached: number; readonly fed: Fed; readonly left: Hits | null };

/**
 * Counts one more hit of a key (`hits`: those before it; null: none). The window ends at the latest hit and reaches back
 * for `span`, both ends included. A hit from before it is late; hits that leave it are forgotten. Nothing can be from the
 * future: what lies ahead of the clock counts as of now, so that neither a wrong stamp nor a clock that is set back
 * disables a key.
 */
export function addToWindow(
  hits: Hits | null,
  hit: Hit,
  { count, span }: WindowSettings,
  now: number,
): WindowStep {
  const time = believed(hit.time, now);
  const before = hits ?? NO_HITS;
  let latest = time;
  for (const one of before.times) latest = Math.max(latest, Math.min(one, now));
  if (time < latest - span) return { kind: 'late' };
  const times: number[] = [];
  const hosts: string[] = [];
  for (const [at, one] of before.times.entries()) {
    if (Math.min(one, now) < latest - span) continue;
    times.push(Math.min(one, now));
    hosts.push(before.hosts[at] ?? '');
  }
  // Only where a reload has made the window smaller are there as many already.
  const many = Math.max(0, times.length - (count - 1));
  times.splice(0, many);
  hosts.splice(0, many);
  const total = times.length + hit.count;
  if (total < count) return { kind: 'counted', hits: repeated({ times, hosts }, time, hit.host, hit.count) };
  const rest = total % count;
  return {
    kind: 'reached',
    reached: Math.floor(total / count),
    fed: { times: [...times, time], hosts: [...hosts, hit.host], repeats: hit.count - rest },
    left: rest === 0 ? null : repeated(NO_HITS, time, hit.host, rest),
  };
}

/** The time of a line as windows count it: that of reading where the line names none, or one that is yet to come. */
export function believed(time: number | null, now: number): number {
  return time === null ? now : Math.min(time, now);
}

const NO_HITS: Hits = { times: [], hosts: [] };

function repeated({ times, hosts }: Hits, time: number, host: string, count: number): Hits {
  return {
    times: [...times, ...Array<number>(count).fill(time)],
    hosts: [...hosts, ...Array<string>(count).fill(host)],
  };
}
