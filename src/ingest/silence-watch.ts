import { describeDuration } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import { mailedQueues } from '../config/sections.js';
import type { Entry } from '../line/entry.js';
import { asSubject, type OwnLine } from '../line/own-lines.js';
import type { Verdict } from '../rule/verdict.js';
import { matchesLog } from '../source/file/expand-glob.js';
import type { Silence } from '../store/ports/checkpoints.js';

/** A longer step between two looks (ms) is one in which nobody watched: a stop, a suspended machine, a clock that was set. */
const MAX_STEP = 5 * 60_000;

/** The state is written when so much more silence has passed (ms); a kill forgets as much. */
const GRAIN = 60_000;

/** Logs of globs that are watched; globs find new ones for ever. */
const MAX_WATCHED_LOGS = 20_000;

interface Watched extends Silence {
  /** ms of silence that are too much. */
  readonly time: number;
}

type Kind = 'log' | 'host' | 'queue';

/**
 * Watches what `set expect` names. It counts how long each has been silent while tayori watched, instead of asking the
 * clock when it was heard: so neither a stop nor a clock that jumps makes anything silent.
 */
export class SilenceWatch {
  readonly #expects: Config['expects'];
  readonly #maxStep: number;
  readonly #fixed = new Map<string, number>();
  readonly #heard = new Set<string>();
  #watched = new Map<string, Watched>();
  /** What the state holds. */
  #kept: Map<string, Silence>;
  #looked: number | null = null;

  /** `kept`: from the state. */
  constructor(
    { expects, queues, sections, sleep }: Pick<Config, 'expects' | 'queues' | 'sections' | 'sleep'>,
    kept: readonly Silence[],
  ) {
    this.#expects = expects;
    this.#maxStep = Math.max(MAX_STEP, 2000 * sleep.value);
    this.#kept = new Map(kept.map((one) => [one.key, one]));
    const names = new Set(mailedQueues({ queues, sections }));
    for (const { value } of expects)
      if (value.of.kind === 'named')
        this.#fixed.set(keyOf(names.has(value.of.name) ? 'queue' : 'host', value.of.name), value.time);
  }

  /** Whether anything is watched, or was. */
  get isIdle(): boolean {
    return this.#expects.length === 0 && this.#kept.size === 0;
  }

  get watchesNames(): boolean {
    return this.#fixed.size > 0;
  }

  hearLog(path: string): void {
    if (this.#expects.length > 0) this.#heard.add(keyOf('log', path));
  }

  hear(kind: Exclude<Kind, 'log'>, name: string): void {
    const key = keyOf(kind, name);
    if (this.#fixed.has(key)) this.#heard.add(key);
  }

  /** Looks at all: what is to be said of it. `now` in ms, `logs`: those that are followed now. */
  look(now: number, logs: () => readonly string[]): readonly OwnLine[] {
    if (this.isIdle) return [];
    const passed = this.#looked === null ? 0 : now - this.#looked;
    const step = passed > 0 && passed <= this.#maxStep ? passed : 0;
    this.#looked = now;
    const said: OwnLine[] = [];
    const watched = new Map<string, Watched>();
    for (const [key, time] of this.#wanted(logs)) {
      const before = this.#watched.get(key) ?? this.#kept.get(key) ?? { key, quiet: 0, silent: false };
      const after = this.#after({ ...before, time }, step);
      watched.set(key, after);
      if (after.silent !== before.silent) said.push(lineOf(before, after));
    }
    this.#watched = watched;
    this.#heard.clear();
    return said;
  }

  /** For the state; null: it need not be written. */
  changes(): readonly Silence[] | null {
    const now = [...this.#watched.values()];
    const isKept = (one: Silence): boolean => {
      const kept = this.#kept.get(one.key);
      return kept?.silent === one.silent && Math.abs(one.quiet - kept.quiet) < GRAIN;
    };
    if (this.#looked === null || (now.length === this.#kept.size && now.every(isKept))) return null;
    return now.map(({ key, quiet, silent }) => ({ key, quiet, silent }));
  }

  /** What `changes` gave is in the state. */
  onCommitted(changes: readonly Silence[] | null): void {
    if (changes) this.#kept = new Map(changes.map((one) => [one.key, one]));
  }

  /** A commit has failed: what was said since is to be said again, and lines are read again. */
  revert(): void {
    this.#watched = new Map();
    this.#heard.clear();
  }

  #after(one: Watched, step: number): Watched {
    if (this.#heard.has(one.key)) return { ...one, quiet: 0, silent: false };
    const quiet = one.quiet + step;
    return { ...one, quiet, silent: one.silent || quiet >= one.time };
  }

  #wanted(logs: () => readonly string[]): Map<string, number> {
    const wanted = new Map(this.#fixed);
    const globs = this.#expects.flatMap(({ value: { of, time } }) =>
      of.kind === 'logs' ? [{ glob: of.glob, time }] : [],
    );
    if (globs.length === 0) return wanted;
    for (const path of logs()) {
      const row = globs.find(({ glob }) => matchesLog(glob, path));
      if (row && wanted.size < MAX_WATCHED_LOGS) wanted.set(keyOf('log', path), row.time);
    }
    return wanted;
  }
}

function lineOf(before: Silence, { key, quiet, silent }: Silence): OwnLine {
  const [kind, name] = partsOf(key);
  const about = { subject: asSubject(name), ...(kind === 'log' ? { path: name } : {}) };
  return silent
    ? { ...about, name: 'silent', detail: `no line for ${describeDuration(quiet)}` }
    : { ...about, name: 'back', detail: `after ${describeDuration(before.quiet)}` };
}

function keyOf(kind: Kind, name: string): string {
  return `${kind} ${name}`;
}

/** The kind and the name of a key. */
export function partsOf(key: string): [kind: string, name: string] {
  const at = key.indexOf(' ');
  return [key.slice(0, at), key.slice(at + 1)];
}

/** A line was heard of its host, and for the queues that it came to. */
export function hear(watch: SilenceWatch, { host }: Entry, verdict: Verdict): void {
  watch.hear('host', host);
  if (verdict.kind === 'counted') for (const { queue } of verdict.counts) watch.hear('queue', queue);
}
