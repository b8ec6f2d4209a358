import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatTime } from '../../src/base/text/layout.js';
import { DAY, HOUR } from '../../src/base/time/duration.js';
import { MAX_OTHERS } from '../../src/commands/rehearse/change-table.js';
import { FleetMark } from '../../src/mail/fleet-mark.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { type Ran, runCli } from '../support/run-cli.js';
import { stamp } from '../support/stamp.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

/** Writes a file as if it had been written now, by the clock of the test. */
function write(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  const now = Date.now() / 1000;
  utimesSync(path, now, now);
  return path;
}

const QUEUES = `set hidepid on
set mask ___
set queue critical f@x.org t@x.org [now] Critical
set queue report f@x.org t@x.org [30 12 * * *] Report
set queue misc f@x.org t@x.org [35 12 * * *] Unknown
`;

/** A config with a state of its own that follows `app.log`. */
function config(name: string, rules: string, head = `set logfile ${join(folder, 'app.log')}\n`): string {
  return write(`${name}.conf`, `set state ${join(folder, 'state')}\n${head}${QUEUES}${rules}`);
}

const START = Date.UTC(2026, 10, 20, 10);

/** Lines of messages, a second apart, each with its host in front where it is not web1: `web2|kernel: x`. */
function lines(messages: readonly string[], start = START): string {
  return messages
    .map((message, at) => {
      const [, host = 'web1', text] = /^(?:(\w+)\|)?(.*)$/s.exec(message) ?? [];
      return `${new Date(start + at * 1000).toISOString()} ${host} ${text}\n`;
    })
    .join('');
}

interface Entry {
  readonly lines: number;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly before: string | null;
  readonly after: string | null;
  readonly befores: number;
  readonly afters: number;
  readonly hosts: number;
  readonly atLeast: boolean;
  readonly old: { readonly kind: string; readonly line?: number };
  readonly new: { readonly kind: string; readonly line?: number };
  readonly sample: string;
}

interface Section {
  readonly lines: number;
  readonly messages: number;
  readonly entries: readonly Entry[];
}

const SECTIONS = ['pagesLost', 'pagesNew', 'moved', 'merged', 'split', 'reworded', 'gone', 'come'] as const;

type Rehearsed = Readonly<Record<(typeof SECTIONS)[number], Section>> & {
  readonly lines: number;
  readonly older: number;
  readonly changed: number;
  readonly logs: readonly {
    readonly path: string;
    readonly files: readonly string[];
    readonly readBy: string;
  }[];
  readonly queues: readonly {
    readonly queue: string;
    readonly old: { readonly lines: number; readonly messages: number; readonly letters: number };
    readonly new: { readonly lines: number; readonly messages: number; readonly letters: number };
  }[];
  readonly notes: readonly string[];
};

async function json(...argv: string[]): Promise<Rehearsed> {
  const { out, err } = await runCli(['rehearse', '--json', ...argv]);
  return JSON.parse(out === '' ? `{"failed": ${JSON.stringify(err)}}` : out) as Rehearsed;
}

/** The sections that hold anything, each entry as `LINES FROM>TO: BEFORE (BEFORES>AFTERS) AFTER`. */
function told(rehearsed: Rehearsed): Readonly<Record<string, readonly string[]>> {
  const rows = SECTIONS.flatMap((name) => {
    const { entries } = rehearsed[name];
    return entries.length === 0 ? [] : [[name, entries.map(row)] as const];
  });
  return Object.fromEntries(rows);
}

function row({ lines, from, to, before, after, befores, afters }: Entry): string {
  return `${lines} ${from}>${to}: ${before} (${befores}>${afters}) ${after}`;
}

/** What two rule sets make different of messages in `app.log`. */
async function compare(old: string, next: string, messages: readonly string[]): Promise<Rehearsed> {
  write('app.log', lines(messages));
  return await json('-c', config('old', old), config('new', next));
}

const LOGIN = 'sshd[7]: login of';

