import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/commands/render-status.js';
import { readConfig } from '../../src/config/read-config.js';
import { reportStatus } from '../../src/daemon/status.js';
import { letterText, NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';

const RULES = String.raw`set queue block f@x.org t@x.org [now] Block
set queue all f@x.org t@x.org [30 12 * * *] All
block,all ^sshd: Invalid user (?<user>\S+) from (?<ip>\S+)
repeat message repeated (\d+) times: \[
`;
const WINDOW = `set state state\nset window block 3 10m by ip\n${RULES}`;

function letters({ folder }: Running): string[] {
  return maildir(folder)
    .map((mail) => letterText(mail).trim())
    .sort();
}

/** Writes lines of these minutes after ten, and polls. */
async function minutes(running: Running, ...lines: readonly (readonly [string, string])[]): Promise<void> {
  appendFileSync(running.log, lines.map(([time, text]) => `Nov 20 10:${time} web1 ${text}\n`).join(''));
  await running.daemon.poll();
}

const failed = (ip: string, user = 'admin'): string => `sshd: Invalid user ${user} from ${ip}`;

describe('set window', () => {
  it('lets the third hit of an address through, tells what fed it, and counts anew', async () => {
    const running = await startDaemon(WINDOW);
    await minutes(
      running,
      ['00:00', failed('192.0.2.1')],
      ['01:00', failed('192.0.2.2')],
      ['02:00', failed('192.0.2.1', 'root')],
    );
    expect(letters(running)).toEqual([]);
    await minutes(running, ['03:00', failed('192.0.2.1', 'oracle')], ['04:00', failed('192.0.2.1')]);
    expect(letters(running)).toEqual([
      'web1: \n    3: sshd: Invalid user ___ from ___ (3 within 10 min: ip 192.0.2.1)',
    ]);
  });

  it('gives every line to the other queues', async () => {
    const running = await startDaemon(WINDOW);
    await minutes(running, ['00:00', failed('192.0.2.1')], ['01:00', failed('192.0.2.2')]);
    expect(running.store.pending()).toEqual([{ queue: 'all', messages: 1, lines: 2 }]);
  });

  it('forgets hits that have left it', async () => {
    const running = await startDaemon(WINDOW);
    const ip = failed('192.0.2.1');
    await minutes(running, ['00:00', ip], ['01:00', ip], ['10:01', ip], ['11:01', ip]);
    expect(letters(running)).toEqual([]);
    await minutes(running, ['11:02', ip]);
    expect(letters(running)).toHaveLength(1);
  });

  it('goes on after a restart, and after a kill', async () => {
    const first = await startDaemon(WINDOW);
    await minutes(first, ['00:00', failed('192.0.2.1')], ['01:00', failed('192.0.2.1')]);
    await first.stop();
    const second = await startDaemon(WINDOW, { folder: first.folder });
    await minutes(second, ['02:00', failed('192.0.2.1')]);
    expect(letters(second)).toHaveLength(1);
  });

  it('counts a repeated line as often as it came, whether the line names it or not', async () => {
    const running = await startDaemon(WINDOW.replace(String.raw` times: \[`, ' times'));
    const ip = failed('192.0.2.1');
    await minutes(running, ['00:00', ip], ['01:00', `message repeated 2 times: [ ${ip}]`]);
    await minutes(running, ['02:00', failed('192.0.2.9')], ['03:00', 'last message repeated 7 times']);
    const told = (count: number, ip: string): string =>
      `web1: \n    ${count}: sshd: Invalid user ___ from ___ (3 within 10 min: ip ${ip})`;
    expect(letters(running)).toEqual([told(3, '192.0.2.1'), told(6, '192.0.2.9')]);
  });

  it('takes the host where no group is named, and tells other hosts', async () => {
    const running = await startDaemon(WINDOW.replace(' by ip', ''));
    await minutes(running, ['00:00', failed('192.0.2.1')], ['01:00', failed('192.0.2.2')]);
    await minutes(running, ['02:00', failed('192.0.2.3')]);
    expect(letters(running)).toEqual(['web1: \n    3: sshd: Invalid user ___ from ___ (3 within 10 min)']);
  });

  it('names no value that must not be shown', async () => {
    const running = await startDaemon(`${WINDOW}set values block off\n`);
    const ip = failed('192.0.2.1');
    await minutes(running, ['00:00', ip], ['00:01', ip], ['00:02', ip]);
    expect(letters(running)).toEqual([
      'web1: \n    3: sshd: Invalid user ___ from ___ (3 within 10 min: by ip)',
    ]);
  });

  it('takes hits that an escalation lets through, one each', async () => {
    const running = await startDaemon(WINDOW.replace('block,all', 'all,block:2').replace(' 3 10m', ' 2 10m'));
    const ip = failed('192.0.2.1');
    await minutes(running, ['00:00', ip], ['00:01', ip], ['00:02', ip]);
    expect(letters(running)).toEqual([]);
    await minutes(running, ['00:03', ip]);
    expect(letters(running)).toHaveLength(1);
  });

  it('counts a line without the group under its host', async () => {
    const running = await startDaemon(WINDOW.replace('from (?<ip>\\S+)', 'from(?: (?<ip>\\d\\S+))?'));
    await minutes(running, ['00:00', failed('')], ['00:01', failed('192.0.2.1')], ['00:02', failed('')]);
    expect(letters(running)).toEqual([]);
    await minutes(running, ['00:03', failed('')]);
    expect(letters(running)).toHaveLength(1);
  });
});

describe('set exempt', () => {
  it('keeps an address from the window, and from no other queue', async () => {
    const running = await startDaemon(
      `${WINDOW}set exempt ip 10.0.0.0/8 fe80::/10\nset exempt user backup\n`,
    );
    for (const ip of ['10.1.2.3', '::ffff:10.1.2.3', 'fe80::1%eth0'])
      await minutes(running, ['00:00', failed(ip)], ['00:01', failed(ip)], ['00:02', failed(ip)]);
    for (const second of ['03', '04', '05'])
      await minutes(running, [`00:${second}`, failed('192.0.2.1', 'backup')]);
    expect(letters(running)).toEqual([]);
    expect(running.store.pending()).toEqual([{ queue: 'all', messages: 1, lines: 12 }]);
    expect(running.store.counters().get('exempt')).toBe(12);
  });
});

describe('set follows', () => {
  const FOLLOWS = String.raw`set state state
set queue guessing f@x.org t@x.org [30 12 * * *] Guessing
set queue breakin f@x.org t@x.org [now] Breakin
set window guessing 2 10m by ip
set follows breakin guessing 5m by ip
guessing ^sshd: Failed from (?<ip>\S+)
breakin ^sshd: Accepted from (?<ip>\S+)
`;

  it('tells a login that succeeds after a window of failures of the same address', async () => {
    const running = await startDaemon(FOLLOWS);
    await minutes(
      running,
      ['00:00', 'sshd: Failed from 192.0.2.1'],
      ['00:30', 'sshd: Accepted from 192.0.2.1'],
      ['01:00', 'sshd: Failed from 192.0.2.1'],
      ['02:00', 'sshd: Accepted from 192.0.2.2'],
    );
    expect(letters(running)).toEqual([]);
    await minutes(running, ['06:00', 'sshd: Accepted from 192.0.2.1']);
    await minutes(running, ['06:01', 'sshd: Accepted from 192.0.2.1']);
    expect(letters(running)).toEqual(['web1: \n    1: sshd: Accepted from ___']);
  });
});

describe('pages that wait', () => {
  const NOW = String.raw`set state state
set queue alarm f@x.org t@x.org [now] Alarm
set queue down f@x.org t@x.org [30 12 * * *] Down
alarm ^app: (?<what>\w+) fails
down ^link: (?<what>\w+) down
`;

  it('a throttle tells the first hit of a key at once, and later ones with the next page', async () => {
    const running = await startDaemon(`${NOW}set throttle alarm 10m by what\n`);
    await minutes(running, ['00:00', 'app: web fails']);
    await minutes(running, ['01:00', 'app: web fails'], ['09:59', 'app: web fails']);
    expect(letters(running)).toEqual(['web1: \n    1: app: ___ fails']);
    await minutes(running, ['10:00', 'app: web fails']);
    expect(letters(running)).toEqual(['web1: \n    1: app: ___ fails', 'web1: \n    3: app: ___ fails']);
  });

  it('a throttle goes on after a restart', async () => {
    const conf = `${NOW}set throttle alarm 10m by what\nset flush_on_signal off\n`;
    const first = await startDaemon(conf);
    await minutes(first, ['00:00', 'app: web fails']);
    await first.stop();
    const second = await startDaemon(conf, { folder: first.folder });
    await minutes(second, ['01:00', 'app: web fails']);
    expect(letters(second)).toHaveLength(1);
    await minutes(second, ['01:30', 'app: mail fails']);
    expect(letters(second).at(-1)).toBe('web1: \n    2: app: ___ fails');
  });

  it('a queue that was hit mutes another, whose lines go with its next page', async () => {
    const running = await startDaemon(`${NOW}set mutes alarm down 5m by what\n`);
    await minutes(running, ['00:00', 'link: web down'], ['01:00', 'app: web fails']);
    expect(letters(running)).toEqual([]);
    await minutes(running, ['02:00', 'app: mail fails']);
    expect(letters(running)).toEqual(['web1: \n    2: app: ___ fails']);
    await minutes(running, ['05:01', 'app: web fails']);
    expect(letters(running)).toHaveLength(2);
  });

  it('a first page waits for its fellows', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(`${NOW}set gather alarm 30s\n`, { clock });
    await minutes(running, ['00:00', 'app: web fails']);
    clock.jump(29_000);
    await minutes(running, ['00:20', 'app: mail fails']);
    expect(letters(running)).toEqual([]);
    clock.jump(1000);
    await running.daemon.poll();
    expect(letters(running)).toEqual(['web1: \n    2: app: ___ fails']);
  });
});

it('status tells the keys of each directive, and when what waits goes', async () => {
  const running = await startDaemon(`${WINDOW}set throttle block 10m by ip\n`);
  const ip = failed('192.0.2.1');
  await minutes(running, ['00:00', ip], ['00:01', ip], ['00:02', ip], ['00:03', failed('192.0.2.2')]);
  await minutes(running, ['00:04', ip], ['00:05', ip], ['00:06', ip]);
  const read = readConfig(join(running.folder, 'tenshi.conf'));
  if (!read.ok) throw new Error('no config');
  const status = reportStatus(running.store, read.config, true, NOON);
  expect(status.timed).toEqual([
    { directive: 'window block by ip', keys: 1 },
    { directive: 'throttle block by ip', keys: 1 },
  ]);
  expect(status.queues[0]).toEqual({ name: 'block', messages: 1, lines: 3, next: { kind: 'with-next' } });
  const text = renderStatus(status, { state: running.folder, timezone: 'UTC', now: NOON });
  expect(text).toContain('\nRules that count in time\n  window block by ip    1 key\n');
  expect(text).toContain('with the next page');
});
