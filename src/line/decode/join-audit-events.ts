import type { Joined, JoinLines } from '../../base/text/joiner.js';
import { type AuditRecord, endsEvent, readAuditRecord } from './audit-record.js';

/** Stands between the records of an event. No line of a log that is joined keeps one of its own. */
export const RECORD_SEPARATOR = '\x1e';

/** An event without an end is over when a record of the same node is so much later (ms), as auparse(3) has it. */
export const MAX_EVENT_TIME = 2000;
/** It is over, too, when so many lines of others have followed: kernels that write no PROCTITLE end no event. */
export const MAX_LINES_BETWEEN = 200;
/** UTF-16 units of one event. The kernel lets a program have arguments of 2 MB; nobody reads more than this. */
export const MAX_EVENT_LENGTH = 256 * 1024;

/**
 * Joins the records of an event of auditd (`msg=audit(TIME:SERIAL)`), also where those of others stand between them.
 * Events stand in the order of their first records. Lines that are no records are entries of their own.
 */
export const joinAuditEvents: JoinLines = (lines, isEnd) => new EventCollector().join(lines, isEnd);

interface AuditEvent {
  readonly records: string[];
  readonly node: string | null;
  readonly time: number;
  /** Where its first and last lines stand. */
  readonly first: number;
  last: number;
  length: number;
  isCut: boolean;
}

class EventCollector {
  readonly #all: AuditEvent[] = [];
  readonly #open = new Map<string, AuditEvent>();

  join(lines: readonly string[], isEnd: boolean): Joined {
    for (const [at, line] of lines.entries()) this.#add(at, line.replaceAll(RECORD_SEPARATOR, ' '));
    const end = isEnd ? lines.length : this.#begins(lines.length);
    const whole = this.#all.filter(({ first }) => first < end);
    return {
      entries: whole.map(({ records }) => records.join(RECORD_SEPARATOR)),
      held: lines.length - end,
      cut: whole.filter(({ isCut }) => isCut).length,
    };
  }

  #add(at: number, line: string): void {
    const record = readAuditRecord(line);
    if (!record) {
      this.#begin(at, null).records.push(line);
      return;
    }
    this.#closeOld(at, record);
    const event = this.#open.get(record.event) ?? this.#begin(at, record);
    event.records.push(line);
    event.last = at;
    event.length += line.length;
    event.isCut = event.length > MAX_EVENT_LENGTH;
    if (event.isCut || endsEvent(record.type)) this.#open.delete(record.event);
    else this.#open.set(record.event, event);
  }

  #begin(at: number, record: AuditRecord | null): AuditEvent {
    const { node = null, time = 0 } = record ?? {};
    const event = { records: [], node, time, first: at, last: at, length: 0, isCut: false };
    this.#all.push(event);
    return event;
  }

  #closeOld(at: number, record: AuditRecord): void {
    for (const [id, event] of this.#open) {
      const isLate = event.node === record.node && record.time - event.time >= MAX_EVENT_TIME;
      if (isLate || at - event.last > MAX_LINES_BETWEEN) this.#open.delete(id);
    }
  }

  /** Where the lines begin that are held: no event has lines before and behind. */
  #begins(end: number): number {
    let begins = Math.min(end, ...[...this.#open.values()].map(({ first }) => first));
    for (const { first, last } of this.#all.toReversed())
      if (last >= begins) begins = Math.min(begins, first);
    return begins;
  }
}
