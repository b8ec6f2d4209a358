import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIRECTIVES } from '../../src/config/directives/directives.js';
import { renderFault } from '../../src/config/read/fault.js';
import { readConfig } from '../../src/config/read-config.js';
import { LineProcessor } from '../../src/ingest/line-processor.js';
import { parseSchedule } from '../../src/queue/parse-schedule.js';
import { RuleState } from '../../src/rule/rule-state.js';
import { listLines } from '../../src/source/split-lines.js';
import { write } from '../config/read.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { hostileText } from './hostile-text.js';
import { runs } from './runs.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOON = Date.UTC(2026, 10, 20, 12);

/** Reads it, and when it is sound, sorts lines by it. Faults must be fit for a terminal. */
function readAndUse(folder: string, lines: readonly string[]): void {
  const { faults, ...result } = readConfig(join(folder, 'tenshi.conf'));
  expect(result.ok).toBe(faults.every(({ severity }) => severity !== 'error'));
  for (const fault of faults) expect(renderFault(fault)).toMatch(/^[^\0-\x08\x0b-\x1f\x7f-\x9f]+$/);
  if (!result.ok) return;
  const sorter = new LineProcessor(
    result.config,
    new RuleState({ last: [], hits: [] }),
    () => NOON,
    () => {},
  );
  const whole = { text: lines.join('\n') };
  const count = listLines(whole).length;
  expect(sorter.take(whole)).toBe(count);
  expect(sorter.changes().counters.get('lines') ?? 0).toBe(count);
}

/** One slip of whoever edits a file: bytes lost, doubled, changed, or put in. */
const slip = fc.record({
  at: fc.nat(),
  length: fc.nat({ max: 40 }),
  put: fc.oneof(
    fc.constant(''),
    hostileText,
    fc.constantFrom('(', '[', '\\', '*', '{', ' ', '\r', '\n', '#'),
  ),
});

function withSlips(bytes: Buffer, slips: readonly { at: number; length: number; put: string }[]): Buffer {
  let text = bytes;
  for (const { at, length, put } of slips) {
    const from = at % (text.length + 1);
    text = Buffer.concat([text.subarray(0, from), Buffer.from(put), text.subarray(from + length)]);
  }
  return text;
}

const log = fc.array(
  hostileText.map((text) => `Nov 20 10:00:00 web1 ${text}`),
  { maxLength: 3 },
);

describe('a config', () => {
  it('of ours with slips in it is refused in words, or works', () => {
    const folder = temporaryFolder();
    const names = readdirSync(join(ROOT, 'includes-active')).map((name) =>
      join(ROOT, 'includes-active', name),
    );
    const sources = [join(ROOT, 'conf', 'tenshi.conf'), ...names].map((path) => readFileSync(path));
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(slip, { minLength: 1, maxLength: 4 }),
        log,
        (bytes, slips, lines) => {
          write({ 'tenshi.conf': withSlips(bytes, slips) }, folder);
          readAndUse(folder, lines);
        },
      ),
      runs(60),
    );
  });

  it('of random directives with random values is refused in words, or works', () => {
    const folder = temporaryFolder();
    const name = fc.constantFrom(...DIRECTIVES.map((directive) => directive.name));
    const value = fc.oneof(
      hostileText,
      fc.constantFrom('on', 'off', '0', '5', '-1', '99999999999999999999', '1e3', '0x10', 'NaN', ''),
      fc.constantFrom('/', '/dev/null', '~', '..', '127.0.0.1:0', '[::1]:25', 'smtp://u:p@h:1/x', 'maildir:'),
      fc.constantFrom(
        'a f@x t@x [now]',
        'a f@x pager:t@x [* * * * *] s',
        'a 3 ^x',
        'a /bin/cat',
        '[now] /bin/cat',
      ),
    );
    const statement = fc.oneof(
      fc.tuple(name, value).map(([first, rest]) => `set ${first} ${rest}`),
      fc.constantFrom(
        'group ^x',
        'group_host ^x',
        'group_file ^x',
        'group_priority err',
        'set loghost /x.log (x)',
        'set multiline x.log ^x',
        'group_end',
        'a ^x(.)',
        'trash ^',
        'repeat (\\d+)',
        'a,b:3 x',
      ),
    );
    const sound = 'set queue a f@x t@x [now]\nset queue b f@x t@x [now]\nset logfile /x\n';
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 8 }), log, (statements, lines) => {
        const quiet = statements.filter((text) => !/^set (?:uid|gid|resolve|listen)/.test(text));
        write(`${sound}${quiet.join('\n')}`, folder);
        readAndUse(folder, lines);
      }),
      runs(400),
    );
  });
});

describe('a schedule', () => {
  it('of random fields is refused, or goes on and never stands still', () => {
    const field = fc.oneof(
      fc.constantFrom('*', '*/5', '*/90', '5/10', '1-5', '5-1', '0-7', 'sun', 'jan-mar', '1,2,3', '31', '60'),
      fc.string({ unit: fc.constantFrom(...'0123456789*/-,LW#?@'), maxLength: 6 }),
    );
    const text = fc.oneof(
      fc.array(field, { minLength: 4, maxLength: 6 }).map((fields) => fields.join(' ')),
      fc.constantFrom('@daily', '@hourly', '@nonsense', 'now'),
    );
    const zone = fc.constantFrom(null, 'UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu');
    const time = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2090, 0) });
    fc.assert(
      fc.property(text, zone, time, (fields, timezone, from) => {
        const parsed = parseSchedule(fields, timezone);
        if (!parsed.ok || parsed.schedule.kind === 'now') return;
        const next = parsed.schedule.next(from);
        if (next !== null) expect(next).toBeGreaterThan(from);
      }),
      runs(500),
    );
  });
});
