import { lazily } from '../base/lazily.js';
import { flatten } from '../base/text/flatten.js';
import { TextBlock } from '../base/text/text-block.js';
import type { Config } from '../config/config.js';
import { mailedQueues } from '../config/sections.js';
import { gatePlans } from '../config/timed-rules.js';
import { type DialectCount, DialectCounts, NO_DIALECT } from '../line/count-dialects.js';
import type { Entry, Reading } from '../line/entry.js';
import { Excerpt } from '../line/excerpt.js';
import { endOfMessage, joinLines } from '../line/join-lines.js';
import { isOwnName } from '../line/log-host.js';
import type { LogReading } from '../line/log-reading.js';
import type { OwnLine } from '../line/own-lines.js';
import { createLineReader } from '../line/read-line.js';
import type { Redactor } from '../line/redactor.js';
import { createPrefixScanner } from '../line/scan-prefix.js';
import type { SelfMail } from '../mail/self-mail.js';
import { ArenaTally } from '../queue/arena-tally.js';
import type { Tally } from '../queue/tally.js';
import { TimedKeys } from '../queue/timed/timed-keys.js';
import { createClassifier } from '../rule/classify.js';
import { asksFor } from '../rule/flat-rules.js';
import { RuleHits } from '../rule/review/rule-hits.js';
import type { RuleState } from '../rule/rule-state.js';
import { type CountedVerdict, messageFor, type QueueCount } from '../rule/verdict.js';
import { type Lines, listLines } from '../source/split-lines.js';
import { FrequentTexts } from '../values/frequent-texts.js';
import { LineCounters, type RareCounter } from './line-counters.js';
import { lineOptionsOf, type PlacedRegex } from './line-options.js';
import { LogReadings } from './log-readings.js';
import { OverrunReports } from './overrun-reports.js';
import type { OwnLog } from './own-log.js';
import { OwnTexts } from './own-texts.js';
import { piecesOf } from './pieces-of.js';
import type { ProcessedChanges } from './processed-changes.js';
import { RawLines } from './raw-lines.js';
import type { JournalLine } from './receive-buffer.js';
import { redactorOf } from './redactor-of.js';
import { hear, type SilenceWatch } from './silence-watch.js';
import { TimedCounting } from './timed-counting.js';
import { UnprefixedLines } from './unprefixed-lines.js';
import { valuedQueues } from './valued-queues.js';

/**
 * Different messages, and UTF-16 units of them, that are counted before a commit is due. With half as many a backlog
 * takes a fifth longer, since rows are written more often; a third more take 5 MB.
 */
const MAX_MESSAGES = 30_000;
const MAX_TEXT = 8_000_000;

/**
 * From lines to tallies: wires line, rule and queue for one config. Parses each line, classifies it, counts it. Lines
 * about our own letters (`selfMail`) are counted apart and are not matched with rules.
 */
export class LineProcessor {
  readonly #config: Config;
  readonly #ruleState: RuleState;
  readonly #ruleHits: RuleHits;
  readonly #overruns: OverrunReports;
  readonly #selfMail: SelfMail | null;
  readonly #ownTexts: OwnTexts;
  /** null: neither a host nor a queue is watched. */
  readonly #watch: SilenceWatch | null;
  /** Made with the first line: a start need not wait until a thousand rules have their index. */
  readonly #classifier: () => ReturnType<typeof createClassifier>;
  readonly #scanPrefix: ReturnType<typeof createPrefixScanner>;
  readonly #readLine: ReturnType<typeof createLineReader>;
  readonly #readings: LogReadings;
  /** The path of the log whose lines are under way, and its reading. */
  #path: string | null = null;
  #reading: LogReading | null = null;
  /** Queues whose letters show masked values. */
  readonly #valuedQueues: ReadonlySet<string>;
  readonly #unprefixed: UnprefixedLines;
  /** Masks what nobody may be told; null: nothing is masked. */
  readonly #redactor: Redactor | null;
  /** Whether rules ask for the file of an entry. */
  readonly #asksForFile: boolean;
  readonly #tally: Tally;
  readonly timed: TimedCounting;
  readonly #counters = new LineCounters();
  readonly #counts = this.#counters.of;
  readonly #untaken = new FrequentTexts();
  readonly #dialects = new DialectCounts();
  /** The current lines, the current line in them, and a line with a text of its own: made once, set for each. */
  readonly #whole = new TextBlock();
  readonly #excerpt = new Excerpt();
  readonly #alone = new TextBlock();
  readonly #raw = new RawLines();

