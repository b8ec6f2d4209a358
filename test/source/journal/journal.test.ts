import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openFallbackJournal } from '../../../src/source/journal/fallback-journal.js';
import { type JournalOptions, openJournal } from '../../../src/source/journal/journal.js';
import type { Loss } from '../../../src/source/loss.js';
import type { SourceEvent } from '../../../src/source/source-event.js';
import { heldClock } from '../../support/held-clock.js';
import { entries, entry, hasJournals, JournalFolder } from '../../support/journal.js';
import { setPath } from '../../support/set-path.js';
import { isRunning, pidIn } from '../../support/tayori.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { until } from '../../support/until.js';

/** What is committed, as a state holds it. */
class Kept {
  readonly messages: string[] = [];
  readonly positions = new Map<string, string>();
  /** null: the state takes all. */
  room: number | null = null;
  readonly gaps: Loss[] = [];
}

function reader(folder: string | null, given: Partial<JournalOptions> = {}, kept = new Kept()) {
  const clock = heldClock();
  const events: SourceEvent[] = [];
  const journal = openJournal({
    folder,
    matches: [],
    start: { kind: 'beginning' },
    clock,
    remembered: (source) => kept.positions.get(source) ?? null,
    take({ entries: taken, source, id, gap }) {
      if (kept.room !== null && kept.messages.length + taken.length > kept.room) return 'later';
      kept.messages.push(...taken.map(({ message }) => message));
      kept.positions.set(source, id);
      if (gap !== null) kept.gaps.push(gap);
      return 'counted';
    },
    onEvent: (event) => void events.push(event),
    ...given,
  });
  onTestFinished(() => journal.close());
  return { journal, clock, events, kept };
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) => `message ${from + at}`);

const kinds = (events: readonly SourceEvent[]): string[] => events.map(({ kind }) => kind);

/** A journalctl that does this instead, in front of all others. */
function pretend(script: string): void {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'journalctl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  setPath(`${folder}:${process.env.PATH}`);
}

