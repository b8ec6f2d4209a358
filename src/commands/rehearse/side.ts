import { lazily } from '../../base/lazily.js';
import type { SourceLocation } from '../../base/place.js';
import type { Config } from '../../config/config.js';
import { gatePlans } from '../../config/timed-rules.js';
import { lineOptionsOf, type PlacedRegex } from '../../ingest/line-options.js';
import { LineProcessor } from '../../ingest/line-processor.js';
import { LogReadings } from '../../ingest/log-readings.js';
import type { Reading } from '../../line/entry.js';
import { excerptOf } from '../../line/excerpt.js';
import { joinLines } from '../../line/join-lines.js';
import type { LogReading } from '../../line/log-reading.js';
import { createLineReader } from '../../line/read-line.js';
import type { FleetMark } from '../../mail/fleet-mark.js';
import { createSelfMail, type SelfMail, type SelfMailId } from '../../mail/self-mail.js';
import type { RunHit } from '../../queue/exec/run.js';
import { pagesWait, WITH_THE_NEXT } from '../../queue/timed/gate-plan.js';
import { createRuleIndex } from '../../rule/rule-index.js';
import { RuleState } from '../../rule/rule-state.js';
import { listLines } from '../../source/split-lines.js';
import { HitRecorder, type RecordedHit } from './hit-recorder.js';
import { LetterCounts } from './letter-counts.js';
import { NO_OUTCOME, type Outcome } from './outcome.js';
import { QueueCounts } from './queue-counts.js';
import type { LogUnit } from './read-log.js';

/** Why a line goes where it goes. */
export type Reason =
  /** A rule for queues takes it. `held`: none of them gets it: a window that is not full, an exemption and the like. */
  | { readonly kind: 'rule'; readonly place: SourceLocation; readonly held: boolean }
  | { readonly kind: 'trash' | 'repeat'; readonly place: SourceLocation }
  /** `not-read`: the config does not follow the log, or joins its lines in another way. */
  | { readonly kind: 'no-rule' | 'no-prefix' | 'self-mail' | 'not-read' };

/** Lines after which what was counted for a commit is forgotten. */
const COMMIT_LINES = 2000;

export interface SideOptions {
  /** Ids of letters of the past: lines about them are set apart, as in the daemon. */
  readonly selfMail: readonly SelfMailId[];
  /** By which those of the fleet are known; null: there is none. */
  readonly fleet: FleetMark | null;
  onOverrun(regex: PlacedRegex): void;
}

/**
 * One of two configs, and what it makes of lines. The lines go through the hot path of the daemon; the clock stands at
 * the time of each line.
 */
export class Side {
  readonly config: Config;
  readonly queues = new QueueCounts();
  readonly letters: LetterCounts;
  readonly #processor: LineProcessor;
  readonly #recorder = new HitRecorder();
  readonly #selfMail: SelfMail | null;
  /** Queues whose pages may wait. */
  readonly #waiting: ReadonlySet<string>;
  /** Queues that have a program and no letters. */
  readonly #programs: ReadonlySet<string>;
  readonly #findRule: () => ReturnType<typeof createRuleIndex>;
  readonly #readings: LogReadings;
  readonly #readLine: ReturnType<typeof createLineReader>;
  #at = Number.NEGATIVE_INFINITY;
  #uncommitted = 0;

