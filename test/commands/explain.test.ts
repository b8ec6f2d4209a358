import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/base/time/duration.js';
import { entryId, ledgerHash, wholeId } from '../../src/letter/entry-id.js';
import { NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { type Ran, runCli } from '../support/run-cli.js';

const { raw } = String;

const CONF = raw`set state state
set letter full
set ids on
set queue report f@x.org t@x.org [30 12 * * *] S
set queue page f@x.org pager:t@x.org [now] S
page ^disk (\S+) fails
report ^cups
group_host ^web
report ^sshd: Failed (?<how>\w+) for (?<user>\S+) from (?<ip>\S+)
group_end
group_host ^db
report ^sshd: Failed (?<how>\w+) for (\S+) from (\S+)
group_end
report .*
`;

const MASKED = 'sshd: Failed ___ for ___ from ___';

/** Two messages whose shown ids are the same. */
const TWINS = ['cups: job 2d12', 'cups: job 2t4l'] as const;

const explain = async ({ folder }: Running, ...argv: string[]): Promise<Ran> =>
  await runCli(['explain', '-c', join(folder, 'tenshi.conf'), ...argv]);

const flat = (text: string): string[] => text.split('\n').map((line) => line.replace(/ +/g, ' ').trim());

describe('tayori explain', () => {
  it('shows of an entry to come its first line, and of that what tayori test shows', async () => {
    const running = await startDaemon(CONF);
    running.write(
      'sshd: Failed password for root from 192.0.2.1',
      'sshd: Failed none for ann from 192.0.2.7',
    );
    await running.daemon.poll();
    const { out, code } = await explain(running, entryId('report', MASKED));
    const conf = join(running.folder, 'tenshi.conf');
    expect(flat(out)).toEqual([
      `${entryId('report', MASKED)} is an entry of [report]: ${MASKED}`,
      'hosts web1',
      expect.stringMatching(/^seen first Fri 20 Nov.*, 10:00, last /),
      'waiting 2 lines for the next letter',
      'first line sshd: Failed password for root from 192.0.2.1',
      '2. The groups',
      '$1 how password masked',
      '$2 user root masked',
      '$3 ip 192.0.2.1 masked',
      '3. The rule',
      raw`rule ${conf}:13:1 report ^sshd: Failed (?<how>\w+) for (?<user>\S+) from (?<ip>\S+)`,
      `in group ${conf}:12:1 group_host ^web`,
      `message ${MASKED}`,
      'queue report its letters go at [30 12 * * *]',
      '',
    ]);
    expect(code).toBe(0);
  });

  it('finds the rule of an entry of a past letter by its message, its host and the order of rules', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(CONF, { clock });
    for (const _ of ['a day', 'and another']) {
      running.write('sshd: Failed password for root from 192.0.2.1');
      clock.advance(DAY);
      await running.daemon.poll();
    }
    const { out } = await explain(running, entryId('report', MASKED).toUpperCase());
    const conf = join(running.folder, 'tenshi.conf');
    expect(flat(out)).toEqual([
      `${entryId('report', MASKED)} is an entry of [report]: ${MASKED}`,
      'hosts web1',
      expect.stringMatching(/^seen first /),
      'usual 1 line a letter',
      'waiting nothing',
      '3. The rule',
      raw`rule ${conf}:13:1 report ^sshd: Failed (?<how>\w+) for (?<user>\S+) from (?<ip>\S+)`,
      `or ${conf}:18:1 report .*`,
      '(by the masked message: the first rule of its queue that can have made it)',
      '',
    ]);
  });

  it('finds an entry of a pager letter, which the ledger does not know, by the text of the letter', async () => {
    const running = await startDaemon(CONF);
    running.write('disk sda fails');
    await running.daemon.poll();
    const id = entryId('page', 'disk ___ fails');
    expect(maildir(running.folder).join('')).toContain(`web1,1,disk ___ fails [${id}]`);
    const { out, code } = await explain(running, `[${id}]`);
    expect(flat(out)).toContain(raw`rule ${join(running.folder, 'tenshi.conf')}:10:1 page ^disk (\S+) fails`);
    expect(code).toBe(0);
  });

  it('finds an entry of a section of a pager letter', async () => {
    const section = 'set section fan page Fans\npage ^disk';
    const running = await startDaemon(
      CONF.replace('page ^disk', section).replace('report ^cups', 'fan ^fan'),
    );
    running.write('fan 3 stands still');
    await running.daemon.poll();
    const { out, code } = await explain(running, entryId('fan', 'fan 3 stands still'));
    expect(out).toContain('is an entry of [fan]: fan 3 stands still');
    expect(code).toBe(0);
  });

  it('says that no rule makes it any more', async () => {
    const running = await startDaemon(CONF);
    running.write('disk sda fails');
    await running.daemon.poll();
    await running.stop();
    const again = await startDaemon(CONF.replace(/^page .*\n/m, ''), { folder: running.folder });
    const { out } = await explain(again, entryId('page', 'disk ___ fails'));
    expect(flat(out)).toContain('no rule of the config makes it now');
  });

  it('names whole ids where two entries begin alike', async () => {
    const running = await startDaemon(CONF);
    const [one, other] = TWINS;
    running.write(one, other);
    await running.daemon.poll();
    const { err, code } = await explain(running, entryId('report', one));
    const whole = TWINS.map((message) => wholeId('report', ledgerHash(message)));
    expect(err).toContain('2 entries have this id');
    for (const id of whole) expect(err).toContain(`  ${id}  [report] `);
    expect(code).toBe(1);
    const { out } = await explain(running, whole[1] ?? '');
    expect(out).toContain(`is an entry of [report]: ${other}`);
  });

  it.each([
    ['what is no id', 'x', 2, '"x" is no id; it has seven characters'],
    ['an id of nothing', '0000000', 1, 'no entry has the id "0000000"'],
  ])('refuses %s', async (_, id, status, expected) => {
    const running = await startDaemon(CONF);
    const { err, code } = await explain(running, id);
    expect(err).toContain(expected);
    expect(code).toBe(status);
  });
});
