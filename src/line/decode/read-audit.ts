import type { Reading } from '../entry.js';
import { isHostWord } from '../host-name.js';
import type { ReadEntry } from '../log-reading.js';
import { type AuditRecord, readAuditRecord } from './audit-record.js';
import { auditFields } from './audit-text.js';
import { RECORD_SEPARATOR } from './join-audit-events.js';

export interface AuditOptions {
  /** The host of events that name no node. */
  readonly hostname: string;
  /** Leaves out the numbers of processes. */
  readonly hidepid: boolean;
}

/**
 * Makes the reader of events whose records were joined. An event is one text without its time and serial number, so
 * that equal ones are counted together: `audit: SYSCALL arch=x86_64 ... EXECVE a0="sudo" ... PROCTITLE ...`.
 * `readOther` reads what is no record.
 */
export function createAuditReader({ hostname, hidepid }: AuditOptions, readOther: ReadEntry): ReadEntry {
  return (text): Reading => {
    const records = text.split(RECORD_SEPARATOR).map(readAuditRecord);
    const [first] = records;
    if (!first) return readOther(text);
    const told = records.filter((record) => record !== null && record.type !== 'EOE') as AuditRecord[];
    if (told.length === 0) return { kind: 'marker' };
    const host = first.node !== null && isHostWord(first.node) ? first.node : hostname;
    const words = mergeArguments(told).map(({ type, body }) =>
      `${type} ${auditFields(type, body, hidepid)}`.trimEnd(),
    );
    return {
      kind: 'entry',
      entry: { host, time: first.time, text: `audit: ${words.join(' ')}` },
      dialect: BY_DECODER,
    };
  };
}

/** How entries that were decoded are named among the dialects. */
const BY_DECODER = 'set decode';

/** Many arguments of a program are in several records, which read as one. */
function mergeArguments(records: readonly AuditRecord[]): AuditRecord[] {
  const merged: AuditRecord[] = [];
  let bodies: string[] = [];
  const end = (): void => {
    const last = merged.pop();
    if (last) merged.push(bodies.length > 1 ? { ...last, body: bodies.join(' ') } : last);
  };
  for (const record of records) {
    if (record.type === 'EXECVE' && merged.at(-1)?.type === 'EXECVE') {
      bodies.push(record.body.trim());
      continue;
    }
    end();
    merged.push(record);
    bodies = [record.body.trim()];
  }
  end();
  return merged;
}