  /**
   * `onOverrun` is called once for each regex that reached its match limit. `tally`: where counts go; null: into one of
   * its own.
   */
  constructor(
    config: Config,
    ruleState: RuleState,
    now: () => number,
    onOverrun: (regex: PlacedRegex) => void,
    selfMail: SelfMail | null = null,
    timedKeys: TimedKeys = new TimedKeys(),
    ownLog: OwnLog | null = null,
    watch: SilenceWatch | null = null,
    tally: Tally | null = null,
  ) {
    this.#config = config;
    this.#ruleState = ruleState;
    this.#ruleHits = new RuleHits(config.rules);
    this.#overruns = new OverrunReports((counter) => this.add(counter, 1), onOverrun);
    this.#selfMail = selfMail;
    this.#ownTexts = new OwnTexts(selfMail, ownLog, (line) => this.#read(line));
    this.#watch = watch?.watchesNames ? watch : null;
    this.#valuedQueues = valuedQueues(config);
    this.#asksForFile = asksFor(config.rules, 'file');
    this.#tally = tally ?? new ArenaTally(config.letter.value === 'full' ? 'hours' : 'no-hours');
    this.#unprefixed = new UnprefixedLines(config, this.#tally, this.#valuedQueues);
    this.timed = new TimedCounting(gatePlans(config), {
      keys: timedKeys,
      tally: this.#tally,
      now,
      lineOf: (entry) => this.redact(this.#raw.of(entry)),
      add: (counter, amount) => this.add(counter, amount),
    });
    this.#classifier = lazily(() => this.#createClassifier());
    const reportOverrun = (regex: PlacedRegex): void => this.#overruns.report(regex);
    this.#redactor = redactorOf(config, reportOverrun);
    const lineOptions = lineOptionsOf(config, now, reportOverrun);
    this.#readings = new LogReadings(config, lineOptions, reportOverrun);
    this.#scanPrefix = createPrefixScanner(lineOptions);
    this.#readLine = createLineReader(lineOptions);
  }

  /** How the log at a path is read; null: as all others. */
  readingOf(path: string): LogReading | null {
    return this.#readings.of(path);
  }

  /** Returns how many lines there were. `path`: of their log; where it has a reading, its entries stand for lines. */
  take({ text }: Lines, path: string | null = null): number {
    this.#path = path;
    this.#excerpt.file = path;
    this.#reading = path === null ? null : this.#readings.of(path);
    const taken = this.#reading && !this.#reading.scan ? this.#takeTexts(text) : this.#takeLines(text);
    this.#counts.lines += taken;
    return taken;
  }

  /** The same for entries that come with their host and time; `dialect`: whence. */
  takeEntries(entries: readonly JournalLine[], dialect: string): number {
    const own = this.#ownTexts.among(entries);
    for (const [index, entry] of entries.entries()) {
      this.#dialects.add(dialect);
      const counter = own.get(index);
      if (counter) this.#counts[counter] += 1;
      else this.#takeEntry(entry);
    }
    this.#counts.lines += entries.length;
    return entries.length;
  }

  /** The host that the config gives to a log by its path; null: it names none. */
  hostOf(path: string): string | null {
    return this.#readings.hostOf(path);
  }

  /**
   * Counts a line that tayori says itself, as the rules want it; `unknown`: they do not want it. It is no line of a log,
   * and what comes after it in a log does not repeat it. `queue`: the queue that has it, without the rules. `runOf`: the
   * queue whose program it is about: such a line runs no program, and that queue's letters have it, too.
   */
  takeOwn(
    said: Entry,
    { queue, runOf }: Partial<Pick<OwnLine, 'queue' | 'runOf'>> = {},
  ): 'queued' | 'trash' | 'unknown' {
    const entry = this.#redactor?.entry(said) ?? said;
    if (queue !== undefined) {
      this.#tally.count(queue, entry.host, entry.text, 1, 'add', entry.time);
      return 'queued';
    }
    const last = this.#ruleState.last(entry.host);
    const verdict = this.#classifier()(entry);
    this.#ruleState.remember(entry.host, last);
    const counts = verdict.kind === 'counted' ? verdict.counts : [];
    if (verdict.kind === 'counted') this.#takeCounted(entry, verdict, runOf === undefined);
    const isTold = runOf !== undefined && mailedQueues(this.#config).includes(runOf);
    if (isTold && !counts.some(({ queue }) => queue === runOf))
      this.#tally.count(runOf, entry.host, entry.text, 1, 'add', entry.time);
    if (isTold || counts.length > 0) return 'queued';
    return verdict.kind === 'trash' ? 'trash' : 'unknown';
  }

  /** A text without what nobody may be told. */
  redact(text: string): string {
    return this.#redactor?.text(text) ?? text;
  }

  /** Adds to a counter what somebody else has counted. */
  add(counter: RareCounter, amount: number): void {
    this.#counters.add(counter, amount);
  }

  /** Whether so many messages are counted, or so long ones, that they should be committed before the next lines. */
  get full(): boolean {
    return this.#tally.size >= MAX_MESSAGES || this.#tally.length >= MAX_TEXT || this.timed.full;
  }

  /** How many lines were read by which dialect, since this was made: most first. */
  get dialects(): readonly DialectCount[] {
    return this.#dialects.read();
  }

  changes(): ProcessedChanges {
    const { forgotten } = this.timed;
    if (forgotten > 0) this.#counters.set('keys_forgotten', forgotten);
    return {
      tally: this.#tally.changes(),
      ruleState: this.#ruleState.changes(),
      ruleHits: this.#ruleHits.changes(),
      counters: this.#counters.read(),
      untaken: this.#untaken.read(),
      ...this.timed.changes(),
    };
  }

  /** The changes have been committed. */
  onCommitted(): void {
    this.#tally.clear();
    this.#untaken.clear();
    this.#ruleState.onCommitted();
    this.#ruleHits.onCommitted();
    this.timed.onCommitted();
    this.#counters.clear();
  }

  #createClassifier(): ReturnType<typeof createClassifier> {
    const { rules, mask, automasks } = this.#config;
    return createClassifier({
      rules,
      mask: mask.value,
      state: this.#ruleState,
      hits: this.#ruleHits,
      values: this.#valuedQueues,
      ...(automasks.length > 0 ? { automasks: new Map(automasks.map((one) => [one.queue, one.kinds])) } : {}),
      ...(this.timed.keyed ? { keyed: this.timed.keyed } : {}),
      onOverrun: (regex) => this.#overruns.report(regex),
    });
  }

  #takeLines(text: string): number {
    const own = this.#ownTexts.in(text);
    const isJoined = this.#reading?.join != null;
    const whole = this.#whole;
    whole.set(text);
    let taken = 0;
    for (let from = 0; from < text.length; ) {
      const newline = text.indexOf('\n', from);
      const to = newline < 0 ? text.length : newline;
      const end = newline < 0 || isJoined ? to : endOfMessage(whole, from, to);
      if (to > from) {
        const counter = own?.get(taken);
        if (counter) this.#counts[counter] += 1;
        else if (end === to) this.#takeLine(whole, from, to);
        else this.#takeAlone(joinLines(text.slice(from, end)));
        taken += end === to ? 1 : listLines({ text: text.slice(from, end) }).length;
      }
      from = end + 1;
    }
    return taken;
  }

