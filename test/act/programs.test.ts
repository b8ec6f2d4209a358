import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/commands/render-status.js';
import { readConfig } from '../../src/config/read-config.js';
import { reportStatus } from '../../src/daemon/status.js';
import { letterText, NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { recorder, script } from './recorder.js';

const { raw } = String;

const RULE = raw`block ^sshd: Invalid user (?<user>\S*) from (?<ip>\S+)`;
const failed = (ip: string, user = 'admin'): string => `sshd: Invalid user ${user} from ${ip}`;

/** A daemon that has seen its log; the config may name the program by its path. */
async function started(
  conf: (path: string) => string,
  { more = '', ...given }: Parameters<typeof startDaemon>[1] & { readonly more?: string } = {},
) {
  const tools = temporaryFolder();
  const program = recorder(tools, more);
  const running = await startDaemon(`set state state\n${conf(program.path)}\n`, given);
  const counts = (): Record<string, number> =>
    Object.fromEntries(running.store.runCounts().flatMap(({ ended }) => [...ended]));
  return { ...running, program, counts };
}

async function logged({ daemon, write }: Running, ...texts: string[]): Promise<void> {
  write(...texts);
  await daemon.poll();
}

function letters({ folder }: Running): string[] {
  return maildir(folder)
    .map((mail) => letterText(mail).trim())
    .sort();
}

/** Resolves when so many runs have ended. */
async function ends({ store }: Running, many: number): Promise<void> {
  await until(() => {
    const ended = store.runCounts().flatMap((one) => [...one.ended.values()]);
    return ended.reduce((sum, one) => sum + one, 0) >= many;
  });
}

describe('set exec', () => {
  it('runs a program for each message, with values as arguments and the line on its standard input', async () => {
    const running = await started(
      (path) => `set exec block ${path} add {{ip}} u={{user}},{{count}} {{host}} { {{{ip}}} }\n${RULE}`,
    );
    await logged(running, failed('192.0.2.1'), failed('192.0.2.2', '$(id)'));
    await ends(running, 2);
    const line = (ip: string, user: string): string =>
      `<add><${ip}><u=${user},1><web1><{><{${ip}}><}>|Nov 20 10:00:00 web1 ${failed(ip, user)}`;
    expect(running.program.runs().sort()).toEqual([line('192.0.2.1', 'admin'), line('192.0.2.2', '$(id)')]);
    expect(running.store.pending()).toEqual([]);
  });

  it('runs it for what passes a window only, with how many hits filled it', async () => {
    const running = await started(
      (path) =>
        `set window block 3 24h by ip\nset exempt ip 10.0.0.0/8\nset exec block ${path} {{ip}} {{count}}\n${RULE}`,
    );
    for (const ip of ['10.0.0.1', '192.0.2.1', '10.0.0.1', '192.0.2.1', '10.0.0.1', '192.0.2.2', '192.0.2.1'])
      await logged(running, failed(ip));
    await ends(running, 1);
    expect(running.program.runs()).toEqual([`<192.0.2.1><3>|Nov 20 10:00:00 web1 ${failed('192.0.2.1')}`]);
  });

  it.each([
    ['exempt', 'set exempt ip 192.0.2.1'],
    ['throttle', 'set throttle block 10m by ip\nset exempt ip 192.0.2.9'],
    [
      'follows',
      raw`set queue other f@x.org t@x.org [30 12 * * *]
set follows block other 1h by ip
other ^never (?<ip>\S+)`,
    ],
  ])('does not run it for what %s keeps away', async (_, directive) => {
    const running = await started((path) => `${directive}\nset exec block ${path} {{ip}}\n${RULE}`);
    await logged(running, failed('192.0.2.1'), failed('192.0.2.1'), failed('192.0.2.1'));
    await running.stop();
    expect(running.program.runs().length).toBe(directive.includes('throttle') ? 1 : 0);
  });

  it('has letters, too, where set queue gives them, and tells there what ran', async () => {
    const running = await started(
      (path) => `set queue block f@x.org t@x.org [now] S\nset exec block ${path} {{ip}}\n${RULE}`,
      { more: 'echo blocked' },
    );
    await logged(running, failed('192.0.2.1'));
    await ends(running, 1);
    await running.daemon.poll();
    expect(letters(running)).toEqual([
      expect.stringMatching(
        /^loghost: \n {4}1: tayori: program of \[block\] ran: \S+\/recorder 192\.0\.2\.1; it printed: blocked$/,
      ),
      'web1: \n    1: sshd: Invalid user ___ from ___',
    ]);
  });

  it('tells each end as a line that rules sort, else in a note', async () => {
    const running = await started(
      (path) =>
        raw`set queue act f@x.org t@x.org [now] S
set exec block ${path} {{ip}}
act ^tayori: program of \[block\] failed: (.*)
${RULE}`,
      { more: 'echo no such set >&2; exit 3' },
    );
    await logged(running, failed('192.0.2.1'));
    await ends(running, 1);
    await running.daemon.poll();
    expect(letters(running)).toEqual(['loghost: \n    1: tayori: program of [block] failed: ___']);
    expect(running.store.recentRuns()).toMatchObject([
      { queue: 'block', outcome: 'failed', why: 'it ended with status 3', output: 'no such set', at: NOON },
    ]);
    expect(running.events.filter(({ kind }) => kind === 'run-failed')).toHaveLength(1);
  });

  it('runs no program for a line about a program, so that a failure makes no further ones', async () => {
    const running = await started((path) => `set exec block ${path}\nblock ^`, { more: 'exit 1' });
    await logged(running, 'x');
    await ends(running, 1);
    await running.daemon.poll();
    await running.daemon.poll();
    expect(running.store.runCounts()).toMatchObject([{ waiting: 0, running: 0 }]);
    expect(running.program.runs()).toHaveLength(1);
  });

  it('gives a repeated line the values of the one before', async () => {
    const running = await started(
      (path) =>
        `set exec block ${path} {{ip}} {{count}} {{message}}\n${RULE}\nrepeat ^last message repeated (\\d+)`,
    );
    await logged(running, failed('192.0.2.1'));
    await logged(running, 'last message repeated 4 times');
    await ends(running, 2);
    expect(running.program.runs().sort()[1]).toBe(
      '<192.0.2.1><4><last message repeated 4 times>|Nov 20 10:00:00 web1 last message repeated 4 times',
    );
  });

  it('runs at most n of a queue at once, in their order, and holds up no other queue', async () => {
    const running = await started(
      (path) =>
        raw`set exec_parallel 1
set exec block ${path} {{n}}
set exec other ${path} {{n}}
block ^a (?<n>\d+)
other ^b (?<n>\d+)`,
    );
    await logged(running, ...[1, 2, 3, 4, 5].map((n) => `a ${n}`), 'b 1');
    await ends(running, 6);
    expect(running.program.runs().filter((run) => run.includes(' a '))).toEqual(
      [1, 2, 3, 4, 5].map((n) => `<${n}>|Nov 20 10:00:00 web1 a ${n}`),
    );
  });
});

describe('a value of a line', () => {
  it.each([
    ['would be an option', '{{user}}', '--flush', 'refused', '{{user}} would be an option: --flush'],
    ['is an option behind --', '-- {{user}}', '--flush', 'ran', ''],
    ['is a part of an argument', '--user={{user}}', '--flush', 'ran', ''],
    ['is empty', 'x{{user}}', '', 'refused', '{{user}} has no value'],
    [
      'leads out of a folder',
      '/var/x/{{user}}',
      '../../etc',
      'refused',
      'an argument would lead out of its folder: /var/x/../../etc',
    ],
    ['is too long', '{{user}}', 'x'.repeat(100_001), 'refused', 'an argument of 100001 bytes'],
    ['holds control characters', '{{user}}', 'a\x1b[2Jb\x07', 'ran', ''],
  ])('that %s', async (_, args, user, outcome, why) => {
    const running = await started((path) => `set exec block ${path} ${args}\n${RULE}`);
    await logged(running, failed('192.0.2.1', user));
    await ends(running, 1);
    expect(running.store.recentRuns()).toMatchObject([{ outcome, why: expect.stringContaining(why) }]);
    const shown = user.replace('\x1b', '\\x1b').replace('\x07', '\\x07');
    expect(running.program.runs().map((run) => run.includes(shown))).toEqual(outcome === 'ran' ? [true] : []);
  });

  it('that is missing in one rule stops that rule alone', async () => {
    const running = await started((path) => `set exec block ${path} {{ip}}\nblock ^plain\n${RULE}`);
    await logged(running, 'plain', failed('192.0.2.1'));
    await ends(running, 2);
    expect(running.counts()).toEqual({ ran: 1, refused: 1 });
  });
});

describe('a program', () => {
  const BAD = 'set exec_timeout 5\n';

  it('that hangs is ended after its time, with its children', async () => {
    const clock = heldClock(NOON);
    const running = await started((path) => `${BAD}set exec block ${path}\nblock ^x`, {
      more: 'trap "" TERM\nsleep 1000 & echo $!\nwait',
      clock,
    });
    await logged(running, 'x');
    await until(() => running.program.runs().length === 1);
    await running.daemon.poll();
    expect(running.store.runCounts()).toMatchObject([{ running: 1 }]);
    clock.advance(5000);
    clock.advance(2000);
    await ends(running, 1);
    const [{ outcome, why, output = '' } = {}] = running.store.recentRuns();
    expect({ outcome, why }).toEqual({ outcome: 'failed', why: 'it did not end within 5 s, and was ended' });
    await until(() => !isAlive(Number(output)));
  });

  it('that floods its output is ended, and the beginning is kept', async () => {
    const running = await started((path) => `set exec block ${path}\nblock ^x`, {
      more: 'exec yes flood',
    });
    await logged(running, 'x');
    await ends(running, 1);
    const [{ why = '', output = '', outcome } = {}] = running.store.recentRuns();
    expect({ why, outcome }).toEqual({
      why: 'it printed more than 1048576 bytes, and was ended',
      outcome: 'failed',
    });
    expect(output.length).toBeLessThanOrEqual(2000);
    expect(output).toMatch(/^flood\nflood\n/);
  });

  it.each([
    ['dies', 'kill -9 $$', 'it was killed by SIGKILL'],
    ['reads nothing', 'exec <&-; exit 0', ''],
  ])('that %s', async (_, text, why) => {
    const path = script(temporaryFolder(), 'program', text);
    const running = await startDaemon(`set state state\nset exec block ${path}\nblock ^x\n`);
    await logged(running, `x ${'y'.repeat(200_000)}`);
    await ends(running, 1);
    expect(running.store.recentRuns()).toMatchObject([{ why }]);
  });

  it('that is gone, or cannot be executed any more, fails at each hit', async () => {
    const running = await started((path) => `set exec block ${path}\nblock ^x`);
    rmSync(running.program.path);
    await logged(running, 'x');
    await ends(running, 1);
    const path = script(temporaryFolder(), 'program', 'true');
    const other = await startDaemon(`set state state\nset exec block ${path}\nblock ^x\n`);
    chmodSync(path, 0o000);
    await logged(other, 'x');
    await ends(other, 1);
    expect(running.store.recentRuns()).toMatchObject([
      { outcome: 'failed', why: expect.stringMatching(/^it could not be started: spawn .* ENOENT$/) },
    ]);
    expect(other.store.recentRuns()).toMatchObject([
      { outcome: 'failed', why: expect.stringMatching(/^it could not be started: spawn .* EACCES$/) },
    ]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

describe('after a crash', () => {
  /** A daemon that ended when it had started the program for `x 1`, while `x 2` waited. */
  async function crashed(more = '') {
    const tools = temporaryFolder();
    const program = recorder(tools);
    const conf = `set state state\n${more}set exec block ${program.path} {{n}}\nblock ^x (?<n>\\d+)\n`;
    const first = await startDaemon(conf, { acts: false });
    await logged(first, 'x 1', 'x 2');
    const [one] = first.store.waitingRuns('block', 1);
    first.store.settleRuns({ at: NOON, started: [one?.id ?? 0], again: [], ended: [] });
    await first.stop();
    return { conf, folder: first.folder, program };
  }

  it('a program that had been started is not run again, which is told; one that waited runs', async () => {
    const { conf, folder, program } = await crashed();
    const running = await startDaemon(`${conf}set queue misc f@x.org t@x.org [now] S\nmisc ^tayori\n`, {
      folder,
    });
    await ends(running, 2);
    await running.daemon.poll();
    expect(program.runs()).toEqual(['<2>|Nov 20 10:00:00 web1 x 2']);
    expect(letters(running).join('\n')).toContain(
      `tayori: program of [block] was interrupted: ${program.path} 1; tayori ended; it may or may not have run`,
    );
    expect(running.events).toContainEqual({ kind: 'runs-interrupted', runs: 1, again: false });
  });

  it('with exec_repeat it runs again', async () => {
    const { conf, folder, program } = await crashed('set exec_repeat on\n');
    const running = await startDaemon(conf, { folder });
    await ends(running, 2);
    expect(program.runs().sort()).toEqual([1, 2].map((n) => `<${n}>|Nov 20 10:00:00 web1 x ${n}`));
  });

  it('hits of a queue that has no program any more are not run, which is told', async () => {
    const { folder, program } = await crashed();
    const running = await startDaemon('set state state\nset queue a f@x.org t@x.org [now] S\na .*\n', {
      folder,
    });
    await ends(running, 2);
    await running.daemon.poll();
    expect(program.runs()).toEqual([]);
    expect(letters(running).join('\n')).toContain(
      'tayori: program of [block] was not run: the config has no program for the queue any more',
    );
  });

  it('an end is told once, even if tayori ends before it is mailed', async () => {
    const { conf, folder } = await crashed();
    const told = `${conf}set queue misc f@x.org t@x.org [30 13 * * *] S\nmisc ^tayori\n`;
    const first = await startDaemon(`${told}set flush_on_signal off\n`, { folder });
    await ends(first, 2);
    await first.stop();
    const second = await startDaemon(`${told}set flush_on_signal off\n`, { folder });
    await second.daemon.poll();
    expect(second.store.pending()).toEqual([{ queue: 'misc', messages: 2, lines: 2 }]);
  });
});

it('no more than ten thousand hits of a queue are held, and what is left out is told', async () => {
  const running = await startDaemon(
    'set state state\nset exec block /bin/true\nblock ^x\nset queue misc f@x.org t@x.org [now] S\nmisc ^tayori\n',
    { acts: false },
  );
  await logged(running, ...Array.from({ length: 10_050 }, (_, n) => `x ${n}`));
  await running.daemon.poll();
  expect(running.store.runCounts()).toEqual([
    { queue: 'block', waiting: 10_000, running: 0, ended: new Map([['left-out', 50]]) },
  ]);
  expect(letters(running)).toEqual([
    'loghost: \n    1: tayori: program of [block] was not run for all hits: 50 hits; too many wait',
  ]);
});

it('status tells what waits, what ran, and the last trouble', async () => {
  const running = await started(
    (path) => `set exec block ${path} {{n}}\nset exec idle ${path}\nblock ^x (?<n>\\S+)\nidle ^y`,
    {
      more: '[ "$1" = 1 ] || { echo broken; exit 7; }',
    },
  );
  await logged(running, 'x 1');
  await ends(running, 1);
  await logged(running, 'x 2', 'x -3');
  await ends(running, 3);
  const read = readConfig(join(running.folder, 'tenshi.conf'));
  if (!read.ok) throw new Error('no config');
  const status = reportStatus(running.store, read.config, true, NOON);
  expect(status.programs).toMatchObject([
    {
      queue: 'block',
      waiting: 0,
      running: 0,
      ended: { ran: 1, failed: 1, refused: 1, interrupted: 0, 'left-out': 0 },
    },
    { queue: 'idle', ended: { ran: 0 }, recent: [] },
  ]);
  const text = renderStatus(status, { state: running.folder, timezone: 'UTC', now: NOON });
  expect(text).toContain(
    '\nPrograms\n  [block]  0 waiting, 0 running, 1 ran, 1 failed, 1 not run for their values  ',
  );
  expect(text).toContain('\n  [idle]   0 waiting, 0 running\n');
  expect(text).toMatch(
    /not run for their values .* 12:00: .*would be an option: -3|failed .* 12:00: \S+ 2; it ended with status 7; it printed: broken/,
  );
});

it('a config without values in its letters keeps commands out of them, too', async () => {
  const running = await started(
    (path) =>
      `set queue block f@x.org t@x.org [now] S\nset values block off\nset exec block ${path} {{ip}}\n${RULE}`,
  );
  await logged(running, failed('192.0.2.1'));
  await ends(running, 1);
  await running.daemon.poll();
  expect(letters(running)[0]).toBe('loghost: \n    1: tayori: program of [block] ran');
});

it('a section may have a program: its messages stand in the letter, with what the program did', async () => {
  const all = 'set queue all f@x.org t@x.org [0 0 1 1 *] S\nset section block all Blocked\n';
  const running = await started((path) => `${all}set exec block ${path} {{ip}}\n${RULE}`);
  await logged(running, failed('192.0.2.7'));
  await ends(running, 1);
  await running.daemon.poll();
  await running.daemon.flush('flushing');
  const letter = maildir(running.folder).join('');
  expect(letter).toContain('1: sshd: Invalid user ___ from ___');
  expect(letter).toContain('1: tayori: program of [block] ran: ');
});
