import { describeDuration } from '../../base/time/duration.js';
import { Exemptions } from './exemptions.js';
import { answerHit, type GateAnswer, type GateQuestion } from './fleet-gate.js';
import { type GatePlan, type GatePlans, type KeySpace, spacesOf } from './gate-plan.js';
import { type GroupValues, keyInWords, keyOf } from './key-of.js';
import { isNear } from './throttle.js';
import type { TimedKeys } from './timed-keys.js';
import type { Fed, Hit } from './window.js';

/** A line on its way to a queue. */
export interface GateHit extends Hit {
  readonly groups: GroupValues;
}

/** The queue does not get it: an exempt value, a window that is not full, no hit that it could follow. */
type Stopped = { readonly kind: 'stopped'; readonly why: 'exempt' | 'late' | 'counted' | 'alone' };

/** What becomes of it. */
export type Passage =
  | Stopped
  /**
   * The queue gets it. `pages`: whether it makes the queue's letter due. `fed`: the hits that filled a window, and
   * `words`, which say so behind the message.
   */
  | { readonly kind: 'passes'; readonly pages: boolean; readonly fed: Fed | null; readonly words: string };

/** Hosts that the words about a window name. */
const MAX_NAMED_HOSTS = 3;

const EXEMPT: Stopped = { kind: 'stopped', why: 'exempt' };
const ALONE: Stopped = { kind: 'stopped', why: 'alone' };
const PASSES: Passage = { kind: 'passes', pages: true, fed: null, words: '' };
const QUIET: Passage = { kind: 'passes', pages: false, fed: null, words: '' };

/**
 * Stands between the rules and the queues that count in time. For each line: exemptions, then `follows`, then the window;
 * what passes is remembered for other queues, and then throttle and `mutes` say whether it is a page.
 */
export class QueueGates {
  readonly #plans: GatePlans;
  readonly #keys: TimedKeys;
  readonly #exemptions: Exemptions;

  constructor(plans: GatePlans, keys: TimedKeys) {
    this.#plans = plans;
    this.#keys = keys;
    this.#exemptions = new Exemptions(plans.exemptions);
    keys.keepOnly(spacesOf(plans));
  }

  planOf(queue: string): GatePlan | undefined {
    return this.#plans.queues.get(queue);
  }

  /** Takes one line. `now`: when it is read (ms). */
  take(plan: GatePlan, hit: GateHit, now: number): Passage {
    const asked = this.ask(plan, hit, now);
    if (asked.kind === 'stopped') return asked;
    return this.answered(plan, hit, asked.muted, answerHit(asked.question, this.#keys, now), now);
  }

  /** Stops a line, or says what is to be asked of the window and the throttle of its queue. */
  ask(
    plan: GatePlan,
    hit: GateHit,
    now: number,
  ): Stopped | { readonly kind: 'asks'; readonly question: GateQuestion; readonly muted: boolean } {
    if (plan.isTimed && this.#isExempt(hit.groups)) return EXEMPT;
    if (!plan.follows.every((near) => this.#isNear(near, hit, now))) return ALONE;
    const muted = plan.mutedBy.some((near) => this.#isNear(near, hit, now));
    const { time, host, count, groups } = hit;
    const keyed = <S extends KeySpace>(space: S): S & { readonly key: string } => ({
      ...space,
      key: keyOf(space.by, groups, host),
    });
    const window = plan.window && keyed(plan.window);
    const throttle = plan.throttle && !muted ? keyed(plan.throttle) : null;
    return { kind: 'asks', question: { time, host, count, window, throttle }, muted };
  }

  /** What becomes of a line after the answer. */
  answered(plan: GatePlan, hit: GateHit, muted: boolean, answer: GateAnswer, now: number): Passage {
    if (answer.kind === 'stopped') return answer;
    if (!this.#isExempt(hit.groups)) for (const space of plan.remembered) this.#remember(space, hit, now);
    const pages = answer.pages && !muted;
    const { fed } = answer;
    if (!fed || !plan.window) return pages ? PASSES : QUIET;
    const named = plan.namesKey ? keyInWords(plan.window.by, hit.groups) : '';
    return { kind: 'passes', pages, fed, words: describeFed(plan.window, named, fed, hit.host) };
  }

  #isExempt(groups: GroupValues): boolean {
    for (const group of this.#exemptions.groups) {
      const value = groups.get(group) ?? null;
      if (value !== null && this.#exemptions.has(group, value)) return true;
    }
    return false;
  }

  #isNear({ space, by, span }: KeySpace & { readonly span: number }, hit: GateHit, now: number): boolean {
    const last = this.#lastOf(space, keyOf(by, hit.groups, hit.host));
    return isNear(last, hit.time, span, now);
  }

  /** The latest hit of the key. */
  #remember({ space, by }: KeySpace, { time, groups, host }: GateHit, now: number): void {
    const key = keyOf(by, groups, host);
    const at = time === null ? now : Math.min(time, now);
    const last = Math.min(this.#lastOf(space, key) ?? at, now);
    this.#keys.set(space, key, { times: [Math.max(at, last)], hosts: [] });
  }

  #lastOf(space: string, key: string): number | null {
    return this.#keys.get(space, key)?.times[0] ?? null;
  }
}

/** ` (3 within 24 h: ip 192.0.2.1; also from web2)`. Times and counts stand in the row itself. */
function describeFed(
  { count, span, words }: { readonly count: number; readonly span: number; readonly words: string },
  named: string,
  fed: Fed,
  host: string,
): string {
  const others = [...new Set(fed.hosts)].filter((one) => one !== host);
  const more = others.length - MAX_NAMED_HOSTS;
  const shown = others.slice(0, MAX_NAMED_HOSTS).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const key = named === '' ? words : named;
  const tail = [key === '' ? '' : `: ${key}`, others.length === 0 ? '' : `; also from ${shown}`].join('');
  return ` (${count} within ${describeDuration(span)}${tail})`;
}