describe('what changes', () => {
  it.each<[title: string, old: string, next: string, messages: string[], what: Record<string, string[]>]>([
    ['the same rules: nothing', 'misc .*\n', 'misc .*\n', ['a: 1', 'b: 2'], {}],
    [
      'a page whose line would go to a letter is lost',
      'critical ^disk\nmisc .*\n',
      'report ^disk\nmisc .*\n',
      ['disk: bad', 'web2|disk: bad', 'cat: x'],
      { pagesLost: ['2 critical>report: disk: bad (1>1) disk: bad'] },
    ],
    [
      'a page whose line no rule would take is lost',
      'critical ^disk\n',
      'critical ^tape\n',
      ['disk: bad'],
      { pagesLost: ['1 critical>: disk: bad (1>0) null'] },
    ],
    [
      'a line that goes to two queues and loses the page stays in the other',
      'critical,report ^disk\n',
      'report ^disk\n',
      ['disk: bad'],
      { pagesLost: ['1 critical,report>report: disk: bad (1>1) disk: bad'] },
    ],
    [
      'a page that would come',
      'misc .*\n',
      'critical ^disk\nmisc .*\n',
      ['disk: bad', 'cat: x'],
      { pagesNew: ['1 misc>critical: disk: bad (1>1) disk: bad'] },
    ],
    [
      'a message that moves',
      'misc .*\n',
      'report ^cron\nmisc .*\n',
      ['cron: a', 'cron: a', 'cat: x'],
      { moved: ['2 misc>report: cron: a (1>1) cron: a'] },
    ],
    [
      'messages that move, and become one',
      'misc .*\n',
      'report ^sshd: login of (\\S+)\nmisc .*\n',
      [`${LOGIN} a`, `${LOGIN} b`, `${LOGIN} b`],
      { moved: ['3 misc>report: sshd: login of a (2>1) sshd: login of ___'] },
    ],
    [
      'messages that become one in their queue',
      'misc .*\n',
      'misc ^sshd: login of (\\S+)\nmisc .*\n',
      [`${LOGIN} a`, `${LOGIN} b`],
      { merged: ['2 misc>misc: sshd: login of a (2>1) sshd: login of ___'] },
    ],
    [
      'a message that becomes what another one has been before',
      'misc ^sshd: login of (a|b)\nmisc .*\n',
      'misc ^sshd: login of (\\S+)\nmisc .*\n',
      [`${LOGIN} a`, `${LOGIN} c`],
      { merged: ['1 misc>misc: sshd: login of c (2>1) sshd: login of ___'] },
    ],
    [
      'a message that becomes several',
      'misc ^sshd: login of (\\S+)\n',
      'misc .*\n',
      [`${LOGIN} a`, `${LOGIN} b`],
      { split: ['2 misc>misc: sshd: login of ___ (1>2) sshd: login of a'] },
    ],
    [
      'a message of which a part stays as it is',
      'misc ^sshd: login of (\\S+)\n',
      'misc ^sshd: login of (\\S+)(?<!root)$\nmisc .*\n',
      [`${LOGIN} a`, `${LOGIN} root`],
      { split: ['1 misc>misc: sshd: login of ___ (1>2) sshd: login of root'] },
    ],
    [
      'a message that is worded otherwise',
      'misc ^sshd: login of (\\S+)\n',
      'misc ^sshd: (login) of (\\S+)\n',
      [`${LOGIN} a`, `${LOGIN} b`],
      { reworded: ['2 misc>misc: sshd: login of ___ (1>1) sshd: ___ of ___'] },
    ],
    [
      'a message that goes to trash, and one that came from there',
      'trash ^cat\nmisc .*\n',
      'trash ^dog\nmisc .*\n',
      ['cat: x', 'dog: y'],
      { gone: ['1 misc>: dog: y (1>0) null'], come: ['1 >misc: null (0>1) cat: x'] },
    ],
    [
      'one of two queues that a line leaves',
      'misc,report ^cat\n',
      'misc ^cat\n',
      ['cat: x'],
      { gone: ['1 report>: cat: x (1>0) null'] },
    ],
    [
      'lines that automask makes one message',
      'misc .*\n',
      'set automask misc\nmisc .*\n',
      ['cat: 1', 'cat: 2'],
      { merged: ['2 misc>misc: cat: 1 (2>1) cat: ___'] },
    ],
    [
      'another mask',
      'misc ^cat: (\\d)\n',
      'set mask XX\nmisc ^cat: (\\d)\n',
      ['cat: 1'],
      { reworded: ['1 misc>misc: cat: ___ (1>1) cat: XX'] },
    ],
    [
      'a process number that is not hidden',
      'misc .*\n',
      'set hidepid off\nmisc .*\n',
      ['cat[7]: x'],
      { reworded: ['1 misc>misc: cat: x (1>1) cat[7]: x'] },
    ],
    [
      'what is redacted from now on',
      'misc .*\n',
      'set redact token=(\\S+)\nmisc .*\n',
      ['cat: token=a', 'cat: token=b'],
      { merged: ['2 misc>misc: cat: token=a (2>1) cat: token=___'] },
    ],
    [
      'repeats of a line that is trash now',
      'repeat ^last message repeated (\\d+) times\nmisc .*\n',
      'repeat ^last message repeated (\\d+) times\ntrash ^cat\nmisc .*\n',
      ['cat: x', 'last message repeated 3 times'],
      { gone: ['2 misc>: cat: x (1>0) null'] },
    ],
  ])('%s', async (_, old, next, messages, what) => {
    const rehearsed = await compare(old, next, messages);
    expect(told(rehearsed)).toEqual(what);
    expect(rehearsed.lines).toBe(messages.length);
  });

  it('a prefix that only the new config knows', async () => {
    write('app.log', '[20/11/2026] web1 cat: x\n');
    const prefix = 'set prefix ^\\[\\S+\\] (\\S+) \n';
    const rehearsed = await json('-c', config('old', 'misc .*\n'), config('new', `${prefix}misc .*\n`));
    expect(told(rehearsed)).toEqual({ come: ['1 >misc: null (0>1) cat: x'] });
    expect(rehearsed.come.entries[0]?.old).toEqual({ kind: 'no-prefix' });
  });

  it('a sample holds nothing that either config redacts, and its rule is found without it', async () => {
    const redact = 'set redact token=(\\S+)\n';
    const rules = `${redact}critical ^cat: token=___\n`;
    const { pagesNew } = await compare('misc .*\n', rules, ['cat: token=secret']);
    expect(pagesNew.entries[0]?.sample).toMatch(/ web1 cat: token=___$/);
    expect(pagesNew.entries[0]?.new).toMatchObject({ kind: 'rule', line: 9 });
  });

  it('names the rule that has the line now, and the one that would, with their lines', async () => {
    const { pagesLost } = await compare('critical ^disk\nmisc .*\n', 'trash ^disk\n', ['disk: bad']);
    const [entry] = pagesLost.entries;
    expect(entry?.old).toMatchObject({ kind: 'rule', file: join(folder, 'old.conf'), line: 8, column: 1 });
    expect(entry?.new).toMatchObject({ kind: 'trash', file: join(folder, 'new.conf'), line: 8 });
    expect(entry?.sample).toContain(' web1 disk: bad');
  });

  it('counts lines, messages and letters of each queue, by its schedule and the times of the lines', async () => {
    const days = [0, 1, 1, 3].map((day) => lines(['cron: a'], START + day * DAY)).join('');
    write('app.log', days);
    const { queues } = await json('-c', config('old', 'report .*\n'), config('new', 'critical .*\n'));
    expect(queues).toMatchObject([
      { queue: 'report', old: { lines: 4, messages: 1, letters: 3 }, new: { lines: 0, letters: 0 } },
      { queue: 'critical', old: { lines: 0 }, new: { lines: 4, messages: 1, letters: 4 } },
    ]);
  });

  it('says of more than a hundred messages that there are more', async () => {
    const many = Array.from({ length: MAX_OTHERS + 50 }, (_, at) => `${LOGIN} u${at}`);
    const { merged } = await compare('misc .*\n', 'misc ^sshd: login of (\\S+)\n', many);
    expect(merged.entries).toMatchObject([{ lines: MAX_OTHERS + 50, befores: MAX_OTHERS, atLeast: true }]);
  });
});