describe.skipIf(!hasJournals)('a folder of journal files', () => {
  let journals: JournalFolder;
  beforeEach(() => {
    journals = new JournalFolder(temporaryFolder());
  });

  it('is read from its beginning, and then what is new, each entry once', async () => {
    journals.write(entries(3));
    const { journal, kept, events } = reader(journals.folder);
    await journal.poll();
    expect(kept.messages).toEqual(numbers(0, 3));
    journals.write(entries(2, 3));
    await journal.poll();
    await journal.poll();
    expect(kept.messages).toEqual(numbers(0, 5));
    expect(events).toEqual([{ kind: 'receiver-open', name: `journal ${journals.folder}`, again: false }]);
    expect(journal.state()).toEqual({ name: `journal ${journals.folder}`, status: 'open' });
  });

  it('is read on by the next one, from what was committed', async () => {
    journals.write(entries(3));
    const first = reader(journals.folder);
    await first.journal.poll();
    await first.journal.close();
    journals.write(entries(3, 3));
    const second = reader(journals.folder, {}, first.kept);
    await second.journal.poll();
    expect(first.kept.messages).toEqual(numbers(0, 6));
  });

  it('is read from now on where that is asked for, and loses nothing from then on', async () => {
    journals.write(entries(3));
    const first = reader(journals.folder, { start: { kind: 'end' } });
    await first.journal.poll();
    await first.journal.close();
    journals.write(entries(2, 3));
    const second = reader(journals.folder, { start: { kind: 'end' } }, first.kept);
    await second.journal.poll();
    expect(first.kept.messages).toEqual(numbers(3, 5));
  });

  it('that is empty yet brings all that comes', async () => {
    const { journal, kept } = reader(journals.folder, { start: { kind: 'end' } });
    await journal.poll();
    journals.write(entries(2));
    await journal.poll();
    expect(kept.messages).toEqual(numbers(0, 2));
  });

  it('is begun at its last entries where so many are asked for', async () => {
    journals.write(entries(50));
    const { journal, kept } = reader(journals.folder, { start: { kind: 'last', bytes: 1000 } });
    await journal.poll();
    expect(kept.messages).toEqual(numbers(40, 50));
  });

  it('is read over rotations, also while nobody reads it', async () => {
    journals.write(entries(3));
    const { journal, kept } = reader(journals.folder);
    await journal.poll();
    journals.write(entries(2, 3));
    journals.rotate();
    journals.write(entries(2, 5));
    journals.rotate();
    journals.write(entries(2, 7));
    await journal.poll();
    expect(kept.messages).toEqual(numbers(0, 9));
  });

  it('of which the entry where reading stopped was vacuumed loses nothing of what is there, and says so', async () => {
    journals.write(entries(3));
    const { journal, kept, events } = reader(journals.folder);
    await journal.poll();
    journals.rotate();
    journals.write(entries(3, 3));
    journals.vacuum();
    await journal.poll();
    expect(kept.messages).toEqual(numbers(0, 6));
    expect(events).toContainEqual(expect.objectContaining({ kind: 'journal-gap' }));
    journals.write(entries(1, 6));
    await journal.poll();
    expect(kept.messages).toEqual(numbers(0, 7));
    expect(kinds(events)).toEqual(['receiver-open', 'journal-gap']);
  });

  it('of which entries were vacuumed unread tells how it stands, and where', async () => {
    journals.write(entries(3));
    const { journal, kept } = reader(journals.folder);
    await journal.poll();
    journals.write(entries(4, 3));
    journals.rotate();
    journals.write(entries(3, 7));
    journals.vacuum();
    await journal.poll();
    expect(kept.messages).toEqual([...numbers(0, 3), ...numbers(7, 10)]);
    expect(kept.gaps).toEqual([{ kind: 'vacuumed', path: `journal ${journals.folder}` }]);
  });

  it('brings what one machine sends late, although another was ahead', async () => {
    journals.write(entries(3, 1000), 'remote-web1');
    const { journal, kept } = reader(journals.folder);
    await journal.poll();
    journals.write(entries(2, 10), 'remote-web2');
    await journal.poll();
    journals.write(entries(1, 1003), 'remote-web1');
    journals.write(entries(2, 12), 'remote-web2');
    await journal.poll();
    expect(kept.messages.sort()).toEqual([...numbers(10, 14), ...numbers(1000, 1004)].sort());
  });

  it('brings all of a machine that comes later, wherever others begin', async () => {
    journals.write(entries(3), 'remote-web1');
    const { journal, kept } = reader(journals.folder, { start: { kind: 'end' } });
    await journal.poll();
    await journal.poll();
    journals.write(entries(2, 10), 'remote-web10');
    await journal.poll();
    expect(kept.messages).toEqual(numbers(10, 12));
  });

  it('may have the folders of machines, and names that a shell would read', async () => {
    const odd = join(journals.folder, 'a*[b]{c,d} ~');
    mkdirSync(join(odd, 'machine'), { recursive: true });
    new JournalFolder(odd).write(entries(2));
    new JournalFolder(join(odd, 'machine')).write(entries(2, 2), "user-$(id)'x");
    const { journal, kept } = reader(odd);
    await journal.poll();
    expect(kept.messages.sort()).toEqual(numbers(0, 4));
  });

  it('is asked for some entries only', async () => {
    journals.write([
      entry(0, 'a', { PRIORITY: '3' }),
      entry(1, 'b', { SYSLOG_IDENTIFIER: 'cron' }),
      entry(2, 'c', { PRIORITY: '4' }),
      entry(3, 'd'),
    ]);
    const matches = ['PRIORITY=3', 'PRIORITY=4', '+', 'SYSLOG_IDENTIFIER=cron'];
    const { journal, kept } = reader(journals.folder, { matches });
    await journal.poll();
    expect(kept.messages).toEqual(['a', 'b', 'c']);
  });

  it('holds messages of several lines, of bytes, twice, of a quarter million bytes', async () => {
    const long = 'x'.repeat(300_000);
    const twice = entry(2, 'one');
    journals.write([
      entry(0, 'a\nb'),
      entry(1, Buffer.from([0x61, 0xff, 0x62])),
      { ...twice, fields: [...twice.fields, ['MESSAGE', 'two']] },
      entry(3, long),
    ]);
    const { journal, kept, events } = reader(journals.folder);
    await journal.poll();
    const [lines, bytes, both = '', cut = ''] = kept.messages;
    expect([lines, bytes]).toEqual(['a\nb', 'a\\xffb']);
    expect(both.split('\n').sort()).toEqual(['one', 'two']);
    expect(cut).toMatch(/^x{262144} \[cut: 300000 bytes\]$/);
    expect(events).toContainEqual({ kind: 'line-cut', path: `journal ${journals.folder}`, bytes: 300_000 });
  });

  it('of boots and of a clock that was set back is read in the order of writing', async () => {
    journals.write([
      ...entries(2, 5000),
      ...entries(2, 100).map((one) => ({ ...one, boot: 'f'.repeat(32) })),
    ]);
    const { journal, kept } = reader(journals.folder);
    await journal.poll();
    journals.write(entries(2, 102).map((one) => ({ ...one, boot: 'f'.repeat(32) })));
    await journal.poll();
    expect(kept.messages).toHaveLength(6);
    expect(new Set(kept.messages).size).toBe(6);
  });

  it('is not asked again while its files stay as they are, but once a minute', async () => {
    journals.write(entries(1));
    const { journal, kept, clock } = reader(journals.folder);
    await journal.poll();
    pretend('exit 7');
    await journal.poll();
    expect(journal.state().status).toBe('open');
    clock.advance(60_000);
    await journal.poll();
    expect(journal.state().status).toContain('ended with status 7');
    expect(kept.messages).toHaveLength(1);
  });

  it('is read once the state can be written again, and nothing twice', async () => {
    journals.write(entries(12_000));
    const { journal, kept } = reader(journals.folder);
    kept.room = 5500;
    await journal.poll();
    expect(kept.messages).toHaveLength(5000);
    kept.room = null;
    await journal.poll();
    expect(kept.messages).toEqual(numbers(0, 12_000));
  });

  it('with holes is read on behind each, which is told, and no entry twice', async () => {
    journals.write(entries(300));
    const file = join(journals.folder, 'system.journal');
    const bytes = readFileSync(file);
    for (const number of [50, 51, 120, 299]) bytes.write('#', bytes.indexOf(`MESSAGE=message ${number}`) + 7);
    writeFileSync(file, bytes);
    const { journal, kept, events } = reader(journals.folder);
    await journal.poll();
    journals.rotate();
    journals.write(entries(2, 300));
    await journal.poll();
    const damaged = new Set(['message 50', 'message 51', 'message 120', 'message 299']);
    expect(kept.messages).toEqual(numbers(0, 302).filter((one) => !damaged.has(one)));
    expect(kinds(events)).toEqual(['journal-damaged', 'receiver-open']);
    expect(kept.gaps).toHaveLength(4);
  });

  it('with a damaged file is read without that, which is told once', async () => {
    journals.write(entries(2));
    journals.rotate();
    truncateSync(join(journals.folder, 'system@1.journal'), 3000);
    writeFileSync(join(journals.folder, 'system@2.journal'), '');
    journals.write(entries(2, 2));
    const { journal, kept, events } = reader(journals.folder);
    await journal.poll();
    journals.write(entries(1, 4));
    await journal.poll();
    expect(kept.messages).toEqual(numbers(2, 5));
    expect(kinds(events)).toEqual(['unreadable', 'unreadable', 'receiver-open']);
  });

  it('that is not there is told once, and read when it is', async () => {
    rmSync(journals.folder, { recursive: true });
    const { journal, kept, clock, events } = reader(journals.folder);
    await journal.poll();
    clock.advance(1000);
    await journal.poll();
    expect(events).toEqual([
      { kind: 'journal-failed', name: `journal ${journals.folder}`, reason: 'the folder is not there' },
    ]);
    mkdirSync(journals.folder);
    journals.write(entries(2));
    clock.advance(60_000);
    await journal.poll();
    expect(kept.messages).toEqual(numbers(0, 2));
    expect(events.at(-1)).toMatchObject({ kind: 'receiver-open', again: true });
  });
});

