import { describe, expect, it } from 'vitest';
import { NOON, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { unfolded } from '../support/unfolded.js';

/** What each server says to a letter, and logs of it. */
const SERVERS: [string, string, (id: string) => string[]][] = [
  [
    'Postfix',
    '2.0.0 Ok: queued as 4XyZab1CdEzFg',
    (id) => [
      'postfix/smtpd[12]: 4XyZab1CdEzFg: client=localhost[127.0.0.1]',
      `postfix/cleanup[13]: 4XyZab1CdEzFg: message-id=${id}`,
      'postfix/qmgr[8]: 4XyZab1CdEzFg: from=<f@x.org>, size=1203, nrcpt=1 (queue active)',
      'postfix/smtp[14]: 4XyZab1CdEzFg: to=<t@x.org>, relay=x.org[192.0.2.1]:25, status=sent (250 ok)',
      'postfix/qmgr[8]: 4XyZab1CdEzFg: removed',
    ],
  ],
  [
    'Exim',
    'OK id=1tDabc-000000004Hk-3xyz',
    (id) => [
      `exim[9]: 2026-11-20 12:30:00 1tDabc-000000004Hk-3xyz <= f@x.org H=localhost [127.0.0.1] P=esmtp S=1203 id=${id.slice(1, -1)}`,
      'exim[9]: 2026-11-20 12:30:01 1tDabc-000000004Hk-3xyz => t@x.org R=dnslookup T=remote_smtp H=x.org [192.0.2.1]',
      'exim[9]: 2026-11-20 12:30:01 1tDabc-000000004Hk-3xyz Completed',
    ],
  ],
  [
    'Sendmail',
    '2.0.0 4AKCU0ab012345 Message accepted for delivery',
    (id) => [
      `sm-mta[77]: 4AKCU0ab012345: from=<f@x.org>, size=1203, nrcpts=1, msgid=${id}, proto=ESMTP, relay=localhost`,
      'sm-mta[78]: 4AKCU0ab012345: to=<t@x.org>, delay=00:00:00, mailer=esmtp, dsn=2.0.0, stat=Sent (ok)',
    ],
  ],
];

describe.each(SERVERS)('what %s logs of a letter', (_name, answer, linesOf) => {
  const conf = (port: number) =>
    `set mailserver 127.0.0.1:${port}\nset queue n f@x.org t@x.org [now] S\nrepeat ^last message repeated (\\d+) times\nn ^(?!tayori: )\n`;

  it("makes no letter, is counted apart, and is nobody's last match", async () => {
    const clock = heldClock(NOON);
    const server = await startMailServer(answer);
    const { daemon, store, write } = await startDaemon(conf(server.port), { clock });
    write('disk 1 fails');
    await daemon.poll();
    const own = linesOf(server.letters[0]?.messageId ?? '');
    write(...own);
    for (let look = 0; look < 3; look++) {
      clock.advance(5000);
      await daemon.poll();
    }
    expect(server.letters).toHaveLength(1);
    expect(store.counters().get('own')).toBe(own.length);
    write('disk 2 fails', ...own.slice(0, 2), 'last message repeated 3 times');
    await daemon.poll();
    expect(server.letters).toHaveLength(2);
    expect(server.letters[1]?.text).toContain('    4: disk 2 fails\n');
  });

  it('is known after a restart', async () => {
    const server = await startMailServer(answer);
    const first = await startDaemon(conf(server.port));
    first.write('disk 1 fails');
    await first.daemon.poll();
    const [head = '', ...rest] = linesOf(server.letters[0]?.messageId ?? '');
    first.write(head);
    await first.daemon.poll();
    await first.stop();
    const second = await startDaemon(conf(server.port), { folder: first.folder });
    second.write(...rest);
    await second.daemon.poll();
    expect(server.letters).toHaveLength(1);
    expect(second.store.counters().get('own')).toBe(rest.length + 1);
  });

  it.each([
    ['the answer alone', answer, 0],
    ['the log alone', 'taken', 2],
  ])('is known after a restart by %s', async (_how, says, before) => {
    const server = await startMailServer(says);
    const first = await startDaemon(conf(server.port));
    first.write('disk 1 fails');
    await first.daemon.poll();
    const id = server.letters[0]?.messageId ?? '';
    const lines = linesOf(id);
    first.write(...lines.slice(0, before));
    await first.daemon.poll();
    const counted = first.store.counters().get('own') ?? 0;
    await first.stop();
    const second = await startDaemon(conf(server.port), { folder: first.folder });
    const rest = linesOf(id).filter((line) => !line.includes(id.slice(1, -1)));
    second.write(...rest);
    await second.daemon.poll();
    expect(second.store.counters().get('own')).toBe(counted + rest.length);
  });

  it('is known again when the state could not be written, and it is read again', async () => {
    const server = await startMailServer('taken');
    const { daemon, store, write } = await startDaemon(conf(server.port));
    write('disk 1 fails');
    await daemon.poll();
    const [head = '', ...rest] = linesOf(server.letters[0]?.messageId ?? '').filter(
      (line) => !line.includes('client='),
    );
    write(head);
    await daemon.poll();
    const { commit } = store;
    Object.assign(store, {
      commit() {
        throw new Error('disk is full');
      },
    });
    write(...rest);
    await daemon.poll();
    Object.assign(store, { commit });
    await daemon.poll();
    await daemon.poll();
    expect(store.counters().get('own')).toBe(rest.length + 1);
    expect(server.letters).toHaveLength(1);
  });

  it('is known though the letter was refused after it was logged', async () => {
    const clock = heldClock(NOON);
    const server = await startMailServer(answer);
    const { daemon, store, write } = await startDaemon(conf(server.port), { clock });
    server.refuse = { responseCode: 451, message: 'try again' };
    write('disk 1 fails');
    await daemon.poll();
    const [waiting] = daemon.outbox();
    expect(waiting).toMatchObject({ state: 'waiting', lastError: expect.stringContaining('451 try again') });
    const own = linesOf(server.refused[0]?.messageId ?? '');
    write(...own);
    await daemon.poll();
    expect(store.counters().get('own')).toBe(own.length);
    expect(daemon.pending()).toEqual([]);
  });
});

describe('a forged line', () => {
  const conf = (port: number) =>
    `set mailserver 127.0.0.1:${port}\nset letter full\nset queue n f@x.org t@x.org [now] S\nn .*\n`;

  it('with the Message-ID of a letter hides nothing but itself, and letters say how many lines were counted separately', async () => {
    const server = await startMailServer('taken');
    const { daemon, store, write } = await startDaemon(conf(server.port));
    write('disk 1 fails');
    await daemon.poll();
    const id = server.letters[0]?.messageId ?? '';
    write(`postfix/smtpd[1]: warning: message-id=${id}`);
    await daemon.poll();
    expect(store.counters().get('own')).toBe(1);
    write('postfix/smtpd[2]: warning: unknown[192.0.2.1]: SASL LOGIN authentication failed');
    await daemon.poll();
    expect(server.letters).toHaveLength(2);
    expect(server.letters[1]?.text).toContain(
      'warning: unknown[192.0.2.1]: SASL LOGIN authentication failed',
    );
    expect(unfolded(server.letters[1]?.text ?? '')).toContain(
      "*** counted separately, as the mail server wrote them about tayori's own letters: 1 line ***",
    );
    write('disk 2 fails');
    await daemon.poll();
    expect(server.letters[2]?.text).not.toContain('counted separately');
  });

  it('is told in the letters of every queue, plain and Japanese ones, too, and not in those for pagers', async () => {
    const server = await startMailServer('taken');
    const { daemon, write } = await startDaemon(
      `set mailserver 127.0.0.1:${server.port}\nset language ja\nset queue n f@x.org t@x.org [now] S\nset queue p f@x.org pager:p@x.org [now] P\nn,p .*\n`,
    );
    write('disk 1 fails');
    await daemon.poll();
    const id = server.letters[0]?.messageId ?? '';
    write(`dovecot: lda(root)<1><x>: msgid=${id}: saved mail to INBOX`, 'disk 2 fails');
    await daemon.poll();
    const [plain, pager] = server.letters
      .slice(2)
      .map(({ text }) => text ?? '')
      .sort();
    expect(
      [plain, pager].map((text) => text?.includes('メールサーバーが書いた1行は、別に数えました')),
    ).toEqual([true, false]);
  });
});

it('mail of others is news, also under the name of the same server', async () => {
  const server = await startMailServer('queued as 4XyZab1CdEzFg');
  const { daemon, write } = await startDaemon(
    `set mailserver 127.0.0.1:${server.port}\nset queue n f@x.org t@x.org [now] S\nn .*\n`,
  );
  write('x');
  await daemon.poll();
  write('postfix/cleanup[13]: 4Another1: message-id=<1@x.org>', 'postfix/qmgr[8]: 4Another1: removed');
  await daemon.poll();
  expect(server.letters[1]?.text).toContain('1: postfix/cleanup[13]: 4Another1: message-id=<1@x.org>\n');
  expect(server.letters[1]?.text).toContain('1: postfix/qmgr[8]: 4Another1: removed\n');
});