describe('many different messages', () => {
  const FLOOD = Array.from({ length: 25_000 }, (_, at) => `cat: u${at}`);

  it('push no lost page out, and the rarest are told as not listed', async () => {
    const messages = ['disk: bad', ...FLOOD, 'dog: x', 'dog: x'];
    const rehearsed = await compare('critical ^disk\nmisc .*\n', 'trash ^(?:disk|cat|dog)\n', messages);
    const { pagesLost, gone, notes } = rehearsed;
    expect(pagesLost.lines).toBe(1);
    expect(gone.lines).toBe(FLOOD.length + 2);
    expect(gone.entries[0]).toMatchObject({ before: 'dog: x', lines: 2 });
    expect(gone.messages).toBeLessThanOrEqual(10_000);
    const left = FLOOD.length + 1 - gone.messages;
    expect(notes).toEqual([
      `There were too many different messages: the rarest, of some ${left} lines, are not listed.`,
    ]);
  });

  it('that become one are one row, whatever their number', async () => {
    const { moved } = await compare('misc .*\n', 'report ^cat: (\\S+)\n', FLOOD);
    expect(moved.entries).toMatchObject([{ lines: FLOOD.length, after: 'cat: ___', befores: MAX_OTHERS }]);
  });
});

describe('beside tayori digest', () => {
  it('counts the same lines of each queue of the sample log', async () => {
    const [conf, log] = ['conf/tenshi.conf', 'conf/sample.log'];
    const { queues } = await json('-c', conf, config('new', ''), log);
    const { err } = await runCli(['digest', '-c', conf, log]);
    const counted = [...err.matchAll(/^ {2}(\S+): (\d+) lines in/gm)].map(([, queue, lines]) => [
      queue,
      Number(lines),
    ]);
    expect(queues.map(({ queue, old }) => [queue, old.lines]).sort()).toEqual(counted.sort());
    expect(counted.length).toBeGreaterThan(2);
  });
});