describe("this machine's journal, with another journalctl", () => {
  const one = (at: number): string =>
    `__CURSOR=s=${'a'.repeat(32)};i=${at};b=0\\n_HOSTNAME=web1\\nMESSAGE=message ${at}\\n\\n`;

  it('where journalctl is not installed is told once, and tried again', async () => {
    setPath(temporaryFolder());
    const { journal, events, clock } = reader(null);
    for (let polls = 0; polls < 5; polls++) {
      await journal.poll();
      clock.advance(60_000);
    }
    expect(events).toEqual([
      {
        kind: 'journal-failed',
        name: 'journal',
        reason: 'there is no journalctl here; install systemd, or remove "set journal"',
      },
    ]);
  });

  it.each([
    [
      'it ends with a status',
      'echo "Failed: Bad message" >&2; exit 1',
      'ended with status 1: Failed: Bad message',
    ],
    ['it is killed', 'kill -9 $$', 'was killed by SIGKILL'],
    ['it prints what is no journal', "echo; head -c 500 /dev/zero | tr '\\0' x; echo", 'no journal'],
    [
      'it may not read',
      'echo "No journal files were opened due to insufficient permissions." >&2; exit 1',
      'usermod -aG',
    ],
  ])('that dies half-way keeps what came whole, and goes on from there: %s', async (_, script, reason) => {
    pretend(`printf '${one(1)}${one(2)}__CURSOR=half\nMESS'; ${script}`);
    const { journal, events, kept, clock } = reader(null);
    await journal.poll();
    expect(events).toEqual([
      expect.objectContaining({ kind: 'journal-failed', reason: expect.stringContaining(reason) }),
    ]);
    expect(kept.messages).toEqual(numbers(1, 3));
    pretend(`printf '${one(2)}${one(3)}'`);
    clock.advance(1000);
    await journal.poll();
    expect(kept.messages).toEqual(numbers(1, 4));
  });

  it('is tried again after ever longer waits, up to a minute', async () => {
    const folder = temporaryFolder();
    pretend(`echo x >> ${folder}/runs; exit 1`);
    const { journal, clock } = reader(null);
    for (let second = 0; second < 300; second++) {
      await journal.poll();
      clock.advance(1000);
    }
    expect(readFileSync(join(folder, 'runs'), 'utf8').length / 2).toBe(10); // after 1, 2, 4, 8, 16, 32, and then each 60 s
  });

  it('that shows this user only its own messages is read, and that is told once', async () => {
    pretend(
      `echo "Hint: You are currently not seeing messages from other users and the system." >&2; printf '${one(1)}'`,
    );
    const { journal, events, clock } = reader(null);
    await journal.poll();
    clock.advance(60_000);
    await journal.poll();
    expect(kinds(events)).toEqual(['journal-partial', 'receiver-open']);
    expect(journal.state().status).toContain('only the messages of this user are shown');
  });

  it('that is not there is told once, in what journalctl says', async () => {
    pretend('printf "No journal files were found.\\nx\\n" >&2; echo "-- No entries --"');
    const { journal, events, kept } = reader(null, { start: { kind: 'end' } });
    await journal.poll();
    await journal.poll();
    const text = 'No journal files were found.; x';
    expect(events.filter(({ kind }) => kind !== 'receiver-open')).toEqual([
      { kind: 'journal-said', name: 'journal', text },
    ]);
    pretend(`printf '${one(1)}'`);
    await journal.poll();
    expect(kept.messages).toEqual(numbers(1, 2));
  });

  it('passes matches as words of their own, behind what ends options, and never by a shell', async () => {
    const folder = temporaryFolder();
    pretend(`for word; do echo "$word"; done > ${folder}/args`);
    const matches = ['MESSAGE=$(touch x);`y`', '+', '_COMM=a'];
    const { journal } = reader(null, { matches });
    await journal.poll();
    const words = readFileSync(join(folder, 'args'), 'utf8').trim().split('\n');
    expect(words.slice(-4)).toEqual(['--', ...matches]);
  });

  it('of a journalctl that hangs does not hold up a poll, and is tried again in the end', async () => {
    const folder = temporaryFolder();
    pretend(`printf '${one(1)}'; touch ${folder}/began; exec sleep 1000`);
    const { journal, clock, kept, events } = reader(null);
    const polled = journal.poll();
    await until(() => existsSync(join(folder, 'began')));
    clock.advance(5000);
    await polled;
    expect(kept.messages).toEqual([]);
    clock.advance(300_001);
    await journal.poll();
    expect(kept.messages).toEqual(numbers(1, 2));
    expect(events).toEqual([{ kind: 'journal-failed', name: 'journal', reason: 'journalctl hangs' }]);
  });

  it('is let go with the program that reads it', async () => {
    const folder = temporaryFolder();
    pretend(`echo $$ > ${folder}/pid; exec sleep 1000`);
    const { journal } = reader(null);
    void journal.poll();
    const pid = await until(() => pidIn(join(folder, 'pid')));
    await journal.close();
    expect(isRunning(pid)).toBe(false);
  });
});

