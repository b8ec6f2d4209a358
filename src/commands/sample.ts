import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { SAMPLE_LOG, SAMPLE_LOG_BEFORE, version } from '../base/package.js';
import { systemClock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import type { DaemonStore } from '../daemon/daemon-store.js';
import { LineProcessor } from '../ingest/line-processor.js';
import type { Letter } from '../letter/letter.js';
import type { Transport } from '../mail/transport/transport.js';
import { Publisher } from '../publish/publisher.js';
import { RuleState } from '../rule/rule-state.js';
import { queuesOf, scheduled } from '../schedule/scheduled.js';
import { HeldQueues } from '../store/held-queues.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';

/** The letters of two invented days. */
export interface SampleLetters {
  readonly before: readonly Letter[];
  readonly after: readonly Letter[];
}

/** What is usual is known from four letters on (`letter/history/news.ts`): the ordinary day was as often as that. */
const ORDINARY_DAYS = 4;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Makes the letters of an invented office by the rules of a config: an ordinary day, and yesterday, on which something
 * happened. Each subject says SAMPLE. They go to `transport` alone, and no program of the config runs.
 */
export async function makeSample(own: Config, transport: Transport): Promise<SampleLetters> {
  const opened = openSqliteStore('');
  if (!opened.ok) throw new Error(`no temporary state: ${opened.reason}`);
  try {
    const office = new Office(asSample(own), opened.store);
    const ordinary = readFileSync(SAMPLE_LOG_BEFORE, 'utf8');
    for (let day = ORDINARY_DAYS + 1; day > 2; day--) {
      await office.letPass(day, ordinary);
      await office.handOver(null);
    }
    const before = await office.letPass(2, ordinary);
    await office.handOver(transport);
    const after = await office.letPass(1, readFileSync(SAMPLE_LOG, 'utf8'));
    await office.handOver(transport);
    return { before, after };
  } finally {
    opened.store.end();
  }
}

function asSample(config: Config): Config {
  const queues = config.queues.map((queue) => ({
    ...queue,
    subject: `SAMPLE ${queue.subject ?? config.subject.value}`,
  }));
  return { ...config, queues, csv: null, filters: [] };
}

/** Days of an office that pass when they are told to. */
class Office {
  readonly #config: Config;
  readonly #store: DaemonStore;
  readonly #processor: LineProcessor;
  readonly #publisher: Publisher;
  /** The end of the day that passes (ms). */
  #now = 0;
  #letters: Letter[] = [];

  constructor(config: Config, store: DaemonStore) {
    const now = (): number => this.#now;
    this.#config = config;
    this.#store = store;
    this.#processor = new LineProcessor(config, new RuleState({ last: [], hits: [] }), now, () => {});
    const dueAfter = midnight(ORDINARY_DAYS + 1).getTime();
    for (const name of queuesOf(config)) store.markQueue(name, { schedule: 'sample', dueAfter });
    this.#publisher = new Publisher({
      config,
      store,
      clock: { now, after: systemClock.after },
      origin: hostname(),
      version: version(),
      held: new HeldQueues(store),
      onEvent: (event) => void (event.kind === 'sealed' && this.#letters.push(event.letter)),
      onSealed() {},
    });
  }

  /** Counts a day's lines as of so many days ago, and makes its letters, in the order of the queues. */
  async letPass(daysAgo: number, log: string): Promise<Letter[]> {
    const day = midnight(daysAgo);
    this.#now = midnight(daysAgo - 1).getTime();
    this.#letters = [];
    this.#processor.take({ text: withStamp(log, day) });
    this.#store.commit({ at: day.getTime(), positions: [], forgotten: [], ...this.#processor.changes() });
    this.#processor.onCommitted();
    const due = scheduled(this.#config);
    const names = due.map(({ name }) => name);
    for (const letter of due) this.#store.closeLetter(letter, this.#now, null, null);
    await this.#publisher.round();
    return this.#letters.sort((a, b) => names.indexOf(a.queue) - names.indexOf(b.queue));
  }

  /** Takes the letters out of the outbox; null: nobody gets them. */
  async handOver(transport: Transport | null): Promise<void> {
    for (let letter = this.#store.nextDue(this.#now); letter; letter = this.#store.nextDue(this.#now)) {
      const to = letter.recipients.map(({ address }) => address);
      const delivery = await transport?.deliver({ ...letter, to });
      if (delivery?.kind === 'unreachable') throw new Error(delivery.reason);
      for (const address of to)
        this.#store.recordSent(letter.id, address, { at: this.#now, queueId: null, late: null });
    }
  }
}

/** The beginning of a day so many days ago. */
function midnight(daysAgo: number): Date {
  const today = new Date();
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() - daysAgo);
}

/** The lines of a log, whose stamps are all of one day, as of another. */
function withStamp(log: string, day: Date): string {
  const stamp = `${MONTHS[day.getMonth()]} ${String(day.getDate()).padStart(2)}`;
  return log.replaceAll(/^\w{3} [ \d]\d(?= \d\d:)/gm, stamp).trimEnd();
}