describe('what counts in time', () => {
  it('a window is full by the times of the lines, and its page is lost where it is wider apart', async () => {
    const failed = 'sshd: failed for joe';
    const pages = (window: string): string => `${window}critical ^sshd: failed for (?<user>\\S+)\nmisc .*\n`;
    write('app.log', lines([failed, failed, 'cat: x', failed], START));
    const old = config('old', pages('set window critical 3 60s by user\n'));
    const next = config('new', pages('set window critical 3 2s by user\n'));
    const { pagesLost, gone, queues } = await json('-c', old, next);
    expect(pagesLost.entries).toMatchObject([
      { lines: 1, from: ['critical'], to: [], old: { kind: 'rule' }, new: { kind: 'rule' } },
    ]);
    expect(gone.lines).toBe(0);
    expect(queues.find(({ queue }) => queue === 'critical')).toMatchObject({
      old: { lines: 3, letters: 1 },
      new: { lines: 0, letters: 0 },
    });
  });

  it('a throttle lets a page go, by the times of the lines', async () => {
    write('app.log', lines(['disk: bad', 'disk: bad'], START) + lines(['disk: bad'], START + 2 * HOUR));
    const rule = 'critical ^disk\n';
    const old = config('old', rule);
    const next = config('new', `set throttle critical 1h\n${rule}`);
    const { pagesLost } = await json('-c', old, next);
    expect(pagesLost.entries).toMatchObject([{ lines: 1, from: ['critical'], to: ['critical'] }]);
  });

  it('lines of several logs are taken in the order of their times', async () => {
    const rules = 'set follows critical misc 10s\nmisc ^door\ncritical ^alarm\n';
    write('a.log', lines(['cat: x', 'alarm: now'], START + 5000));
    write('b.log', lines(['door: open'], START) + lines(['door: open'], START + HOUR));
    const logs = ['a', 'b'].map((name) => `set logfile ${join(folder, `${name}.log`)}\n`).join('');
    const { pagesLost } = await json('-c', config('old', rules, logs), config('new', 'misc ^door\n', logs));
    expect(pagesLost.lines).toBe(1);
  });

  it('what runs a program alone is told as what comes to its queue', async () => {
    const old = 'misc .*\n';
    const next = 'set exec act /bin/true\nact ^disk\nmisc .*\n';
    const rehearsed = await compare(old, next, ['disk: bad', 'cat: x']);
    expect(told(rehearsed)).toEqual({ moved: ['1 misc>act: disk: bad (1>1) its program runs'] });
  });
});

