import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_COUNT, MAX_REPEATS } from '../../src/base/count.js';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { letterText, type Running, startDaemon } from '../daemon/start-daemon.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';

const CONF = `set state state
set queue critical f@x.org t@x.org [now] CRITICAL
set queue report f@x.org t@x.org [now] Report
repeat message repeated (\\d+) times: \\[
critical ^disk
report .*
`;

function letters({ folder }: Running): string[] {
  return maildir(folder).map((mail) => letterText(mail).trim());
}

/** Any user of the machine can write it. */
const forged = (times: string, message: string): string => `message repeated ${times} times: [ ${message}]`;

describe('a line that claims repeats', () => {
  const told = (left: string): string =>
    `  *** 1 line said that a message was repeated more than 1,000,000 times; no line counts for more, so ${left} left out ***`;

  it.each([
    ['at the bound', String(MAX_REPEATS), null],
    ['above it', String(MAX_REPEATS + 1), told('1 repeat is')],
    ['far above it', '9000000000000000000', told('1,000,000,000,000,000 repeats are')],
    ['of 400 digits', '9'.repeat(400), told('1,000,000,000,000,000 repeats are')],
  ])('%s adds what may be, and the rest is told', async (_, times, note) => {
    const running = await startDaemon(CONF);
    running.write('disk fails', forged(times, 'disk fails'));
    await running.daemon.poll();
    const [letter = ''] = letters(running);
    expect(letter.split('\n')).toEqual([
      'web1: ',
      `    ${MAX_REPEATS + 1}: disk fails`,
      ...(note === null ? [] : ['', note]),
    ]);
  });

  it('twice, with a number that no sum can hold, keeps no letter back and shows status and preview', async () => {
    const running = await startDaemon(CONF.replaceAll('[now]', '[30 12 * * *]'));
    const most = '9000000000000000000';
    running.write('disk sda', forged(most, 'disk sda'), 'disk sdb', forged(most, 'disk sdb'), 'x');
    await running.daemon.poll();
    const conf = join(running.folder, 'tenshi.conf');
    const status = await runCli(['status', '-c', conf]);
    expect(status.out).toMatch(/^ {2}critical .* 2000002 lines in 2 messages$/m);
    expect(status.out).toMatch(/^ *2 {2}that claimed more than 1000000 repeats, counted as 1000000/m);
    const preview = await runCli(['preview', '-c', conf]);
    expect(preview.out).toContain('    1000001: disk sdb');
    expect([status.code, preview.code]).toEqual([0, 0]);
    await running.daemon.flush('flushing');
    expect(letters(running)).toHaveLength(2);
  });
});

/** What versions before the bound have left in states. */
it.each<[string, string]>([
  ['sums that overflow', 'UPDATE tally SET count = 9000000000000000000'],
  ['infinite counts', 'UPDATE tally SET count = 9e999'],
  [
    'infinite counts in the hours, which JSON knows as null',
    `UPDATE tally SET count = 9e999, detail = '{"h":[495000,null,495001,3]}'`,
  ],
])('a state with %s is survived: letters leave, and say so', async (_, damage) => {
  const conf = `${CONF.replaceAll('[now]', '[30 12 * * *]')}set csv [30 12 * * *] /bin/cat > csv\ncsv .\n`;
  const first = await startDaemon(conf);
  first.write('disk sda', 'disk sdb', 'x');
  await first.daemon.poll();
  await first.stop();
  const db = openSqlite(join(first.folder, 'state', 'tayori.db'));
  db.exec(damage);
  db.close();
  const second = await startDaemon(conf, { folder: first.folder });
  second.write('disk sda', 'y');
  await second.daemon.poll();
  const path = join(first.folder, 'tenshi.conf');
  for (const command of ['status', 'preview']) expect((await runCli([command, '-c', path])).code).toBe(0);
  await second.daemon.flush('flushing');
  const [critical = ''] = letters(second).filter((text) => text.includes('disk sda'));
  expect(critical).toContain(`    ${MAX_COUNT}: disk sda\n    ${MAX_COUNT}: disk sdb\n`);
  expect(critical).toContain(
    'no count goes above 1,000,000,000,000,000: where it is reached, there may have been more',
  );
  expect(letters(second)).toHaveLength(2);
  expect(second.daemon.pending()).toEqual([]);
});

it('what stops one queue stops no other, is told once, and stands in status until it is over', async () => {
  const running = await startDaemon(CONF);
  const { closeEdition } = running.store;
  Object.assign(running.store, {
    closeEdition(...of: Parameters<typeof closeEdition>) {
      if (of[0] === 'critical') throw new Error('a row that nobody can read');
      return closeEdition(...of);
    },
  });
  running.write('disk fails', 'x');
  for (let look = 0; look < 3; look++) await running.daemon.poll();
  expect(letters(running)).toEqual(['web1: \n    1: x']);
  expect(
    running.events.filter(({ kind }) => kind !== 'source' && kind !== 'sealed' && kind !== 'mail'),
  ).toEqual([{ kind: 'unsealed', queue: 'critical', reason: 'a row that nobody can read' }]);
  const status = async () => (await runCli(['status', '-c', join(running.folder, 'tenshi.conf')])).out;
  expect(await status()).toMatch(/critical .* its letter cannot be made: a row that nobody can read/);
  await running.daemon.flush('flushing');
  expect(letters(running)).toHaveLength(1);
  Object.assign(running.store, { closeEdition });
  await running.daemon.poll();
  expect(letters(running)).toHaveLength(2);
  expect(await status()).not.toContain('cannot be made');
});
