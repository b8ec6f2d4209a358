import {
  addMentioned,
  type FoldSettings,
  fold,
  heldUntil,
  type Storm,
  type StormNote,
  stormNote,
  type Waiting,
} from '../queue/fold.js';

/** What is to be done with the contributions that wait for a page of a queue that folds. */
export type FleetStep =
  /** Until then (ms, by the clock of the meeting place), unless something new comes. */
  | { readonly kind: 'hold'; readonly until: number }
  | { readonly kind: 'letter'; readonly storm: Storm | null; readonly note: StormNote | null }
  /** The storm is over, and there is nothing to say of it. */
  | { readonly kind: 'over'; readonly storm: Storm };

export interface FoldQuestion {
  readonly storm: Storm | null;
  readonly waiting: Waiting;
  readonly now: number;
  readonly settings: FoldSettings;
  /** A signal has asked for what waits. */
  readonly isForced: boolean;
  /** How much later than at its time the next page goes (ms): nodes hand in what they hold when the time has come. */
  readonly grace: number;
}

/** When all that waits is snoozed, it is looked at again after this time (ms). */
const NOTHING_AWAKE = 15_000;

/** `fold` for a fleet: as `schedule/close-due.ts` has it for a node. */
export function foldStep(question: FoldQuestion): FleetStep {
  const { storm, waiting, now, settings, isForced } = question;
  if (isForced) return forced(storm, waiting, now);
  const step = fold(storm, waiting, now, settings);
  if (step.kind === 'hold')
    return { kind: 'hold', until: heldUntil(storm, now, settings) ?? now + NOTHING_AWAKE };
  if (storm && isTooSoon(storm, question)) return { kind: 'hold', until: storm.next + question.grace };
  const note = stormNote(step.kind, storm, step.storm, waiting);
  return step.kind === 'end' && note === null
    ? { kind: 'over', storm: step.storm }
    : { kind: 'letter', storm: step.storm, note };
}

/** The storm goes on, and counts what is mailed. */
function forced(storm: Storm | null, waiting: Waiting, now: number): FleetStep {
  if (!storm || storm.told === 0 || waiting.lines === 0) return { kind: 'letter', storm, note: null };
  const next = addMentioned(storm, waiting, now);
  return { kind: 'letter', storm: next, note: stormNote('page', storm, next, waiting) };
}

/** Only the time of the next page has come, and nodes may still bring what they hold. */
function isTooSoon(storm: Storm, { waiting, now, settings, grace }: FoldQuestion): boolean {
  if (storm.told === 0 || now < storm.next || now >= storm.next + grace) return false;
  return fold(storm, waiting, storm.next - 1, settings).kind === 'hold';
}