describe('which logs', () => {
  it('those of the config with their rotated files, packed in any way, the oldest first', async () => {
    write('app.log', lines(['cat: 4']));
    write('app.log.1', lines(['cat: 3']));
    write('app.log.2.gz', gzipSync(lines(['cat: 2'])));
    execFileSync('bzip2', ['-f', write('app.log.3', lines(['cat: 1']))]);
    execFileSync('xz', ['-f', write('app.log.4', lines(['cat: 0']))]);
    const path = config('old', 'misc .*\n');
    const { lines: count, logs } = await json('-c', path, path);
    expect(count).toBe(5);
    const names = ['app.log.4.xz', 'app.log.3.bz2', 'app.log.2.gz', 'app.log.1', 'app.log'];
    expect(logs).toEqual([
      { path: join(folder, 'app.log'), files: names.map((name) => join(folder, name)), readBy: 'both' },
    ]);
  });

  it('a log that only one of the configs follows comes or goes as a whole', async () => {
    write('a.log', lines(['cat: a']));
    write('b.log', lines(['cat: b']));
    const [a, b] = ['a', 'b'].map((name) => `set logfile ${join(folder, `${name}.log`)}\n`);
    const rehearsed = await json('-c', config('old', 'misc .*\n', a), config('new', 'misc .*\n', b));
    expect(told(rehearsed)).toEqual({
      gone: ['1 misc>: cat: a (1>0) null'],
      come: ['1 >misc: null (0>1) cat: b'],
    });
    expect(rehearsed.gone.entries[0]?.new).toEqual({ kind: 'not-read' });
    expect(rehearsed.notes).toEqual([
      `Followed by the old config alone: ${join(folder, 'a.log')}.`,
      `Followed by the new config alone: ${join(folder, 'b.log')}.`,
    ]);
  });

  it('a log under another name changes nothing where the lines are the same', async () => {
    write('a.log', lines(['disk: bad']));
    write('b.log', lines(['disk: bad']));
    const [a, b] = ['a', 'b'].map((name) => `set logfile ${join(folder, `${name}.log`)}\n`);
    const rules = 'critical ^disk\n';
    const paths = ['-c', config('old', rules, a), config('new', rules, b)];
    const { code } = await runCli(['rehearse', '--strict', ...paths]);
    expect(told(await json(...paths))).toEqual({});
    expect(code).toBe(0);
  });

  it('named ones, standard input among them', async () => {
    const [old, next] = [config('old', 'misc .*\n'), config('new', 'report .*\n')];
    const named = write('other.log.1', lines(['cat: x']));
    const { out } = await runCli(['rehearse', '--json', '-c', old, next, named, '-'], lines(['cat: y']));
    expect((JSON.parse(out) as Rehearsed).moved.lines).toBe(2);
  });

  it('the journal, as journalctl prints it on standard input; a config that reads it says how', async () => {
    const journal = 'set journal\n';
    const [old, next] = [config('old', 'misc .*\n', journal), config('new', 'report .*\n', journal)];
    const { err } = await runCli(['rehearse', '-c', old, next]);
    expect(err).toContain('journalctl -o short-iso --since -7d | tayori rehearse NEW.conf -');
    const lines = '2026-11-20T12:30:00+0900 web1 app[7]: trace\n                                      at x\n';
    const { out } = await runCli(['rehearse', '--json', '-c', old, next, '-'], lines);
    expect((JSON.parse(out) as Rehearsed).moved.entries).toMatchObject([
      { lines: 1, after: 'app: trace at x' },
    ]);
  });

  it('a named rotated file is read as its log is read, and a group_file sees that name', async () => {
    const named = write('app.log.2.gz', gzipSync(lines(['cat: x'])));
    const rules = `group_file app\\.log$\nreport .*\ngroup_end\n`;
    const { moved } = await json('-c', config('old', 'misc .*\n'), config('new', rules), named);
    expect(moved.lines).toBe(1);
  });

  it('entries of several lines, where both configs join them alike', async () => {
    write('app.log', 'a: trace\n  at x\nb: other\n');
    const head = `set logfile ${join(folder, 'app.log')}\nset loghost ${join(folder, 'app.log')} web1\nset multiline ${join(folder, 'app.log')} indent\n`;
    const { lines: count, moved } = await json(
      '-c',
      config('old', 'misc .*\n', head),
      config('new', 'report .*\n', head),
    );
    expect(count).toBe(2);
    expect(moved.entries.map(({ before }) => before).sort()).toEqual(['a: trace at x', 'b: other']);
  });

  it('entries that only one config joins come and go, but not those of one line, nor their pages', async () => {
    write('app.log', 'a: trace\n  at x\nb: other\n');
    const head = `set logfile ${join(folder, 'app.log')}\nset loghost ${join(folder, 'app.log')} web1\n`;
    const joined = `${head}set multiline ${join(folder, 'app.log')} indent\n`;
    const rules = 'critical ^b\nmisc .*\n';
    const rehearsed = await json('-c', config('old', rules, head), config('new', rules, joined));
    expect(rehearsed.pagesLost.lines).toBe(0);
    expect(told(rehearsed)).toEqual({
      gone: ['1 misc>: a: trace (1>0) null', '1 misc>:   at x (1>0) null'],
      come: ['1 >misc: null (0>1) a: trace at x'],
    });
    expect(rehearsed.notes[0]).toMatch(/app\.log are joined to entries in another way/);
  });
});

