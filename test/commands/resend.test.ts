import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FleetMark } from '../../src/mail/fleet-mark.js';
import { openState } from '../../src/store/folder/open-state.js';
import { NOON, startDaemon } from '../daemon/start-daemon.js';
import { type ScriptedServer, startScriptedServer } from '../mail/servers.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { type Ran, runCli } from '../support/run-cli.js';
import { launch, preparePlace } from '../support/tayori.js';
import { until } from '../support/until.js';

const QUEUE = 'set queue n f@x.org t@x.org,u@x.org [now] S\n';

/** A daemon that has made one letter, of which became what the server did. */
async function afterOne(
  script: Parameters<typeof startScriptedServer>[0] = {},
  conf = `${QUEUE}n ^(?!tayori: )\n`,
) {
  const clock = heldClock(NOON);
  const server = await startScriptedServer(script);
  const running = await startDaemon(
    `set state state\nset mailserver 127.0.0.1:${server.route.port}\n${conf}`,
    {
      clock,
    },
  );
  running.write('disk 1 fails');
  await running.daemon.poll();
  const file = join(running.folder, 'tenshi.conf');
  const send = (...argv: string[]): Promise<Ran> => runCli(['letters', '-c', file, ...argv]);
  return { ...running, server, send, file, clock };
}

const messageId = (mail = ''): string => /^Message-ID: (<.*>)\r$/m.exec(mail)?.[1] ?? '';
const recipients = ({ heard }: ScriptedServer): string[] =>
  heard.filter((line) => line.startsWith('RCPT')).map((line) => line.slice('RCPT TO:<'.length, -1));

