import { describeDuration } from '../../base/time/duration.js';
import type { GatePlan } from '../../queue/timed/gate-plan.js';
import { keyInWords, keyOf } from '../../queue/timed/key-of.js';
import type { GateHit, Passage, QueueGates } from '../../queue/timed/queue-gates.js';
import type { TimedKeys } from '../../queue/timed/timed-keys.js';

/** What a line would meet now on its way to a queue. `keys`: a copy of what is remembered, which changes. */
export interface GateTrial {
  readonly gates: QueueGates;
  readonly keys: TimedKeys;
  /** ms */
  readonly now: number;
}

/** What stands between the rules and a queue, and what it would do with this line; empty: nothing. */
export function describeGates(queue: string, hit: GateHit, { gates, keys, now }: GateTrial): string[] {
  const plan = gates.planOf(queue);
  if (!plan) return [];
  const passage = gates.take(plan, hit, now);
  return [
    ...plan.follows.map(
      ({ space, span, by }) =>
        `set follows: ${otherOf(space)} must have had a message of ${key(by, hit)} within ${describeDuration(span)}`,
    ),
    ...(plan.window ? [describeWindow(plan, plan.window, passage, hit, keys)] : []),
    ...(plan.throttle
      ? [
          `set throttle: a page for ${key(plan.throttle.by, hit)} at most every ${describeDuration(plan.throttle.span)}`,
        ]
      : []),
    ...plan.mutedBy.map(
      ({ space, span, by }) =>
        `set mutes: no page within ${describeDuration(span)} of a message of ${otherOf(space)} of ${key(by, hit)}`,
    ),
    ...(plan.ofFleet ? ['fleet: what other machines have counted is not looked at here'] : []),
    ...(plan.gather === null ? [] : [`set gather: a page waits ${describeDuration(plan.gather)}`]),
    outcomeOf(passage),
  ];
}

function describeWindow(
  { queue }: GatePlan,
  { count, span, by, space }: NonNullable<GatePlan['window']>,
  passage: Passage,
  hit: GateHit,
  keys: TimedKeys,
): string {
  const counted = keys.get(space, keyOf(by, hit.groups, hit.host))?.times.length ?? 0;
  const isFull = passage.kind === 'passes';
  const what = `set window: of ${key(by, hit)}, ${queue} gets every ${count}${ordinal(count)} line within ${describeDuration(span)}`;
  if (isFull) return `${what}; this one fills it`;
  return passage.why === 'counted' ? `${what}; this is number ${counted}` : what;
}

/** What becomes of the line. */
function outcomeOf(passage: Passage): string {
  if (passage.kind === 'passes')
    return passage.pages
      ? '-> it gets the line'
      : '-> it gets the line, but no page of its own: it goes with the next one';
  return `-> it does not get the line: ${STOPPED[passage.why]}`;
}

const STOPPED: Readonly<Record<Extract<Passage, { kind: 'stopped' }>['why'], string>> = {
  exempt: 'a group has a value of set exempt',
  late: 'it is older than its window',
  counted: 'the window is not full',
  alone: 'what it must follow has not come',
};

function key(by: readonly string[], { groups, host }: GateHit): string {
  const words = keyInWords(by, groups);
  return words === '' ? `host ${host}` : words;
}

/** `hits OTHER GROUPS` */
function otherOf(space: string): string {
  return space.split(' ')[1] ?? '';
}

function ordinal(count: number): string {
  const teens = count % 100 > 10 && count % 100 < 14;
  return teens ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
}
