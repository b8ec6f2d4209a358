import { throttle } from './throttle.js';
import { addToWindow, type Fed, type Hit, type Hits, type WindowSettings } from './window.js';

/** A key of a directive that counts in time. `space`: which directive; see `keyOf`. */
interface AskedKey {
  readonly space: string;
  readonly key: string;
}

/** What a hit asks of the window and the throttle of its queue; null: there is none, or it is muted. */
export interface GateQuestion extends Hit {
  readonly window: (AskedKey & WindowSettings) | null;
  readonly throttle: (AskedKey & { readonly span: number }) | null;
}

/** What they say. `pages`: whether the throttle lets it be a page; `fed`: the hits that filled a window. */
export type GateAnswer =
  | { readonly kind: 'stopped'; readonly why: 'late' | 'counted' }
  | { readonly kind: 'passes'; readonly pages: boolean; readonly fed: Fed | null };

/** What is remembered of keys. */
export interface KeyMemory {
  get(space: string, key: string): Hits | null;
  set(space: string, key: string, hits: Hits): void;
  delete(space: string, key: string): void;
}

/** Counts one hit: first in its window, and what passes in its throttle. `now`: the time of whoever counts (ms). */
export function answerHit(question: GateQuestion, keys: KeyMemory, now: number): GateAnswer {
  const fed = question.window ? countInWindow(question, question.window, keys, now) : null;
  if (fed === 'late' || fed === 'counted') return { kind: 'stopped', why: fed };
  const pages = question.throttle === null || countInThrottle(question, question.throttle, keys, now);
  return { kind: 'passes', pages, fed };
}

function countInWindow(
  hit: Hit,
  window: NonNullable<GateQuestion['window']>,
  keys: KeyMemory,
  now: number,
): Fed | 'late' | 'counted' {
  const { space, key } = window;
  const step = addToWindow(keys.get(space, key), hit, window, now);
  if (step.kind === 'late') return 'late';
  const left = step.kind === 'counted' ? step.hits : step.left;
  if (left) keys.set(space, key, left);
  else keys.delete(space, key);
  return step.kind === 'counted' ? 'counted' : step.fed;
}

function countInThrottle(
  { time }: Hit,
  { space, key, span }: NonNullable<GateQuestion['throttle']>,
  keys: KeyMemory,
  now: number,
): boolean {
  const last = keys.get(space, key)?.times[0] ?? null;
  const { passes, since } = throttle(last, time, span, now);
  keys.set(space, key, { times: [since], hosts: [] });
  return passes;
}
