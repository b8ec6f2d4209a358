import type { Reading } from '../entry.js';
import { isHostWord } from '../host-name.js';
import type { ReadEntry } from '../log-reading.js';
import { createTimestampReader } from '../timestamp.js';
import type { FormatOptions } from './format.js';
import { BY_FIELDS } from './structured.js';

const FIELDS = /^#Fields:\s*(.*)$/;

/**
 * Makes the reader of a log in the extended log file format of the W3C (WD-logfile-960323). `#Fields:` names what stands
 * in the lines behind it; it is looked for at the head of the log when reading begins further down. Times are UTC.
 */
export function createW3cReader({ lines, otherwise, head }: FormatOptions): ReadEntry {
  const stamps = createTimestampReader('UTC', lines.now);
  let names: readonly string[] | null = null;
  return (line) => {
    const [, fields] = FIELDS.exec(line) ?? [];
    if (fields !== undefined) names = namesOf(fields);
    if (line.startsWith('#')) return { kind: 'marker' };
    names ??= namesIn(head());
    const values = line.split(/[ \t]+/);
    if (names.length === 0 || values.length < names.length) return otherwise(line);
    const found = new Map(names.map((name, at) => [name, values[at] ?? '-']));
    return readingOf(found, lines.hostname ?? '', (text) => stamps.read(text));
  };
}

function namesIn(head: string): readonly string[] {
  const found = head.split('\n').flatMap((line) => FIELDS.exec(line.trimEnd())?.[1] ?? []);
  return namesOf(found.at(-1) ?? '');
}

function namesOf(fields: string): readonly string[] {
  return fields.split(/\s+/).filter((name) => name !== '');
}

function readingOf(
  found: ReadonlyMap<string, string>,
  hostname: string,
  read: (text: string) => number | null,
): Reading {
  const [date, clock] = [found.get('date'), found.get('time')];
  const host = found.get('s-computername') ?? '';
  const words = [...found].filter(([name, value]) => value !== '-' && !TAKEN.has(name));
  const text = `w3c: ${words.map(([name, value]) => `${name}=${value}`).join(' ')}`;
  const time = date && clock ? read(`${date}T${clock}Z`) : null;
  return {
    kind: 'entry',
    entry: { host: isHostWord(host) ? host : hostname, time, text },
    dialect: BY_FIELDS,
  };
}

const TAKEN = new Set(['date', 'time', 's-computername']);
