import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.js';
import { readConfig } from '../../src/config/read-config.js';
import { lastDue } from '../../src/fleet/last-due.js';
import type { Contribution, MeetingPlace, NodeId } from '../../src/fleet/meeting-place.js';
import { type FleetQueue, seriesOf } from '../../src/fleet/series.js';
import { LineProcessor } from '../../src/ingest/line-processor.js';
import { RuleState } from '../../src/rule/rule-state.js';
import { queuesOf, scheduled } from '../../src/schedule/scheduled.js';
import type { Edition } from '../../src/store/ports/editions.js';
import type { Store } from '../../src/store/store.js';
import { memoryStore } from '../store/memory-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A config that follows a log which is never there. */
export function configOf(text: string): Config {
  const path = join(temporaryFolder(), 'tenshi.conf');
  writeFileSync(path, `set logfile ${temporaryFolder()}/x.log\nset timezone UTC\nset mask ___\n${text}`);
  const read = readConfig(path);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.config;
}

/** A node that counts lines which are given to it, and closes its queues when it is told to. */
export class CountingNode {
  readonly id: NodeId;
  readonly store: Store = memoryStore();
  readonly series: readonly FleetQueue[];
  readonly #config: Config;
  readonly #processor: LineProcessor;
  #at: number;

  constructor(name: string, config: Config, at: number) {
    this.id = { name, state: `state of ${name}` };
    this.series = seriesOf(config, 'UTC');
    this.#config = config;
    this.#at = at;
    this.#processor = new LineProcessor(
      config,
      new RuleState({ last: [], hits: [] }),
      () => this.#at,
      () => {},
    );
    for (const queue of queuesOf(config)) this.store.markQueue(queue, { schedule: '', dueAfter: at });
  }

  read(at: number, lines: readonly string[]): void {
    this.#at = at;
    this.#processor.take({ text: lines.join('\n') }, 'x.log');
    this.store.commit({ at, positions: [], forgotten: [], ...this.#processor.changes() });
    this.#processor.onCommitted();
  }

  /** Closes these queues of a kind of schedule. `status`: as a signal does it. */
  close(at: number, kind: 'cron' | 'now' | 'all' = 'all', status: string | null = null): void {
    for (const letter of scheduled(this.#config))
      if (kind === 'all' || letter.schedule.kind === kind) {
        const evenEmpty = letter.evenEmpty && status === null;
        this.store.closeLetter({ ...letter, evenEmpty }, at, status, null);
      }
  }

  /** Says that it lives, and what its clock says. */
  async contact(place: MeetingPlace, clock: number): Promise<void> {
    await place.contact({ node: this.id, version: '1', clock, series: this.series });
  }

  /** Hands in what is closed, and reports `due`. */
  async handIn(place: MeetingPlace, due: number | null, remarks: readonly string[] = []): Promise<void> {
    for (const edition of this.store.closedEditions()) {
      const series = this.series.find(({ queue }) => queue === edition.queue);
      if (!series) continue;
      await place.handIn(this.#contribution(edition, series, remarks));
      this.store.handedIn(edition.id, []);
    }
    const cron = this.series.filter(({ schedule }) => schedule.kind === 'cron');
    if (due !== null)
      await place.reportServed(
        this.id,
        cron.map(({ id }) => ({ series: id, due })),
      );
  }

  #contribution(edition: Edition, one: FleetQueue, remarks: readonly string[]): Contribution {
    const { id, queue, definition, schedule } = one;
    const { closed, status } = edition;
    const isAtOnce = schedule.kind === 'now' || status !== null;
    return {
      node: this.id,
      edition: edition.id,
      series: { id, queue, definition },
      due: isAtOnce ? null : lastDue(schedule, closed),
      closed,
      status,
      remarks,
      parts: [edition, ...edition.sections].map((part) => ({
        queue: part.queue,
        since: part.since,
        held: part.held,
        counters: part.counters,
        untaken: part.untaken,
        ...this.store.sizeOf(part.id),
        blocks: () => this.store.blocks(part.id),
      })),
    };
  }
}