  constructor(config: Config, { selfMail, fleet, onOverrun }: SideOptions) {
    this.config = config;
    const now = (): number => this.#now();
    this.#selfMail = selfMail.length > 0 || fleet ? createSelfMail(selfMail, now) : null;
    if (fleet) this.#selfMail?.join(fleet);
    this.letters = new LetterCounts(config);
    const ruleState = new RuleState({ last: [], hits: [] });
    this.#processor = new LineProcessor(
      ...([
        config,
        ruleState,
        now,
        onOverrun,
        this.#selfMail,
        undefined,
        null,
        null,
        this.#recorder,
      ] as const),
    );
    const plans = [...gatePlans(config).queues.values()];
    this.#waiting = new Set(plans.filter(pagesWait).map(({ queue }) => queue));
    this.#programs = new Set(plans.filter(({ program }) => program?.only).map(({ queue }) => queue));
    this.#findRule = lazily(() => createRuleIndex(config.rules, () => {}));
    const options = lineOptionsOf(config, now);
    this.#readings = new LogReadings(config, options, () => {});
    this.#readLine = createLineReader(options);
  }

  /** How this config reads a log; null: as any syslog. */
  readingOf(log: string): LogReading | null {
    return log === '-' ? null : this.#readings.of(log);
  }

  /** Lines about letters of the past may stand before the line that names the letter. */
  prepare(text: string, log: string): void {
    if (this.#selfMail?.mayBeNamedIn(text))
      this.#selfMail.learn(listLines({ text }), (line) => {
        const reading = this.#read(line, log);
        return reading.kind === 'entry' ? reading.entry : { host: '', text: line };
      });
  }

  /** Takes a line, and counts it. */
  judge({ text, log, at }: LogUnit): Outcome {
    this.#at = at;
    this.#processor.take({ text }, log === '-' ? null : log);
    const counted = this.#recorder.take();
    const asks =
      this.#programs.size > 0 ||
      (this.#waiting.size > 0 && counted.some(({ queue }) => this.#waiting.has(queue)));
    const { pages, runs } = asks ? this.#processor.changes() : NOTHING;
    const hits = runs.length > 0 ? [...counted, ...this.#hitsOf(runs)] : counted;
    const outcome = hits.length === 0 ? NO_OUTCOME : this.#count(hits, pages, at);
    if (asks || ++this.#uncommitted >= COMMIT_LINES) this.#commit();
    return outcome;
  }

  /** Why a line goes where it goes. `isCounted`: whether a queue has counted it. */
  reasonOf({ text, log }: LogUnit, isCounted: boolean): Reason {
    const reading = this.#read(joinLines(text), log);
    if (reading.kind !== 'entry') return { kind: 'no-prefix' };
    const [host, said] = [reading.entry.host, reading.entry.text].map((part) => this.redact(part)) as [
      string,
      string,
    ];
    const entry = excerptOf({ ...reading.entry, host, text: said, file: log });
    const { flat, find } = this.#findRule();
    const rule = flat[find(entry)]?.rule;
    if (!isCounted && this.#selfMail?.isOwn(reading.entry.host, reading.entry.text))
      return { kind: 'self-mail' };
    if (!rule || rule.kind === 'group') return { kind: 'no-rule' };
    const { place } = rule;
    return rule.kind === 'queues' ? { kind: 'rule', place, held: !isCounted } : { kind: rule.kind, place };
  }

  #count(hits: readonly RecordedHit[], due: ReadonlyMap<string, number>, at: number): Outcome {
    let pages = false;
    for (const hit of hits) {
      const isPage = this.#isPage(hit, due);
      pages ||= isPage;
      this.queues.add(hit);
      this.letters.add(hit.queue, at, isPage);
    }
    return { hits, pages };
  }

  /** What runs a program alone stands in no letter. */
  #hitsOf(runs: readonly RunHit[]): RecordedHit[] {
    return runs
      .filter(({ queue }) => this.#programs.has(queue))
      .map(({ queue, host }) => ({ queue, host, message: 'its program runs', count: 1 }));
  }

  /** A text without what `set redact` of the config takes out. */
  redact(text: string): string {
    return this.#processor.redact(text);
  }

  #isPage({ queue }: RecordedHit, due: ReadonlyMap<string, number>): boolean {
    if (!this.letters.isNow(queue)) return false;
    return !this.#waiting.has(queue) || (due.get(queue) ?? WITH_THE_NEXT) < WITH_THE_NEXT;
  }

  #read(line: string, log: string): Reading {
    return (this.readingOf(log)?.read ?? this.#readLine)(line);
  }

  #commit(): void {
    this.#processor.onCommitted();
    this.#selfMail?.onCommitted();
    this.#uncommitted = 0;
  }

  #now(): number {
    return Number.isFinite(this.#at) ? this.#at : Date.now();
  }
}

const NOTHING: { readonly pages: ReadonlyMap<string, number>; readonly runs: readonly RunHit[] } = {
  pages: new Map(),
  runs: [],
};
