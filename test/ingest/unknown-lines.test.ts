import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { letterText, NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const CONF = `set state state
set queue a f@x.org t@x.org [now] A
set queue b f@x.org t@x.org [30 12 * * *] B
a ^known
b ^slow
`;

/** The last lines of each letter of a queue, oldest first. */
function notes({ folder }: Running, queue: string): string[][] {
  return maildir(folder)
    .filter((mail) => mail.includes(`[${queue}]`))
    .map((mail) => [...letterText(mail).matchAll(/\*\*\* (.*) \*\*\*/g)].map(([, note = '']) => note));
}

it('lines that no rule took are told in the last lines of each letter, with the most frequent of them', async () => {
  const clock = heldClock(NOON);
  const running = await startDaemon(CONF, { clock });
  const { daemon, write } = running;
  write(
    'known',
    'slow',
    'sshd[812]: from 192.0.2.7 port 22',
    'sshd[7]: from 192.0.2.40 port 4711',
    'cron: x',
  );
  await daemon.poll();
  const first = [
    '3 lines matched no rule and went to no queue; a last rule "misc .*" would show them',
    'no rule, 2 times: sshd[#]: from #.#.#.# port #',
    'no rule, once: cron: x',
  ];
  expect(notes(running, 'a')).toEqual([first]);
  write('known', 'cron: x', 'cron: x');
  await daemon.poll();
  const second = [
    '2 lines matched no rule and went to no queue; a last rule "misc .*" would show them',
    'no rule, 2 times: cron: x',
  ];
  expect(notes(running, 'a').sort()).toEqual([second, first]);
  write('known');
  await daemon.poll();
  expect(notes(running, 'a').sort()).toEqual([[], second, first]);
  clock.advance(30 * 60_000);
  await daemon.poll();
  expect(notes(running, 'b')).toEqual([
    [
      '5 lines matched no rule and went to no queue; a last rule "misc .*" would show them',
      'no rule, 3 times: cron: x',
      'no rule, 2 times: sshd[#]: from #.#.#.# port #',
    ],
  ]);
});

it('what is told of them survives a restart, and is shown by preview', async () => {
  const first = await startDaemon(CONF);
  first.write('slow', 'cron: x');
  await first.daemon.poll();
  await first.stop();
  const second = await startDaemon(CONF, { folder: first.folder });
  second.write('cron: x');
  await second.daemon.poll();
  const { out } = await runCli(['preview', 'b', '-c', join(first.folder, 'tenshi.conf')]);
  expect(out).toContain('*** no rule, 2 times: cron: x ***');
  await second.daemon.flush('flushing');
  expect(notes(second, 'b')[0]).toContain('no rule, 2 times: cron: x');
});

it('is bounded: of many different ones three are told, cut, in which nothing acts', async () => {
  const running = await startDaemon(`${CONF}set language ja\n`);
  const many = Array.from(
    { length: 5000 },
    (_, at) => `odd ${at.toString(2).replaceAll('0', 'o').replaceAll('1', 'i')}`,
  );
  running.write('known', ...Array(900).fill(`loud \x1b[J ${'x'.repeat(10_000)}`), ...many);
  await running.daemon.poll();
  const [told = []] = notes(running, 'a');
  expect(told).toHaveLength(4);
  expect(told[0]).toContain('5900行はどのルールにも合わず');
  expect(told[1]).toMatch(/^ルールなし、約900回: loud \\x1b\[J x+…$/);
  expect(Math.max(...told.map(({ length }) => length))).toBeLessThan(130);
});

it('digest tells them behind the letters', async () => {
  const folder = temporaryFolder();
  const [conf, log] = [join(folder, 'tenshi.conf'), join(folder, 'x.log')];
  writeFileSync(conf, CONF);
  writeFileSync(log, 'Nov 20 10:00:00 h app[1]: x 1\nNov 20 10:00:00 h app[22]: x 23\n');
  const { err } = await runCli(['digest', '-c', conf, log]);
  expect(err).toContain('2 matched by no rule\n  no rule, 2 times: app[#]: x #\n');
});
