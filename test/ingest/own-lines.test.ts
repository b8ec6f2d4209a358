import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asSubject, OWN_TEXTS, ownEntry } from '../../src/line/own-lines.js';
import { SaidNames, saidOf, untold } from '../../src/store/said-names.js';
import { letterText, NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { maildir } from '../support/maildir.js';

const QUEUES = `set queue critical f@x.org t@x.org [now] C
set queue a f@x.org t@x.org [30 12 * * *] A
`;
const CONF = `${QUEUES}critical ^tayori: \\S+ was (?:emptied|replaced|deleted)
a ^x
`;

function letters({ folder }: Pick<Running, 'folder'>, subject: string): string[] {
  return maildir(folder)
    .filter((mail) => mail.includes(`\nSubject: ${subject}`))
    .map(letterText);
}

/** What the queue critical was told, without the name of the log. */
function pages(running: Running): string[] {
  return letters(running, 'C').flatMap((text) =>
    [...text.matchAll(/tayori: (.*)/g)].map(([, said = '']) => said.replace(running.log, 'LOG')),
  );
}

async function polls({ daemon }: Running, clock: { advance(ms: number): void }, times = 8): Promise<void> {
  for (let turn = 0; turn < times; turn++) {
    clock.advance(10_000);
    await daemon.poll();
  }
}

describe('what becomes of a log is a line that rules sort', () => {
  const LONG = Array.from(
    { length: 40 },
    (_, at) => `x ${at} of a log that is long enough to be known again`,
  );

  it.each<[string, (log: string) => void, string[]]>([
    [
      'emptied',
      (log) => truncateSync(log),
      ['LOG was emptied: 2910 bytes of it had been read; lines that were not read yet are lost'],
    ],
    [
      'cut to its half',
      (log) => truncateSync(log, 1455),
      ['LOG was emptied: 2910 bytes of it had been read; lines that were not read yet are lost'],
    ],
    ['deleted', (log) => rmSync(log), ['LOG was deleted: 2910 bytes of it had been read']],
    [
      'deleted and begun again',
      (log) => {
        rmSync(log);
        writeFileSync(log, 'Nov 20 11:00:00 web1 x of another file\n');
      },
      ['LOG was replaced: 2910 bytes of it had been read'],
    ],
    [
      'replaced by its first lines',
      (log) => {
        writeFileSync(`${log}~`, readFileSync(log, 'utf8').split('\n').slice(0, 20).join('\n'));
        renameSync(`${log}~`, log);
      },
      ['LOG was replaced: 2910 bytes of it had been read'],
    ],
    [
      'written anew without one line',
      (log) => {
        const kept = readFileSync(log, 'utf8')
          .split('\n')
          .filter((line) => !line.includes('x 20 of'));
        writeFileSync(`${log}~`, kept.join('\n'));
        renameSync(`${log}~`, log);
      },
      ['LOG was replaced: 73 bytes were taken out of what had been read'],
    ],
    [
      'rotated',
      (log) => {
        renameSync(log, `${log}.1`);
        writeFileSync(log, 'Nov 20 11:00:00 web1 x of the next file\n');
      },
      [],
    ],
    ['rotated, and nothing in its place', (log) => renameSync(log, `${log}.1`), []],
    [
      'rotated and packed at once',
      (log) => {
        renameSync(log, `${log}.1`);
        execFileSync('gzip', [`${log}.1`]);
        writeFileSync(log, 'Nov 20 11:00:00 web1 x of the next file\n');
      },
      [],
    ],
    [
      'rotated and packed, and nothing in its place',
      (log) => {
        renameSync(log, `${log}.1`);
        execFileSync('gzip', [`${log}.1`]);
      },
      [],
    ],
    [
      'copied and emptied',
      (log) => {
        copyFileSync(log, `${log}.1`);
        truncateSync(log);
      },
      [],
    ],
    ['written on', (log) => appendFileSync(log, 'Nov 20 11:00:00 web1 x more\n'), []],
  ])('%s', async (_, act, told) => {
    const clock = heldClock(NOON);
    const running = await startDaemon(CONF, { clock });
    running.write(...LONG);
    await running.daemon.poll();
    act(running.log);
    await polls(running, clock);
    expect(pages(running)).toEqual(told);
    await running.stop();
    // A daemon that starts again tells nothing twice.
    const again = await startDaemon(CONF, { clock, folder: running.folder });
    await polls(again, clock);
    expect(pages(again)).toEqual(told);
  });
});

describe('a line and a note', () => {
  it('never tell the same: what a queue has is in no note, and what no rule takes is in the notes of each', async () => {
    for (const [rules, inNotes] of [
      [CONF, false],
      [`${QUEUES}a ^x\n`, true],
      [`${QUEUES}trash ^tayori: \na ^x\n`, true],
    ] as const) {
      const running = await startDaemon(rules, { clock: heldClock(NOON) });
      running.write('x 1');
      await running.daemon.poll();
      truncateSync(running.log);
      await running.daemon.poll();
      running.write('x 2');
      await running.daemon.flush('flushing');
      expect(letters(running, 'A').join().includes('lines are lost')).toBe(inNotes);
      expect(letters(running, 'C')).toHaveLength(inNotes ? 0 : 1);
    }
  });

  it('tell of a log that cannot be read, once, also after a start; unless a rule throws that away', async () => {
    const note = (log: string): string => `  *** tayori says: ${log} cannot be read ***\n`;
    const clock = heldClock(NOON);
    const running = await startDaemon(`${QUEUES}a ^x\n`, { clock });
    const { log } = running;
    running.write('x 1');
    rmSync(log);
    mkdirSync(log);
    await running.daemon.poll();
    await running.daemon.poll();
    await running.stop();
    const again = await startDaemon(`${QUEUES}a ^x\n`, { clock, folder: running.folder });
    await again.daemon.poll();
    rmSync(log, { recursive: true });
    again.write('x 2');
    await again.daemon.flush('flushing');
    expect(letters(again, 'A')[0]).toContain(note(log));
    expect(again.store.counters().get(`said unreadable ${log}`)).toBe(1);
    const other = await startDaemon(`${QUEUES}trash ^tayori: .* cannot be read\na ^x\n`, { clock });
    rmSync(other.log);
    mkdirSync(other.log);
    await other.daemon.poll();
    expect([...other.store.counters().keys()].filter((name) => name.startsWith('said '))).toEqual([]);
  });

  it('a line is of the host that the config gives to its log', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(`set loghost /*/*/x.log mail7\n${CONF}`, { clock });
    running.write('x 1');
    await running.daemon.poll();
    truncateSync(running.log);
    await polls(running, clock);
    expect(letters(running, 'C')[0]).toContain('mail7:');
  });

  it('is nothing that a line of the log can repeat', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(`${QUEUES}repeat ^last message repeated (\\d+) times\na .*\n`, {
      clock,
    });
    appendFileSync(running.log, 'Nov 20 10:00:00 loghost x 1\n');
    await running.daemon.poll();
    truncateSync(running.log);
    await running.daemon.poll();
    appendFileSync(running.log, 'Nov 20 10:00:00 loghost last message repeated 3 times\n');
    await running.daemon.flush('flushing');
    expect(letters(running, 'A')[0]).toMatch(/^\s*4: x 1$/m);
  });
});