  /** The same for texts that only the reading of their log knows. */
  #takeTexts(text: string): number {
    const own = this.#ownTexts.in(text);
    const texts = listLines({ text });
    for (const [at, one] of texts.entries()) {
      const counter = own?.get(at);
      if (counter) this.#counts[counter] += 1;
      else this.#takeAlone(one);
    }
    return texts.length;
  }

  #read(line: string): Reading {
    return this.#reading ? this.#reading.read(line) : this.#readLine(line);
  }

  /** Almost all lines are parsed in place; the others one by one. */
  #takeLine(lines: TextBlock, from: number, to: number): void {
    const selfMail = this.#selfMail;
    const excerpt = this.#excerpt;
    if (!this.#scanPrefix(excerpt, lines, from, to)) {
      this.#takeAlone(flatten(lines.text.slice(from, to)));
      return;
    }
    this.#dialects.add(excerpt.dialect);
    const host = this.#reading?.scan?.host;
    if (host && isOwnName(excerpt.host)) excerpt.host = host;
    if (selfMail?.knowsQueueIds && selfMail.isOwn(excerpt.host, excerpt.text)) this.#counts.own += 1;
    else this.#takeEntry(excerpt);
  }

  #takeAlone(line: string): void {
    const reading = this.#read(line);
    if (reading.kind === 'marker') return;
    const { host, text } = reading.kind === 'entry' ? reading.entry : { host: '', text: line };
    this.#dialects.add(reading.kind === 'entry' ? reading.dialect : NO_DIALECT);
    if (this.#selfMail?.isOwn(host, text)) this.#counts.own += 1;
    else if (reading.kind === 'entry') this.#takeEntry(this.#raw.keep(this.#withFile(reading.entry), line));
    else if (reading.kind !== 'unprefixed') this.#counts.hostless += 1;
    else if (!this.#unprefixed.take(this.redact(line), this.#path)) this.#counts.unprefixed += 1;
  }

  #withFile(entry: Entry): Entry {
    return this.#asksForFile ? { ...entry, file: this.#path } : entry;
  }

  #takeEntry(read: Entry): void {
    const entry = this.#redactor ? this.#raw.standIn(this.#redactor.entry(read), read) : read;
    const verdict = this.#classifier()(entry);
    // Named one by one: a property whose name changes from line to line costs V8 as much as a map.
    if (verdict.kind === 'unknown') this.#takeUnknown(entry);
    if (verdict.kind === 'trash') this.#counts.trash += 1;
    if (verdict.kind === 'counted') this.#takeCounted(entry, verdict);
    if (this.#watch) hear(this.#watch, entry, verdict);
  }

  /** `acts`: whether it may run programs. */
  #takeCounted(entry: Entry, verdict: CountedVerdict, acts = true): void {
    if (verdict.uncounted !== undefined) this.#addCapped(verdict.uncounted);
    for (const count of verdict.counts) this.#count(entry, verdict, count, acts);
  }

  #count(entry: Entry, verdict: CountedVerdict, counted: QueueCount, acts: boolean): void {
    const { queue, count, how } = counted;
    const { message, masked: recorded } = verdict.byQueue ? messageFor(verdict, queue) : verdict;
    const masked = recorded && this.#valuedQueues.has(queue) ? recorded : undefined;
    if (verdict.groups && this.timed.count(entry, verdict, counted, { message, masked, acts })) return;
    this.#tally.count(queue, entry.host, message, count, how, entry.time, masked);
  }

  #takeUnknown(entry: Entry): void {
    this.#counts.unknown += 1;
    if (this.#untaken.takesNext()) this.#untaken.add(piecesOf(entry, this.#alone));
  }

  #addCapped(uncounted: number): void {
    this.add('capped', 1);
    this.add('uncounted', uncounted);
  }
}
