import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../src/daemon/describe-event.js';
import { CA } from '../mail/transport/certificates.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { startWebServer, type WebServer } from '../support/web-server.js';
import { letterText, NOON, type Running, startDaemon } from './start-daemon.js';

const RULE = 'alarm ^kernel: (?!x)(.*)\n';
const SECRET = 'T0000SECRET';
const MINUTE = 60_000;

function said({ events }: Running): string {
  return events
    .filter(({ kind }) => kind !== 'source' && kind !== 'sealed')
    .map(describeEvent)
    .join('\n');
}

interface Posting extends Running {
  readonly clock: HeldClock;
  /** A line, and a poll. */
  say(text: string): Promise<void>;
}

/** A daemon whose queue alarm goes to a URL of this server; `conf` stands below. */
async function posting(web: WebServer, conf = '', to = ''): Promise<Posting> {
  const clock = heldClock(NOON);
  const queue = `set queue alarm a@x.org ${web.origin}/${SECRET}${to} [now] Alarm\n`;
  const running = await startDaemon(`${queue}${conf}${RULE}`, { clock });
  const say = async (text: string): Promise<void> => {
    running.write(text);
    await running.daemon.poll();
  };
  return { ...running, clock, say };
}

describe('a letter to a URL', () => {
  it('goes as text, with its subject as the title, beside the mail', async () => {
    const web = await startWebServer();
    const { say, store, folder } = await posting(web, '', ',me@x.org');
    await say('kernel: disk full');
    expect(web.got).toHaveLength(1);
    const [got] = web.got;
    expect(got).toMatchObject({ method: 'POST', path: `/${SECRET}`, body: 'web1: \n    1: kernel: ___' });
    expect(got?.headers).toMatchObject({
      title: 'Alarm [alarm]',
      'content-type': 'text/plain; charset=utf-8',
      'user-agent': 'tayori/0',
    });
    const [mail = ''] = maildir(folder);
    expect(mail).toContain('To: me@x.org\n');
    expect(mail).not.toContain(SECRET);
    expect(mail).toContain(`Message-ID: ${String(got?.headers['x-message-id'])}`);
    expect(store.outbox()).toEqual([]);
  });

  it('goes through an alias, and as pager lines where the queue has them', async () => {
    const web = await startWebServer();
    const conf = `set queue alarm a@x.org pager:ops [now] Alarm\nset alias ops ${web.origin}/topic\n${RULE}`;
    const running = await startDaemon(conf);
    running.write('kernel: disk full');
    await running.daemon.poll();
    expect(web.got.map(({ path, body }) => [path, body])).toEqual([['/topic', 'web1,1,kernel: ___']]);
  });

  it('is the same at every try, with the same id, and says how late it is', async () => {
    const web = await startWebServer();
    web.say(500, 'no database');
    const { say, daemon, clock, store } = await posting(web);
    await say('kernel: disk full');
    expect(store.outbox()).toMatchObject([
      { attempts: 1, lastError: '500 Internal Server Error no database' },
    ]);
    await daemon.poll();
    expect(web.got).toHaveLength(1); // it backs off
    clock.advance(2 * MINUTE);
    web.say(204);
    await daemon.poll();
    const [first, second] = web.got;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(first?.headers['x-tayori-delayed']).toBeUndefined();
    expect(second?.headers['x-tayori-delayed']).toBe('2 min; 500 Internal Server Error no database');
    expect(store.outbox()).toEqual([]);
  });

  it('that came late is told in the next letter', async () => {
    const web = await startWebServer();
    web.say(503);
    const { say, daemon, clock } = await posting(web);
    await say('kernel: disk full');
    clock.advance(2 * MINUTE);
    web.say(200);
    await daemon.poll();
    await say('kernel: disk fails');
    expect(web.got.at(-1)?.body).toContain(
      '*** the letter [alarm] of 20 Nov 12:00 came 2 min late: 503 Service Unavailable ***',
    );
  });

  it.each([429, 408, 500, 502, 503])(
    'waits for a day of %i, and letters stay in their order',
    async (status) => {
      const web = await startWebServer();
      web.say(status);
      const { say, daemon, clock, store } = await posting(web);
      await say('kernel: first');
      for (let hour = 0; hour < 24; hour += 1) {
        clock.advance(60 * MINUTE);
        await daemon.poll();
      }
      expect(web.got.length).toBe(25);
      expect(store.outbox()).toMatchObject([{ state: 'waiting', attempts: 25 }]);
      web.say(200);
      clock.advance(60 * MINUTE);
      await daemon.poll();
      expect(store.outbox()).toEqual([]);
    },
  );

  it('makes later ones wait for it, and mail does not', async () => {
    const web = await startWebServer();
    web.say(503);
    const { say, daemon, clock, folder } = await posting(web, '', ',me@x.org');
    await say('kernel: 1');
    await say('kernel: 2');
    expect(web.got).toHaveLength(1);
    expect(maildir(folder)).toHaveLength(2);
    web.say(200);
    clock.advance(MINUTE);
    await daemon.poll();
    const ids = web.got.map(({ headers }) => String(headers['x-message-id']));
    expect(ids).toHaveLength(3);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[1]).not.toBe(ids[2]);
  });

  it('is not held up by a mail server that is away, nor holds it up', async () => {
    const web = await startWebServer();
    const { say, store } = await posting(web, 'set mailserver 127.0.0.1:1\n', ',me@x.org');
    await say('kernel: 1');
    await say('kernel: 2');
    expect(web.got).toHaveLength(2);
    expect(store.outbox().map(({ address }) => address)).toEqual(['me@x.org', 'me@x.org']);
  });

  it('to one URL is not held up by another that hangs, which is given up after a minute', async () => {
    const [hanging, web] = await Promise.all([startWebServer(), startWebServer()]);
    hanging.answer = () => {};
    const running = await posting(hanging, '', `,${web.origin}/b`);
    running.write('kernel: 1');
    const polling = running.daemon.poll();
    await hanging.requests(1);
    await until(() => said(running).includes(`is delivered to ${web.origin}/...`));
    running.clock.advance(MINUTE);
    await polling;
    await running.stop();
    expect(said(running)).toContain(`${hanging.origin}/... is deferred: no answer within 60 seconds`);
  });

  it.each([400, 403, 404, 410, 413])(
    'is rejected by %i, kept, and told by a line and a note',
    async (status) => {
      const web = await startWebServer();
      web.say(status, `no such hook: /${SECRET}`);
      const own = 'set queue own a@x.org me@x.org [now] Own\nown ^tayori: (?!letter \\[own)\n';
      const { say, store, daemon, folder } = await posting(web, own);
      await say('kernel: 1');
      expect(store.outbox()).toMatchObject([{ state: 'refused', attempts: 1 }]);
      await daemon.poll();
      const [mail = ''] = maildir(folder);
      const text = letterText(mail);
      expect(text).toMatch(
        /tayori: letter \[alarm] to http:\/\/127\.0\.0\.1:\d+\/\.\.\. was rejected: 4\d\d /,
      );
      expect(text).toMatch(/to http:\/\/127\.0\.0\.1:\d+\/\.\.\. was rejected for good and is kept: 4\d\d /);
      expect(text).toContain('no such hook: ***');
      expect(text).not.toContain(SECRET);
      web.say(200);
      await say('kernel: 2');
      expect(web.got).toHaveLength(2); // the next one goes at once
    },
  );

  it('is shown nowhere with more of its URL than the host', async () => {
    const web = await startWebServer();
    web.say(500, `/${SECRET}`);
    const running = await posting(web, 'set state state\n');
    await running.say('kernel: 1');
    const conf = join(running.folder, 'tenshi.conf');
    const shown = [said(running)];
    for (const argv of [
      ['status'],
      ['status', '--json'],
      ['letters'],
      ['letters', '1'],
      ['check'],
      ['preview'],
    ]) {
      const { out, err } = await runCli([...argv, '-c', conf]);
      shown.push(out, err);
    }
    web.say(404);
    running.clock.advance(MINUTE);
    await running.daemon.poll();
    await running.stop();
    for (const argv of [
      ['status'],
      ['status', '--prometheus'],
      ['letters', '1', '--send'],
      ['letters', '1', '--format', 'raw'],
    ]) {
      const { out, err } = await runCli([...argv, '-c', conf]);
      shown.push(out, err);
    }
    shown.push(said(running));
    expect(shown.join('\n').split(`${web.origin}/...`).length).toBeGreaterThan(5);
    expect(shown.join('\n')).not.toContain(SECRET);
  });
});