describe("this machine's journal, where there may be logs", () => {
  const one = (at: number): string =>
    `__CURSOR=s=${'a'.repeat(32)};i=${at};b=0\\n_HOSTNAME=web1\\nMESSAGE=message ${at}\\n\\n`;
  const fallback = (log: string, kept = new Kept()) => {
    const made = reader(null, {}, kept);
    const { clock, events } = made;
    const options: JournalOptions = {
      folder: null,
      matches: [],
      start: { kind: 'beginning' },
      clock,
      remembered: (source) => kept.positions.get(source) ?? null,
      take({ entries: taken, source, id }) {
        kept.messages.push(...taken.map(({ message }) => message));
        kept.positions.set(source, id);
        return 'counted';
      },
      onEvent: (event) => void events.push(event),
    };
    return { journal: openFallbackJournal({ ...options, logs: [log] }), kept, events };
  };

  it('is read where none is', async () => {
    pretend(`printf '${one(1)}'`);
    const { journal, kept } = fallback(join(temporaryFolder(), '*.log'));
    await journal.poll();
    expect(kept.messages).toEqual(numbers(1, 2));
    expect(journal.state()).toEqual({ name: 'journal', status: 'open' });
  });

  it('is not read where one is, be it empty after a rotation', async () => {
    pretend(`printf '${one(1)}'`);
    const log = join(temporaryFolder(), 'x.log');
    writeFileSync(log, '');
    const { journal, kept, events } = fallback(log);
    await journal.poll();
    rmSync(log);
    await journal.poll();
    expect(kept.messages).toEqual([]);
    expect(events).toEqual([]);
    expect(journal.state()).toEqual({ name: 'journal', status: 'not read, as a log can be' });
  });

  it('is let go when one appears, which is told, and a later start reads it from then on', async () => {
    pretend(`printf '${one(1)}'`);
    const log = join(temporaryFolder(), 'x.log');
    const first = fallback(log);
    await first.journal.poll();
    writeFileSync(log, 'x\n');
    await first.journal.poll();
    expect(kinds(first.events)).toEqual(['receiver-open', 'journal-idle']);
    rmSync(log);
    pretend(`case "$*" in *lines=1*) printf '${one(5)}';; *) printf '${one(5)}${one(6)}';; esac`);
    const second = fallback(log, first.kept);
    await second.journal.poll();
    await second.journal.poll();
    expect(first.kept.messages).toEqual(['message 1', 'message 6']);
  });
});