describe('a letter of the past is sent again', () => {
  it('to its recipients, with a Message-ID of its own, and says so; the rest is what it was', async () => {
    const { server, send, daemon } = await afterOne();
    const { code, out, err } = await send('1', '--send');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      'letter 1 [n] is sent again, as letter 2, to t@x.org, u@x.org; tayori sends it at its next poll\n',
    );
    await daemon.poll();
    const [first = '', second = ''] = server.letters;
    expect(server.letters).toHaveLength(2);
    expect(recipients(server)).toEqual(['t@x.org', 'u@x.org', 't@x.org', 'u@x.org']);
    expect(messageId(second)).toMatch(/^<[0-9a-z]+\.1\.[0-9a-f]{12}@loghost>$/);
    expect(messageId(second)).not.toBe(messageId(first));
    expect(second).toMatch(
      /^X-tayori-resent: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000;\r\n sent before as <.*@loghost>\r\nFrom: /,
    );
    expect(second).toContain(`sent before as ${messageId(first)}\r\n`);
    const plain = second
      .replace(/^X-tayori-resent: .*\r\n .*\r\n/, '')
      .replace(messageId(second), messageId(first));
    expect(plain).toBe(first);
    expect(daemon.outbox()).toEqual([]);
  });

  it('with a Message-ID that all nodes of its fleet know', async () => {
    const { server, send, daemon, store } = await afterOne();
    store.setMeta('fleetSecret', 'a secret');
    await send('1', '--send');
    await daemon.poll();
    const second = server.letters[1]?.replace(/^Message-ID:\r\n /m, 'Message-ID: ');
    const id = messageId(second).slice(1, -1);
    expect(new FleetMark('a secret').knows(id, Date.now())).toBe(true);
    expect(second).not.toContain('a secret');
  });

  it.each([
    ['one', ['--send', 'other@x.org'], ['other@x.org']],
    ['several', ['--send', 'other@x.org,t@x.org,other@x.org'], ['other@x.org', 't@x.org']],
    ['an alias of the config', ['--send', 'root'], ['me@x.org', 'you@x.org']],
  ])('to others: %s', async (_name, argv, expected) => {
    const { server, send, daemon } = await afterOne(
      {},
      `set alias root me@x.org,you@x.org\n${QUEUE}n ^(?!tayori: )\n`,
    );
    expect((await send('1', ...argv)).code).toBe(0);
    await daemon.poll();
    expect(recipients(server).slice(2)).toEqual(expected);
    expect(server.letters[1]).toContain('\r\nTo: t@x.org, u@x.org\r\n');
  });

  it('after it was refused for good, which is no longer told of it then', async () => {
    const { server, send, daemon, file } = await afterOne({ RCPT: '550 5.1.1 no such user' });
    expect(daemon.outbox()).toMatchObject([{ state: 'refused' }, { state: 'refused' }]);
    expect((await runCli(['status', '-c', file])).out).toMatch(
      /t@x\.org {2}rejected, .* old \(send again: tayori letters 1 --send\)/,
    );
    server.behave({});
    expect((await send('1', '--send')).code).toBe(0);
    await daemon.poll();
    expect(server.letters).toHaveLength(1);
    expect(daemon.outbox()).toEqual([]);
    expect((await runCli(['status', '-c', file])).out).toContain('empty: every letter was delivered');
  });

  it('to another than who refused it, of whom it is still told', async () => {
    const { server, send, daemon } = await afterOne({ RCPT: '550 5.1.1 no such user' });
    server.behave({});
    await send('1', '--send', 'other@x.org');
    await daemon.poll();
    expect(recipients(server).slice(2)).toEqual(['other@x.org']);
    expect(daemon.outbox().map(({ address, state }) => `${address} ${state}`)).toEqual([
      't@x.org refused',
      'u@x.org refused',
    ]);
  });

  it('and again, and knows the one before', async () => {
    const { server, send, daemon } = await afterOne(
      { RCPT: '550 no' },
      `set letters 0\n${QUEUE}n ^(?!tayori: )\n`,
    );
    for (const id of ['1', '2']) {
      expect((await send(id, '--send')).code).toBe(0);
      await daemon.poll();
    }
    expect(daemon.outbox().map(({ id }) => id)).toEqual([3, 3]);
    server.behave({});
    await send('3', '--send');
    await daemon.poll();
    expect(server.letters[0]?.match(/^X-tayori-resent/gm)).toHaveLength(3);
  });

  it('where none is kept but what was refused: that is listed, shown and sent', async () => {
    const { server, send, daemon } = await afterOne(
      { RCPT: '550 no' },
      `set letters 0\n${QUEUE}n ^(?!tayori: )\n`,
    );
    expect((await send()).out).toMatch(
      /^ {2}1 {2}.* {2}n {2}t@x\.org,u@x\.org {2}\d kB {2}rejected {2}S \[n]\n/,
    );
    expect((await send('1')).out).toContain('1: disk 1 fails');
    server.behave({});
    await send('1', '--send');
    await daemon.poll();
    expect(server.taken).toBe(1);
  });

  it('while tayori does not run: it waits, and the next start sends it', async () => {
    const { server, send, stop, folder, file, clock } = await afterOne();
    await stop();
    const { code, out } = await send('1', '--send', 'other@x.org');
    expect({ code, out }).toEqual({
      code: 0,
      out: 'letter 1 [n] is sent again, as letter 2, to other@x.org; tayori is not running: it waits in the outbox for the next start\n',
    });
    expect((await runCli(['status', '-c', file])).out).toMatch(
      /\[n] {2}other@x\.org {2}waiting for .*not tried yet/,
    );
    await startDaemon(`set mailserver 127.0.0.1:${server.route.port}\n${QUEUE}n ^(?!tayori: )\n`, {
      clock,
      folder,
    });
    expect(recipients(server).slice(2)).toEqual(['other@x.org']);
  });

  it('that an older version kept, without its sender: the one in its head', async () => {
    const { server, send, daemon, stop, folder, clock } = await afterOne();
    expect(daemon.outbox()).toEqual([]);
    await stop();
    const { openSqlite } = await import('../../src/store/sqlite/open-sqlite.js');
    const db = openSqlite(join(folder, 'state/tayori.db'));
    db.exec('UPDATE past_letter SET sender = NULL');
    db.close();
    await send('1', '--send');
    await startDaemon(`set mailserver 127.0.0.1:${server.route.port}\n${QUEUE}n ^(?!tayori: )\n`, {
      clock,
      folder,
    });
    expect(server.heard.filter((line) => line.startsWith('MAIL'))).toEqual(
      Array(2).fill('MAIL FROM:<f@x.org>'),
    );
  });
});

