import { isoTime } from '../../base/time/iso-time.js';
import type { Entry, Reading } from '../../line/entry.js';

/** A title, and rows of a name and what is to be said. */
export interface Phase {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** The program at the beginning of a text, as syslog writes it (RFC 3164, 4.1.3): `sshd[812]: `, `my app: `. */
const PROGRAM = /^([^\s:[\]][^:[\]]{0,47})(?:\[(\d+)\])?: /;

/** The first phase: how a line was read. */
export function describeLine(reading: Reading, line: string, noprefix: boolean): Phase {
  const title = '1. The line';
  switch (reading.kind) {
    case 'entry':
      return { title, rows: [['dialect', reading.dialect], ...describeEntry(reading.entry)] };
    case 'unprefixed':
      return {
        title,
        rows: [
          ['no dialect', noprefix ? 'it goes to the queue noprefix, whole' : UNPREFIXED],
          ['text', line],
        ],
      };
    case 'hostless':
      return {
        title,
        rows: [
          ['set logprefix', 'it matches and names no host, so the line is dropped'],
          ['text', line],
        ],
      };
    case 'marker':
      return { title, rows: [['journalctl', 'a line of it about itself, which is skipped']] };
  }
}

const UNPREFIXED =
  'its beginning is none that is known, so it goes to no queue; write set prefix, or a queue noprefix';

/** Host, time, program and text of an entry. */
export function describeEntry({ host, time, text, priority, file }: Entry): readonly (readonly string[])[] {
  const [, program, pid] = PROGRAM.exec(text) ?? [];
  return [
    ['host', host],
    ['time', isoTime(time) ?? 'none; that of reading is taken where one is needed'],
    ...(priority ? [['priority', priority]] : []),
    ...(file ? [['log', file]] : []),
    ['program', program === undefined ? 'none' : `${program}${pid === undefined ? '' : `, process ${pid}`}`],
    ['text', text],
  ];
}
