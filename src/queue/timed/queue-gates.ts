import { describeDuration } from '../../base/time/duration.js';
import { Exemptions } from './exemptions.js';
import { type GatePlan, type GatePlans, type KeySpace, spacesOf } from './gate-plan.js';
import { type GroupValues, keyInWords, keyOf } from './key-of.js';
import { isNear, throttle } from './throttle.js';
import type { TimedKeys } from './timed-keys.js';
import { addToWindow, type Fed, type Hit } from './window.js';

/** A line on its way to a queue. */
export interface GateHit extends Hit {
  readonly groups: GroupValues;
}

/** What becomes of it. */
export type Passage =
  /** The queue does not get it: an exempt value, a window that is not full, no hit that it could follow. */
  | { readonly kind: 'stopped'; readonly why: 'exempt' | 'late' | 'counted' | 'alone' }
  /**
   * The queue gets it. `pages`: whether it makes the queue's letter due. `fed`: the hits that filled a window, and
   * `words`, which say so behind the message.
   */
  | { readonly kind: 'passes'; readonly pages: boolean; readonly fed: Fed | null; readonly words: string };

/** Hosts that the words about a window name. */
const MAX_NAMED_HOSTS = 3;

const EXEMPT: Passage = { kind: 'stopped', why: 'exempt' };
const ALONE: Passage = { kind: 'stopped', why: 'alone' };
const LATE: Passage = { kind: 'stopped', why: 'late' };
const COUNTED: Passage = { kind: 'stopped', why: 'counted' };
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
    if (plan.isTimed && this.#isExempt(hit.groups)) return EXEMPT;
    if (!plan.follows.every((near) => this.#isNear(near, hit, now))) return ALONE;
    const step = plan.window ? this.#addToWindow(plan, plan.window, hit, now) : PASSES;
    if (step.kind === 'stopped') return step;
    const pages = this.#pages(plan, hit, now);
    if (!this.#isExempt(hit.groups)) for (const space of plan.remembered) this.#remember(space, hit, now);
    if (pages) return step;
    return step === PASSES ? QUIET : { ...step, pages };
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

  #addToWindow(plan: GatePlan, window: NonNullable<GatePlan['window']>, hit: GateHit, now: number): Passage {
    const key = keyOf(window.by, hit.groups, hit.host);
    const step = addToWindow(this.#keys.get(window.space, key), hit, window, now);
    if (step.kind === 'late') return LATE;
    const left = step.kind === 'counted' ? step.hits : step.left;
    if (left) this.#keys.set(window.space, key, left);
    else this.#keys.delete(window.space, key);
    if (step.kind === 'counted') return COUNTED;
    const named = plan.namesKey ? keyInWords(window.by, hit.groups) : '';
    const { fed } = step;
    return { kind: 'passes', pages: true, fed, words: describeFed(window, named, fed, hit.host) };
  }

  /** Whether throttle and `mutes` let it be a page. */
  #pages(plan: GatePlan, hit: GateHit, now: number): boolean {
    const muted = plan.mutedBy.some((near) => this.#isNear(near, hit, now));
    if (muted || !plan.throttle) return !muted;
    const { space, by, span } = plan.throttle;
    const key = keyOf(by, hit.groups, hit.host);
    const { passes, since } = throttle(this.#lastOf(space, key), hit.time, span, now);
    this.#keys.set(space, key, { times: [since], hosts: [] });
    return passes;
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