describe('what hinders it is told in words', () => {
  it.each<[string, string[], number, RegExp]>([
    [
      'no letter in particular',
      ['--send'],
      2,
      /send which letter again\? Name it once: tayori letters ID --send/,
    ],
    ['an address where the number should be', ['--send', '1'], 2, /send which letter again\?/],
    ['two addresses one by one', ['1', '--send', 'a@x.org', '--send', 'b@x.org'], 2, /give it once/],
    ['a number that there is not', ['9', '--send'], 1, /there is no letter "9"; tayori letters lists/],
    ['what is no number', ['n', '--send'], 1, /there is no letter "n"/],
    [
      'an address with a dot at its end',
      ['1', '--send', 'ops@x.org.'],
      2,
      /"ops@x\.org\." has a dot at the end/,
    ],
    ['two "@"', ['1', '--send', 'a@x.org;b@x.org'], 2, /has two "@"; write a comma between two addresses/],
    [
      'blanks',
      ['1', '--send', 'a@x.org, b@x.org'],
      2,
      /is not an address; write ADDRESS\[,ADDRESS\.\.\.] without blanks/,
    ],
    ['a newline', ['1', '--send', 'a@x.org\r\nBcc:b@x.org'], 2, /is not an address/],
    ['commas alone', ['1', '--send', ','], 2, /is not an address/],
  ])('%s', async (_name, argv, status, words) => {
    const { send, daemon } = await afterOne();
    const { code, out, err } = await send(...argv);
    expect({ code, out }).toEqual({ code: status, out: '' });
    expect(err).toMatch(words);
    expect(daemon.outbox()).toEqual([]);
  });

  it('a letter that is still on its way: it goes by itself, but may be sent elsewhere', async () => {
    const { server, send, daemon, clock } = await afterOne({ RCPT: '450 later' });
    const { code, out, err } = await send('1', '--send');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      'tayori: letter 1 is still on its way to t@x.org, u@x.org; name an ADDRESS to send it elsewhere as well\n',
    );
    server.behave({});
    expect((await send('1', '--send', 'other@x.org')).code).toBe(0);
    clock.advance(900_000);
    await daemon.poll();
    expect(recipients(server).slice(2).sort()).toEqual(['other@x.org', 't@x.org', 'u@x.org']);
  });

  it('one recipient to whom it is still on its way does not get it twice', async () => {
    const server = await startMailServer();
    const { write, daemon, store, folder } = await startDaemon(
      `set state state\nset mailserver 127.0.0.1:${server.port}\n${QUEUE}n ^(?!tayori: )\n`,
    );
    write('disk 1 fails');
    server.refuse = { responseCode: 451, message: 'later' };
    await daemon.poll();
    server.refuse = null;
    store.recordSent(1, 't@x.org', { at: 0, queueId: null, late: null });
    const { code, out, err } = await runCli(['letters', '-c', join(folder, 'tenshi.conf'), '1', '--send']);
    expect(code).toBe(0);
    expect(out).toContain('as letter 2, to t@x.org;');
    expect(err).toBe('tayori: it is still on its way to u@x.org, and not sent there again\n');
  });

  it('a queue that the config has dropped: its letter goes as it was', async () => {
    const { server, send, daemon, file } = await afterOne();
    writeFileSync(file, 'set logfile x.log\nset state state\nset queue m f@x.org v@x.org [now]\nm .\n');
    const { code, err } = await send('1', '--send');
    expect(code).toBe(0);
    expect(err).toBe('tayori: the config no longer defines the queue "n"; the letter is sent unchanged\n');
    await daemon.poll();
    expect(recipients(server).slice(2)).toEqual(['t@x.org', 'u@x.org']);
  });

  it('a recipient whom the config has dropped gets it, and that is told', async () => {
    const { send, file } = await afterOne();
    writeFileSync(
      file,
      `set logfile x.log\nset state state\nset queue n f@x.org <u@x.org> [now]\nn ^(?!tayori: )\n`,
    );
    const { code, err } = await send('1', '--send');
    expect(code).toBe(0);
    expect(err).toBe(
      'tayori: t@x.org is no longer a recipient of "n" in the config; name an ADDRESS to send it elsewhere\n',
    );
  });

  it('a text that was too large to be kept', async () => {
    const { send, stop, folder } = await afterOne();
    await stop();
    const state = openState(join(folder, 'state'));
    if (!state.ok) throw new Error(state.reason);
    const letter = {
      queue: 'n',
      subject: 'S [n]',
      messageId: '<1@x>',
      from: 'f',
      to: ['t'],
      mime: Buffer.from('m'),
      sealed: 7,
    };
    state.store.seal(0, letter, [], [], { packed: Buffer.alloc(6_000_000), most: 9 });
    state.store.recordSent(2, 't', { at: 0, queueId: null, late: null });
    state.store.end();
    state.release();
    const { code, err } = await send('2', '--send');
    expect({ code, err }).toEqual({
      code: 1,
      err: 'tayori: the text of letter 2 was too large to be kept; it cannot be sent again\n',
    });
  });
});

it('a daemon in a process of its own finds it, while it counts and commits', async () => {
  const server = await startMailServer();
  const place = preparePlace(
    `set uid root\nset sleep 1\nset mailserver 127.0.0.1:${server.port}\nset queue n f@x.org t@x.org [now] S\nn ^disk\ntrash .\n`,
  );
  const tayori = launch(['-f', '-c', place.conf]);
  await tayori.says('Mail goes to');
  appendFileSync(place.log, 'Nov 20 10:00:00 web1 disk fails\n');
  await until(() => server.letters.length === 1);
  // The server has it before the daemon knows: until then it is still on its way.
  while (!(await runCli(['letters', '-c', place.conf])).out.includes('delivered'));
  for (let again = 0; again < 10; again++) {
    appendFileSync(place.log, 'Nov 20 10:00:00 web1 noise\n'.repeat(1000));
    const { code, out } = await runCli(['letters', '-c', place.conf, '1', '--send']);
    expect([code, out]).toEqual([0, expect.stringContaining('tayori sends it at its next poll')]);
  }
  await until(() => server.letters.length === 11);
  expect(new Set(server.letters.map(({ messageId }) => messageId)).size).toBe(11);
  expect(await tayori.end('SIGTERM')).toBe(0);
  expect(tayori.err()).not.toContain('cannot be written');
});