describe('--since', () => {
  it('goes by the times of the lines; one without a time is as old as the line before', async () => {
    const at = (ago: number, text: string): string => `${stamp(Date.now() - ago)} web1 ${text}\n`;
    write('app.log', `${at(9 * DAY, 'cat: old')}no prefix\n${at(2 * DAY, 'cat: new')}no prefix\n`);
    const path = config('old', 'misc .*\n');
    expect(await json('--since', '7d', '-c', path, path)).toMatchObject({ lines: 2, older: 2 });
  });

  it('a rotated file that was last written to before is not opened', async () => {
    write('app.log', lines(['cat: x']));
    const rotated = write('app.log.1.gz', gzipSync('x').subarray(0, 12));
    const before = Date.now() / 1000 - 8 * 86_400;
    utimesSync(rotated, before, before);
    const path = config('old', 'misc .*\n');
    expect((await runCli(['rehearse', '--since', '7d', '-c', path, path])).code).toBe(0);
    expect((await runCli(['rehearse', '-c', path, path])).code).toBe(1);
  });

  it.each(['7', 'week', '7 d', '-1d'])('%j is no time: status 2', async (since) => {
    const path = config('old', 'misc .*\n');
    const { code, err } = await runCli(['rehearse', `--since=${since}`, '-c', path, path]);
    expect(code).toBe(2);
    expect(err).toContain('--since takes a time such as 7d or 12h');
  });
});