describe('Retry-After', () => {
  it.each<[string, (now: number) => string, number]>([
    ['in seconds', () => '1200', 20],
    ['as a date', (now) => new Date(now + 40 * MINUTE).toUTCString(), 40],
    ['of a day is an hour', () => '86400', 60],
    ['that is nonsense is not there', () => 'soon', 0],
    ['shorter than our own wait', () => '0', 0],
  ])('%s', async (_, field, minutes) => {
    const web = await startWebServer();
    web.say(429, '', { 'Retry-After': field(NOON) });
    const { say, daemon, clock } = await posting(web);
    await say('kernel: 1');
    clock.advance(Math.max(0, minutes * MINUTE - 1000));
    await daemon.poll();
    expect(web.got).toHaveLength(1);
    await say('kernel: 2'); // which waits as well
    expect(web.got).toHaveLength(1);
    clock.advance(6000);
    await daemon.poll();
    expect(web.got).toHaveLength(2);
  });
});

describe('a redirect', () => {
  it('to another path of the same server is followed, with the letter', async () => {
    const web = await startWebServer();
    web.answer = (response, { path }) =>
      void (path === '/new' ? response.end() : response.writeHead(308, { Location: '/new' }).end());
    const { say, store } = await posting(web);
    await say('kernel: 1');
    expect(web.got.map(({ method, path, body }) => `${method} ${path} ${body.length}`)).toEqual([
      `POST /${SECRET} 25`,
      'POST /new 25',
    ]);
    expect(store.outbox()).toEqual([]);
  });

  it.each([
    [301, 'refused'],
    [308, 'refused'],
    [302, 'waiting'],
    [307, 'waiting'],
  ] as const)('%i to another server is not followed, and told', async (status, state) => {
    const [web, other] = await Promise.all([startWebServer(), startWebServer()]);
    web.say(status, '', { Location: `${other.origin}/${SECRET}2` });
    const { say, store } = await posting(web);
    await say('kernel: 1');
    expect(other.got).toEqual([]);
    const [row] = store.outbox();
    expect(row?.state).toBe(state);
    expect(row?.lastError).toContain(`it leads to ${other.origin}, where no letter is sent`);
    expect(row?.lastError).not.toContain('SECRET');
  });

  it('in a circle ends', async () => {
    const web = await startWebServer();
    web.say(307, '', { Location: '/b' });
    const { say, store } = await posting(web);
    await say('kernel: 1');
    expect(web.got).toHaveLength(4);
    expect(store.outbox()).toMatchObject([{ state: 'waiting', lastError: 'more than 3 redirects' }]);
  });
});

