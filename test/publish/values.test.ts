import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/base/time/duration.js';
import { NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { unfolded } from '../support/unfolded.js';

const r = String.raw;

/** Forty users from three addresses, and what is said of them each day. */
const SAID = Array.from({ length: 40 }, (_, i) => [
  `sshd: Invalid user user${i} from 192.0.2.${i % 3}`,
  `sshd: Invalid user root from 192.0.2.7`,
]).flat();

/** The text of the second of two days' letters, which is routine but for `news`. */
async function secondLetter(
  conf: string,
  said: readonly string[] = SAID,
  news: readonly string[] = [],
): Promise<{ text: string; running: Running }> {
  const clock = heldClock(NOON);
  const running = await startDaemon(`set letter full\nset queue n f@x.org t@x.org [30 12 * * *] S\n${conf}`, {
    clock,
  });
  for (let day = 0; day < 2; day++) {
    running.write(...said.slice(0, 40));
    await running.daemon.poll();
    running.write(...said.slice(40), ...(day === 1 ? news : []));
    clock.advance(DAY);
    await running.daemon.poll();
  }
  const dated = (mail: string): number => Date.parse(/^Date: (.*)$/m.exec(mail)?.[1] ?? '');
  const [last = ''] = maildir(running.folder).sort((a, b) => dated(b) - dated(a));
  const text = last.slice(last.indexOf('Content-Type: text/plain')).split('\n----')[0] ?? '';
  return { text: text.replaceAll('=\n', ''), running };
}

const RULE = r`n ^sshd: Invalid user (\S+) from (\S+)`;

describe('masked values', () => {
  it('is told, over all commits, and the counts are those of the lines', async () => {
    const { text } = await secondLetter(`${RULE}\n`);
    expect(text).toContain('UNDER THE MASK');
    expect(text).toContain('41 values (root 40, ');
    expect(text).toContain('4 addresses (192.0.2.7 40, ');
    expect(text).toContain('    80: sshd: Invalid user ___ from ___');
  });

  it('has the names of the groups', async () => {
    const { text } = await secondLetter(r`n ^sshd: Invalid user (?<user>\S+) from (\S+)`);
    expect(text).toContain('41 users (root 40, ');
  });

  it.each([
    ['set values n off', `set values n off\n${RULE}\n`],
    ['a mask that is not looked at', 'n ^sshd: Invalid user\n'],
  ])('is not kept: %s', async (_, conf) => {
    const { text } = await secondLetter(conf);
    expect(text).not.toContain('UNDER THE MASK');
    expect(text).toMatch(/sshd: Invalid user/);
  });

  it('is looked at where all of a message but its masks is the same', async () => {
    const { text } = await secondLetter('n ^sshd: Invalid user (.+)\n');
    expect(text).toContain('41 values (root from 192.0.2.7 40, ');
    expect(text).toContain('    80: sshd: Invalid user ___');
  });

  it('lines that were only repeated have none: at least so many', async () => {
    const repeat = r`repeat ^last message repeated (\d+) times`;
    const { text } = await secondLetter(`${repeat}\n${RULE}\n`, [...SAID, 'last message repeated 3 times']);
    expect(text).toContain('at least 41 values (root 40, ');
    expect(text).toContain('    83: sshd: Invalid user ___ from ___');
  });

  it('what there was no room for is told', async () => {
    const many = Array.from({ length: 5100 }, (_, at) => `app${at}: said x`);
    const { text } = await secondLetter(r`n ^app\d+: said (\S+)`, many);
    expect(unfolded(text)).toContain(
      '*** the masked values of 100 messages are not shown: there was no room for more ***',
    );
  });
});

describe('a message that is new', () => {
  const KNOWN = Array.from({ length: 40 }, () => 'cron: x');
  const first = 'sshd: Invalid user oracle from 192.0.2.9';
  const others = (users: number): string[] =>
    Array.from({ length: users }, (_, at) => `sshd: Invalid user u${at} from 192.0.2.${at % 7}`);

  it.each([2, 300])('shows its first line as it was logged, with %i others', async (users) => {
    const { text } = await secondLetter(`${RULE}\nn .\n`, KNOWN, [first, ...others(users)]);
    expect(text).toContain(`] sshd: Invalid user ___ from ___\n`);
    expect(text).toContain(`\n       first: ${first}\n`);
  });

  it('shows it once where it is the only line', async () => {
    const { text } = await secondLetter(`${RULE}\nn .\n`, KNOWN, [first]);
    expect(text).toContain(`[1x] ${first}\n`);
    expect(text.split('oracle')).toHaveLength(2);
  });

  it('shows none where values are not to be shown', async () => {
    const { text } = await secondLetter(`set values n off\n${RULE}\nn .\n`, KNOWN, [first, ...others(3)]);
    expect(text).toContain('[4x] sshd: Invalid user ___ from ___\n');
    expect(text).not.toMatch(/oracle|first: |192\.0\.2/);
  });
});