describe('what is printed', () => {
  it('pages that would be lost first, then the rest, at 80 columns', async () => {
    write(
      'app.log',
      lines(['disk: bad', 'web2|disk: bad', `${LOGIN} a`, `${LOGIN} b`, `cat: ${'x'.repeat(200)}`]),
    );
    const rules = (queue: string): string => `${queue} ^disk\n`;
    const old = config('old', `${rules('critical')}misc .*\n`);
    const next = config('new', `${rules('report')}report ^sshd: login of (\\S+)\ntrash .*\n`);
    const { code, out } = await runCli(['rehearse', '-c', old, next]);
    const time = formatTime(START, null, Date.now());
    expect(out.split('\nQueues')[0]).toBe(`5 lines, ${time}
  old  ${old}
  new  ${next}

PAGES THAT WOULD BE LOST: 2 lines of 1 message
  2 lines of 2 hosts: critical -> report
    ${time}
    disk: bad
    old  ${old}:8:1
    new  ${next}:8:1

Moved to other queues: 2 lines of 1 message
  2 lines of 1 host: misc -> report; 2 messages become 1
    - sshd: login of a
    + sshd: login of ___
    old  ${old}:9:1
    new  ${next}:9:1

Gone from letters: 1 line of 1 message
  1 line of 1 host: misc -> no queue
    cat: ${'x'.repeat(68)}…
    old  ${old}:9:1
    new  ${next}:10:1 (trash)
`);
    expect(out).toContain('  critical  2 -> 0  1 -> 0    2 -> 0\n');
    expect(out).toContain('\nNot seen here: programs of set exec');
    const wide = out.split('\n').filter((line) => line.length > 80 && !line.includes(folder));
    expect(wide).toEqual([]);
    expect(code).toBe(0);
  });

  it('the same config twice: nothing changes', async () => {
    write('app.log', lines(['cat: x']));
    const path = config('old', 'misc .*\n');
    const { code, out } = await runCli(['rehearse', '--strict', '-c', path, path]);
    expect(out).toContain('\nNothing changes.\n');
    expect(code).toBe(0);
  });

  it('-n tells fewer messages, and how many more there are', async () => {
    write('app.log', lines(['cat: a', 'cat: b', 'cat: c']));
    const { out } = await runCli([
      'rehearse',
      '-n',
      '1',
      '-c',
      config('old', 'misc .*\n'),
      config('new', ''),
    ]);
    expect(out).toContain('Gone from letters: 3 lines of 3 messages\n');
    expect(out).toContain('  2 more messages, to be seen with -n 3\n');
  });

  it('that a page is held back, where its message stays in the queue', async () => {
    write('app.log', lines(['disk: bad', 'disk: bad']));
    const next = config('new', 'set throttle critical 1h\ncritical ^disk\n');
    const { out } = await runCli(['rehearse', '-c', config('old', 'critical ^disk\n'), next]);
    expect(out).toContain('  1 line of 1 host: critical, without a page of its own\n');
  });

  it('that a window holds a line back', async () => {
    write('app.log', lines(['disk: bad']));
    const next = config('new', 'set window critical 2 1h\ncritical ^disk\n');
    const { out } = await runCli(['rehearse', '-c', config('old', 'critical ^disk\n'), next]);
    expect(out).toContain('  1 line of 1 host: critical -> no queue\n');
    expect(out).toContain(`    new  ${next}:9:1 (held back)\n`);
  });

  it('that there was nothing to compare', async () => {
    write('app.log', '');
    const path = config('old', 'misc .*\n');
    const { out } = await runCli(['rehearse', '-c', path, path]);
    expect(out).toMatch(/^0 lines\n[\s\S]*\nThere was no line to compare\.\n/);
  });

  it('nothing that would act on a terminal', async () => {
    write('app.log', lines(['cat: \u001b[31mred\u009b']));
    const paths = ['-c', config('old', 'misc .*\n'), config('new', '')];
    for (const form of [[], ['--json']]) {
      const { out } = await runCli(['rehearse', ...form, ...paths]);
      expect(out).not.toMatch(/[\u001b\u009b]/);
    }
  });
});