describe('a server', () => {
  it('of https is checked by set webhook_ca', async () => {
    const web = await startWebServer('https');
    const file = join(temporaryFolder(), 'ca.pem');
    const running = await posting(web, `set webhook_ca ${file}\n`);
    await running.say('kernel: 1');
    expect(running.store.outbox()).toMatchObject([{ lastError: expect.stringContaining('no CA: ENOENT') }]);
    writeFileSync(file, CA);
    running.clock.advance(MINUTE);
    await running.daemon.poll();
    expect(running.store.outbox()).toEqual([]);
    expect(web.got).toHaveLength(1);
  });

  it('of https with a certificate that nobody vouches for gets nothing', async () => {
    const web = await startWebServer('https');
    const { say, store } = await posting(web);
    await say('kernel: 1');
    expect(web.got).toEqual([]);
    expect(store.outbox()).toMatchObject([
      { state: 'waiting', lastError: expect.stringContaining('unable to verify the first certificate') },
    ]);
  });

  it('that is not there is tried again', async () => {
    const { store, say } = await posting({ origin: 'http://127.0.0.1:1' } as WebServer);
    await say('kernel: 1');
    expect(store.outbox()).toMatchObject([
      { state: 'waiting', lastError: 'connect ECONNREFUSED 127.0.0.1:1' },
    ]);
  });

  it.each<[string, (answer: Parameters<WebServer['answer']>[0]) => void, string]>([
    ['hangs up', (response) => response.socket?.destroy(), 'socket hang up'],
    ['speaks no HTTP', (response) => response.socket?.end('220 mail.example.org ESMTP\r\n'), 'Parse Error'],
    ['floods', (response) => flood(response.writeHead(500)), '500 Internal Server Error xxxx'],
    ['says 200 and floods', (response) => flood(response), ''],
  ])('that %s does no harm', async (_, answer, told) => {
    const web = await startWebServer();
    web.answer = answer;
    const { say, store } = await posting(web);
    await say('kernel: 1');
    expect(store.outbox()[0]?.lastError ?? '').toContain(told);
    expect((store.outbox()[0]?.lastError ?? '').length).toBeLessThan(400);
  });
});

