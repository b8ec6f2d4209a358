import type { Exemption } from './exemptions.js';
import type { WindowSettings } from './window.js';

/** Where a directive remembers keys. `by`: the groups whose values are the key; none: the host is the key. */
export interface KeySpace {
  readonly space: string;
  readonly by: readonly string[];
}

/** `set follows` and `set mutes`: a hit of another queue, no further than `span` ms away. */
export interface NearHit extends KeySpace {
  readonly span: number;
}

/** What stands between the rules and a queue. */
export interface GatePlan {
  readonly queue: string;
  /** The queue counts in time: exempt lines do not reach it. */
  readonly isTimed: boolean;
  /** All must have had a hit. */
  readonly follows: readonly NearHit[];
  readonly window: (KeySpace & WindowSettings & { readonly words: string }) | null;
  readonly throttle: NearHit | null;
  /** Window and throttle count across the nodes of a fleet. */
  readonly ofFleet: boolean;
  /** Any of them mutes. */
  readonly mutedBy: readonly NearHit[];
  /** How long the first page waits (ms). */
  readonly gather: number | null;
  /** Where what reaches the queue is remembered, for the `follows` and `mutes` of others. */
  readonly remembered: readonly KeySpace[];
  /** Whether messages may name the values of the key. */
  readonly namesKey: boolean;
  /** The program that runs for each hit; null: none. */
  readonly program: PlannedProgram | null;
}

/** `groups`: the named groups whose values its arguments have; `only`: the queue has no letters. */
export interface PlannedProgram {
  readonly groups: readonly string[];
  readonly only: boolean;
}

/** The plans of all queues that have one. */
export interface GatePlans {
  readonly queues: ReadonlyMap<string, GatePlan>;
  readonly exemptions: readonly Exemption[];
}

/** The spaces of all plans. */
export function spacesOf({ queues }: GatePlans): Set<string> {
  const spaces = [...queues.values()].flatMap(({ follows, window, throttle, mutedBy, remembered }) => [
    ...follows,
    ...(window ? [window] : []),
    ...(throttle ? [throttle] : []),
    ...mutedBy,
    ...remembered,
  ]);
  return new Set(spaces.map(({ space }) => space));
}

/** The named groups whose values the plans need. */
export function groupsOf({ queues, exemptions }: GatePlans): string[] {
  const by = [...queues.values()].flatMap(({ follows, window, throttle, mutedBy, remembered }) =>
    [
      ...follows,
      ...mutedBy,
      ...remembered,
      ...(window ? [window] : []),
      ...(throttle ? [throttle] : []),
    ].flatMap((space) => space.by),
  );
  const given = [...queues.values()].flatMap(({ program }) => program?.groups ?? []);
  return [...new Set([...by, ...given, ...exemptions.map(({ group }) => group)])].sort();
}

/** Whether pages of a queue may wait: only then its edition says from when on it is due. */
export function pagesWait({ throttle, mutedBy, gather }: GatePlan): boolean {
  return throttle !== null || mutedBy.length > 0 || gather !== null;
}

/** When a page is due that no line has made due: it goes with the next one. The furthest time that a Date holds (ms). */
export const WITH_THE_NEXT = 8.64e15;