describe('nothing is lost and nothing comes twice', () => {
  it('a commit that fails: the line is told later, once', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(CONF, { clock });
    running.write('x 1');
    await running.daemon.poll();
    truncateSync(running.log);
    const { commit } = running.store;
    Object.assign(running.store, {
      commit() {
        throw new Error('disk full');
      },
    });
    await running.daemon.poll();
    await running.daemon.poll();
    Object.assign(running.store, { commit });
    await polls(running, clock, 3);
    expect(pages(running)).toEqual([expect.stringMatching(/^LOG was (?:emptied|replaced)/)]);
  });
});

describe('a rejected letter', () => {
  it('makes one line, however often the letter about it is rejected itself, and one more when it worked between', async () => {
    const clock = heldClock(NOON);
    const no = { responseCode: 550, message: '5.7.1 no' };
    const server = await startMailServer();
    server.refuse = no;
    const running = await startDaemon(
      `set mailserver 127.0.0.1:${server.port}\nset queue n f@x.org t@x.org [now] N\nn ^(?:x|tayori: letter \\[n\\])\n`,
      { clock },
    );
    const made = async (): Promise<number> => {
      await polls(running, clock, 6);
      return running.store.lettersMade();
    };
    running.write('x 1');
    expect(await made()).toBe(2);
    running.write('x 2');
    expect(await made()).toBe(3);
    server.refuse = null;
    running.write('x 3');
    expect(await made()).toBe(4);
    server.refuse = no;
    running.write('x 4');
    expect(await made()).toBe(6);
  });
});

describe('what tayori writes to the system log', () => {
  it('is not counted again where that log is followed, and another machine may say what it likes', async () => {
    const running = await startDaemon(`${QUEUES}a .*\n`);
    const { pid } = process;
    appendFileSync(
      running.log,
      [
        `loghost tayori[${pid}]: tayori: letter [a] to t@x.org is rejected, and kept: 550`,
        `loghost.x.org tayori[${pid}]: /var/log/x: truncated`,
        `web1 tayori[${pid}]: of another machine`,
        `loghost tayori[${pid + 1}]: of another process`,
        `loghost sshd[1]: says tayori[${pid}]: in the midst`,
      ]
        .map((text) => `Nov 20 10:00:00 ${text}\n`)
        .join(''),
    );
    await running.daemon.poll();
    expect(running.daemon.pending()).toEqual([{ queue: 'a', messages: 3, lines: 3 }]);
  });
});

describe('the texts', () => {
  it('are of one form, and a name can not pretend to be another text', () => {
    const line = { name: 'emptied', subject: asSubject('/log/a was deleted: b\n'), detail: 'x\ny' } as const;
    expect(ownEntry(line, 'web1', 1)).toEqual({
      host: 'web1',
      time: 1,
      text: 'tayori: /log/a\\x20was\\x20deleted:\\x20b\\x0a was emptied: x\\x0ay',
    });
    expect(asSubject(`/${'a'.repeat(1000)}.log`)).toMatch(/^\.{3}a+\.log$/);
    const texts = Object.values(OWN_TEXTS).map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('are counted under so many names and no more', () => {
    const names = new SaidNames(['said cut /a', 'lines', 'lost emptied /b']);
    const made = Array.from({ length: 60 }, (_, at) => names.nameOf('ended', `program ${at}`));
    expect(new Set(made).size).toBe(50);
    expect(made.at(-1)).toBe('said ended *');
    expect(names.nameOf('cut', '/a')).toBe('said cut /a');
    expect(saidOf('said ended program 1')).toEqual({ name: 'ended', subject: 'program 1' });
    expect(saidOf('said nonsense x')).toBeNull();
    expect(
      untold(
        new Map([
          ['dropped', 5],
          ['told dropped', 3],
        ]),
        'dropped',
      ),
    ).toBe(2);
  });
});