function flood(response: Parameters<WebServer['answer']>[0]): void {
  const write = (): void => {
    while (!response.destroyed && response.write('x'.repeat(100_000)));
  };
  response.on('drain', write);
  write();
}

describe('a token', () => {
  it.each([
    ['tk_0123456789', 'authorization', 'Bearer tk_0123456789'],
    ['X-Gotify-Key: abc\n', 'x-gotify-key', 'abc'],
    ['Authorization: Basic dXNlcjpwYXNz', 'authorization', 'Basic dXNlcjpwYXNz'],
  ])('%j is sent as a header', async (text, name, value) => {
    const web = await startWebServer();
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, text);
    const { say } = await posting(web, `set webhook_token ${web.origin}/* ${file}\n`);
    await say('kernel: 1');
    expect(web.got[0]?.headers[name]).toBe(value);
  });

  it('goes to no other URL', async () => {
    const web = await startWebServer();
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'tk_0123456789');
    const { say } = await posting(web, `set webhook_token ${web.origin}/other* ${file}\n`);
    await say('kernel: 1');
    expect(web.got[0]?.headers.authorization).toBeUndefined();
  });

  it('that is refused makes letters wait, and is in no log', async () => {
    const web = await startWebServer();
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'tk_wrong_token');
    web.say(401, 'bad token tk_wrong_token');
    const { say, store, daemon, clock } = await posting(web, `set webhook_token ${web.origin}/* ${file}\n`);
    await say('kernel: 1');
    expect(store.outbox()).toMatchObject([
      { state: 'waiting', lastError: '401 Unauthorized bad token ***; look at set webhook_token' },
    ]);
    writeFileSync(file, 'tk_right_token');
    web.say(200);
    clock.advance(MINUTE);
    await daemon.poll();
    expect(store.outbox()).toEqual([]);
  });

  it('that cannot be read makes letters wait', async () => {
    const web = await startWebServer();
    const { say, store } = await posting(web, `set webhook_token ${web.origin}/* /no/such/token\n`);
    await say('kernel: 1');
    expect(web.got).toEqual([]);
    expect(store.outbox()).toMatchObject([{ lastError: expect.stringContaining('no token: ENOENT') }]);
  });
});