describe('the status', () => {
  const strict = async (rules: string, ...argv: string[]): Promise<Ran> => {
    write('app.log', lines(['disk: bad']));
    const paths = ['-c', config('old', 'critical ^disk\n'), config('new', rules)];
    return await runCli(['rehearse', ...argv, ...paths]);
  };

  it('1 with --strict where a page would be lost, and the reason on stderr', async () => {
    const { code, err } = await strict('report ^disk\n', '--strict');
    expect(err).toBe('tayori rehearse: 1 line would page no more, which --strict forbids\n');
    expect(code).toBe(1);
  });

  it.each([
    ['without --strict', 'report ^disk\n', []],
    ['where a page only has another message', 'critical ^(disk)\n', ['--strict']],
  ])('0 %s', async (_, rules, argv) => {
    expect((await strict(rules, ...argv)).code).toBe(0);
  });

  it('1 where the new config has an error, with its place', async () => {
    const { code, out, err } = await strict('report (\n');
    expect(err).toContain(`${join(folder, 'new.conf')}:8:`);
    expect(out).toBe('');
    expect(code).toBe(1);
  });

  it('1 where the new config is not there', async () => {
    const path = config('old', 'misc .*\n');
    expect((await runCli(['rehearse', '-c', path, join(folder, 'none.conf')])).code).toBe(1);
  });

  it('1 where no log is there', async () => {
    const path = config('old', 'misc .*\n');
    const { code, err } = await runCli(['rehearse', '-c', path, path]);
    expect(err).toContain('no log that the configs follow is there; name logs');
    expect(code).toBe(1);
  });

  it('1 where a log cannot be read; what others hold is told all the same', async () => {
    write('app.log', lines(['cat: x']));
    mkdirSync(join(folder, 'app'));
    const paths = ['-c', config('old', 'misc .*\n'), config('new', '')];
    const logs = [join(folder, 'none.log'), join(folder, 'app'), join(folder, 'app.log')];
    const { code, out, err } = await runCli(['rehearse', ...paths, ...logs]);
    expect(err).toContain(`${join(folder, 'none.log')}: cannot be read to its end: `);
    expect(err).toContain(`${join(folder, 'app')}: cannot be read to its end: it is a folder`);
    expect(out).toContain('Gone from letters: 1 line of 1 message');
    expect(code).toBe(1);
  });

  it('1 where a packed log ends too early; what could be unpacked is told', async () => {
    const whole = gzipSync(lines(Array.from({ length: 20_000 }, (_, at) => `cat: ${at * 7919}`)));
    const cut = write('cut.log.gz', whole.subarray(0, whole.length / 2));
    const { code, out } = await runCli([
      'rehearse',
      '--json',
      '-c',
      config('old', 'misc ^(.*)\n'),
      config('new', ''),
      cut,
    ]);
    expect((JSON.parse(out) as Rehearsed).gone.lines).toBeGreaterThan(1000);
    expect(code).toBe(1);
  });

  it('0 for a log that is empty, or binary', async () => {
    const path = config('old', 'misc .*\n');
    write('app.log', '');
    expect(await json('-c', path, path)).toMatchObject({ lines: 0, changed: 0 });
    write('app.log', Buffer.from(Array.from({ length: 50_000 }, (_, at) => (at * 7919) % 256)));
    expect((await runCli(['rehearse', '-c', path, path])).code).toBe(0);
  });

  it('2 for a number of messages that is none', async () => {
    const path = config('old', 'misc .*\n');
    expect((await runCli(['rehearse', '-n', '0', '-c', path, path])).code).toBe(2);
  });
});

describe('lines about letters of tayori', () => {
  const ID = '<tayori.1.abc@web1>';

  /** A state that knows a letter, or (`secret`) those of a fleet. */
  function know(secret: string | null = null): void {
    const opened = openSqliteStore(join(folder, 'state', 'tayori.db'));
    if (!opened.ok) throw new Error(opened.reason);
    if (secret !== null) {
      opened.store.setMeta('fleetSecret', secret);
      opened.store.end();
      return;
    }
    const letter = { id: ID, kind: 'message', host: null, family: null, seen: Date.now() } as const;
    const selfMail = { learned: [letter], forgotten: [] };
    const nothing = { tally: [], counters: new Map<string, number>(), untaken: null };
    const timed = { timedKeys: { dropped: [], written: [], deleted: [] }, pages: new Map(), runs: [] };
    const ruleState = { last: new Map(), hits: [] };
    opened.store.commit({
      ...{ at: Date.now(), positions: [], forgotten: [], selfMail },
      ...{ ...nothing, ...timed, ruleState },
    });
    opened.store.end();
  }

  it.each([
    ['of this machine', null, () => ID],
    [
      'of its fleet',
      'a secret',
      (time: number) =>
        `<${new FleetMark('a secret').sign(`${time.toString(36)}.1.0123456789ab`, 'web1')}@web1>`,
    ],
  ])('%s are in no queue, before their Message-ID is named as well', async (_name, secret, idOf) => {
    mkdirSync(join(folder, 'state'));
    chmodSync(join(folder, 'state'), 0o700);
    know(secret);
    write(
      'app.log',
      lines([
        'postfix/pickup[1]: 4F1C81A2B3: uid=0 from=<root>',
        `postfix/cleanup[2]: 4F1C81A2B3: message-id=${idOf(START - 90 * 86_400_000)}`,
        'cat: x',
      ]),
    );
    const { gone } = await json('-c', config('old', 'misc .*\n'), config('new', ''));
    expect(gone.entries.map(({ before }) => before)).toEqual(['cat: x']);
  });
});
