import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../src/daemon/describe-event.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { type MailServer, startMailServer } from '../support/mail-server.js';
import { startWebServer } from '../support/web-server.js';
import { NOON, type Running, startDaemon } from './start-daemon.js';

const MINUTE = 60_000;

interface Wired extends Running {
  readonly clock: HeldClock;
  say(text: string): Promise<void>;
  /** Time passes, and a poll. */
  wait(minutes: number): Promise<void>;
}

/** A daemon with a queue page to me@x.org over this port. */
async function wired(port: number, conf: string, to = 'me@x.org'): Promise<Wired> {
  const clock = heldClock(NOON);
  const running = await startDaemon(
    `set mailserver 127.0.0.1:${port}\nset queue page a@x.org ${to} [now] Page\n${conf}page ^kernel\n`,
    { clock },
  );
  return {
    ...running,
    clock,
    async say(text) {
      running.write(text);
      await running.daemon.poll();
    },
    async wait(minutes) {
      clock.advance(minutes * MINUTE);
      await running.daemon.poll();
    },
  };
}

const subjects = ({ letters }: MailServer): (string | undefined)[] => letters.map(({ subject }) => subject);

describe('set fallback', () => {
  it('sends a letter that could not leave by a second way, once, and the first way goes on', async () => {
    const web = await startWebServer();
    const server = await startMailServer();
    server.refuse = { responseCode: 451, message: 'try later' };
    const { say, wait, store, events } = await wired(
      server.port,
      `set fallback page 10m ${web.origin}/topic\n`,
    );
    await say('kernel: disk fails');
    await wait(9);
    expect(web.got).toEqual([]);
    await wait(1);
    expect(web.got).toHaveLength(1);
    const [got] = web.got;
    expect(got?.headers.title).toBe('Page (second way) [page]');
    expect(got?.body).toContain('    1: kernel: disk fails');
    expect(got?.body).toContain(
      '*** this comes by the second way: it could not be sent to me@x.org in time ***',
    );
    expect(got?.headers['x-tayori-delayed']).toMatch(
      /^10 min; by the second way: me@x\.org did not get it: /,
    );
    expect(events.map(describeEvent).join('\n')).toMatch(
      /letter \[page] could not be sent to me@x\.org \(.*451 try later.*\); it goes to http:\/\/127\.0\.0\.1:\d+\/\.\.\. as well/,
    );
    await wait(60);
    expect(web.got).toHaveLength(1);
    server.refuse = null;
    await wait(60);
    expect(subjects(server)).toEqual(['Page [page]']);
    const [late] = server.letters;
    const delayed = late?.headers.find(({ key }) => key === 'x-tayori-delayed')?.value ?? '';
    expect(delayed).toMatch(
      /^2 h 10 min; .*451 try later.*; it went to http:\/\/127\.0\.0\.1:\d+\/\.\.\. meanwhile$/,
    );
    expect(late?.text).not.toContain('second way');
    expect(store.outbox()).toEqual([]);
    await say('kernel: disk is back');
    const note = server.letters.at(-1)?.text ?? '';
    expect(note).toMatch(/\*\*\* 2 letters \[page] came late, the one of 20 Nov 12:00 by 2 h 10 min: /);
  });

  it('goes by mail where the first way is a URL, with an id of its own', async () => {
    const server = await startMailServer();
    const web = await startWebServer();
    web.say(503);
    const { say, wait } = await wired(
      server.port,
      'set fallback page 5m root\nset alias root me@x.org\n',
      `${web.origin}/x`,
    );
    await say('kernel: disk fails');
    await wait(5);
    expect(subjects(server)).toEqual(['Page (second way) [page]']);
    const [second] = server.letters;
    expect(second?.to?.[0]?.address).toBe('me@x.org');
    expect(second?.messageId).not.toBe(web.got[0]?.headers['x-message-id']);
    expect(second?.text).toMatch(/could not be sent to http:\/\/127\.0\.0\.1:\d+\/\.\.\. in time/);
  });

  it('does not say that nobody got it when some of its recipients may have', async () => {
    const web = await startWebServer();
    const to = `me@x.org,${web.origin}/a,${web.origin}/b`;
    const { say, wait } = await wired(1, `set fallback page 10m ${web.origin}/topic\n`, to);
    await say('kernel: disk fails');
    await wait(10);
    const second = web.got.find(({ path }) => path === '/topic');
    expect(second?.body.replace(/\s+/g, ' ')).toContain(
      `it could not be sent to all of me@x.org, ${web.origin}/... in time`,
    );
  });

  it('takes the second way at once when the letter is rejected', async () => {
    const web = await startWebServer();
    const server = await startMailServer();
    server.refuse = { responseCode: 550, message: '5.1.1 no such user' };
    const { say, store } = await wired(server.port, `set fallback page 1h ${web.origin}/topic\n`);
    await say('kernel: disk fails');
    expect(web.got).toHaveLength(1);
    expect(store.outbox()).toMatchObject([{ state: 'refused', address: 'me@x.org' }]);
  });

  it('sends nothing by it when the letter leaves in time, or was not tried', async () => {
    const web = await startWebServer();
    const server = await startMailServer();
    const conf = `set fallback page 10m ${web.origin}/topic\n`;
    const { say, wait } = await wired(server.port, conf);
    await say('kernel: disk fails');
    await wait(60);
    expect(web.got).toEqual([]);
  });

  it.each([
    ['is kept over a restart, although the config no longer has it', 451, 1],
    ['is not taken after a restart when the first way is back', null, 0],
  ])('%s', async (_, code, posts) => {
    const web = await startWebServer();
    const server = await startMailServer();
    server.refuse = { responseCode: 451, message: 'try later' };
    const first = await wired(server.port, `set fallback page 10m ${web.origin}/topic\n`);
    await first.say('kernel: disk fails');
    await first.stop();
    if (code === null) server.refuse = null;
    const clock = heldClock(NOON + 60 * MINUTE);
    await startDaemon(
      `set mailserver 127.0.0.1:${server.port}\nset queue page a@x.org me@x.org [now] Page\npage ^kernel\n`,
      { clock, folder: first.folder },
    );
    expect(web.got).toHaveLength(posts);
    expect(server.letters).toHaveLength(1 - posts);
  });

  it('of a pager letter says in a line that it is one', async () => {
    const web = await startWebServer();
    const { say, wait } = await wired(1, `set fallback page ${web.origin}/topic\n`, 'pager:me@x.org');
    await say('kernel: disk fails');
    await wait(10);
    expect(web.got[0]?.body).toBe(
      '*,1,this comes by the second way: it could not be sent to me@x.org in time\nweb1,1,kernel: disk fails',
    );
  });

  it('waits where the second way cannot take it either, and has no third', async () => {
    const web = await startWebServer();
    web.say(500);
    const { say, wait, store } = await wired(1, `set fallback page 1m ${web.origin}/topic\n`);
    await say('kernel: disk fails');
    for (let hour = 0; hour < 5; hour += 1) await wait(60);
    expect(store.outbox().map(({ address }) => address.replace(/\d+/g, ''))).toEqual([
      'me@x.org',
      `${web.origin}/topic`.replace(/\d+/g, ''),
    ]);
  });
});
