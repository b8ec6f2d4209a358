import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../src/daemon/describe-event.js';
import { Heartbeats } from '../../src/daemon/heartbeats.js';
import { parseSchedule } from '../../src/queue/parse-schedule.js';
import type { HeartbeatNote } from '../../src/store/ports/meta.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { until } from '../support/until.js';
import { startWebServer, type WebServer } from '../support/web-server.js';
import { letterText, NOON, type Running, startDaemon } from './start-daemon.js';

const MINUTE = 60_000;
const QUEUE = 'set queue page a@x.org me@x.org [now] Page\npage ^kernel\n';

interface Beating extends Running {
  readonly clock: HeldClock;
  /** Time passes, and a poll; resolves when so many heartbeats have come in all. */
  wait(minutes: number): Promise<void>;
}

async function beating(conf: string, start = NOON, folder?: string): Promise<Beating> {
  const clock = heldClock(start);
  const running = await startDaemon(`${conf}${QUEUE}`, {
    clock,
    ...(folder === undefined ? {} : { folder }),
  });
  const wait = async (minutes: number): Promise<void> => {
    clock.advance(minutes * MINUTE);
    await running.daemon.poll();
  };
  return { ...running, clock, wait };
}

/** A heartbeat is not waited for by a poll. */
const settled = ({ store }: Running, web: WebServer, count: number): Promise<unknown> =>
  until(() => web.got.length === count && store.meta().heartbeats.length > 0);

describe('set heartbeat URL', () => {
  it('asks for it at its times, and says nothing of logs', async () => {
    const web = await startWebServer();
    const running = await beating(`set heartbeat ${web.origin}/ping/SECRET [*/5 * * * *]\n`);
    await running.wait(4);
    expect(web.got).toEqual([]);
    await running.wait(1);
    await settled(running, web, 1);
    expect(web.got[0]).toMatchObject({ method: 'GET', path: '/ping/SECRET', body: '' });
    await running.wait(20); // once, not four times
    await settled(running, web, 2);
    await running.daemon.poll();
    expect(web.got).toHaveLength(2);
  });

  it('is told when it fails, once, and when it is taken again', async () => {
    const web = await startWebServer();
    web.say(500);
    const running = await beating(`set heartbeat ${web.origin}/ping/SECRET [*/5 * * * *]\n`);
    const told = (): string[] => running.events.map(describeEvent).filter((one) => one.includes('heartbeat'));
    await running.wait(5);
    await until(() => told().length === 1);
    await running.wait(5);
    await settled(running, web, 2);
    web.say(200);
    await running.wait(5);
    await until(() => told().length === 2);
    expect(told()).toEqual([
      `the heartbeat to ${web.origin}/... fails: 500 Internal Server Error; it is sent again at its next time`,
      `the heartbeat to ${web.origin}/... is taken again`,
    ]);
    const { out } = await runCli(['status', '-c', join(running.folder, 'tenshi.conf')]);
    expect(out).not.toContain('SECRET');
  });

  it('comes once after a stop in which it was missed', async () => {
    const web = await startWebServer();
    const conf = `set heartbeat ${web.origin}/ping [*/5 * * * *]\n`;
    const first = await beating(conf);
    await first.wait(5);
    await settled(first, web, 1);
    await first.stop();
    const again = await beating(conf, NOON + 60 * MINUTE, first.folder);
    await settled(again, web, 2);
    await again.daemon.poll();
    expect(web.got).toHaveLength(2);
  });

  it('is left out while the state cannot be written', async () => {
    const web = await startWebServer();
    const running = await beating(`set heartbeat ${web.origin}/ping [*/5 * * * *]\n`);
    running.store.setMeta = () => {
      throw new Error('disk full');
    };
    await running.wait(5);
    await running.wait(5);
    expect(web.got).toEqual([]);
    expect(running.events.map(describeEvent).join()).toContain('the state cannot be written (disk full)');
  });

  it('is left out while no log can be read', async () => {
    const web = await startWebServer();
    const running = await beating(`set heartbeat ${web.origin}/ping [*/5 * * * *]\n`);
    rmSync(running.log);
    await running.wait(2);
    await running.wait(3);
    await running.wait(5);
    expect(web.got).toEqual([]);
    writeFileSync(running.log, '');
    await running.wait(0);
    await settled(running, web, 1);
  });
});

describe('a heartbeat', () => {
  /** Heartbeats alone, each minute. */
  function alone(conf: Partial<ConstructorParameters<typeof Heartbeats>[0]> = {}): {
    readonly clock: HeldClock;
    readonly beats: Heartbeats;
    readonly pinged: number[];
  } {
    const clock = heldClock(NOON);
    const parsed = parseSchedule('* * * * *', 'UTC');
    if (!parsed.ok || parsed.schedule.kind !== 'cron') throw new Error('no schedule');
    const pinged: number[] = [];
    let notes: readonly HeartbeatNote[] = [];
    const place = { file: '', line: 1, column: 1 };
    const beats = new Heartbeats({
      heartbeats: [{ to: 'https://x.org/y', schedule: parsed.schedule, place }],
      store: {
        meta: () => ({ heartbeats: notes }) as never,
        setMeta: (_, value) => {
          notes = value as readonly HeartbeatNote[];
        },
      },
      clock,
      pinger: {
        ping: async () => {
          pinged.push(clock.now());
          return null;
        },
      },
      origin: 'loghost',
      sources: () => ({ all: 1, read: 1 }),
      say() {},
      onEvent() {},
      ...conf,
    });
    return { clock, beats, pinged };
  }

  it('stops five minutes after the last poll that ended, and comes with the next one', async () => {
    const { clock, beats, pinged } = alone();
    for (let minute = 0; minute < 20; minute += 1) {
      clock.advance(MINUTE);
      if (minute < 5 || minute >= 15) beats.progressed(5000);
      beats.beat();
      await Promise.resolve();
    }
    const minutes = pinged.map((at) => (at - NOON) / MINUTE);
    expect(minutes).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 17, 18, 19, 20]);
  });

  it('goes on when the clock is set back', async () => {
    const { clock, beats, pinged } = alone();
    clock.advance(MINUTE);
    beats.beat();
    await Promise.resolve();
    clock.jump(-86_400_000);
    beats.progressed(0);
    beats.beat();
    clock.advance(MINUTE);
    beats.beat();
    await Promise.resolve();
    expect(pinged).toHaveLength(2);
  });

  it('waits for the one before, however long that takes', async () => {
    let asked = 0;
    const { clock, beats } = alone({
      pinger: {
        ping: () => {
          asked += 1;
          return new Promise(() => {});
        },
      },
    });
    for (let minute = 0; minute < 3; minute += 1) {
      clock.advance(MINUTE);
      beats.progressed(0);
      beats.beat();
    }
    expect(asked).toBe(1);
  });
});

describe('set heartbeat QUEUE', () => {
  it('is a short letter of that queue, whatever the rules say', async () => {
    const running = await beating('set heartbeat page [*/5 * * * *]\ntrash ^tayori\n');
    await running.wait(5);
    await running.daemon.poll();
    const [mail = ''] = maildir(running.folder);
    expect(mail).toContain('Subject: Page [page]\n');
    expect(letterText(mail)).toContain('loghost: \n    1: tayori: loghost is alive: reads 1 of 1 sources\n');
    await running.wait(5);
    await running.daemon.poll();
    expect(maildir(running.folder)).toHaveLength(2);
  });
});

it('status says when the last heartbeat went, and what became of it', async () => {
  const web = await startWebServer();
  web.say(404, 'no such check');
  const running = await beating(
    `set state state\nset heartbeat ${web.origin}/ping/SECRET [*/5 * * * *]\nset heartbeat page [0 8 * * *]\n`,
  );
  await running.wait(5);
  await until(() => running.store.meta().heartbeats.some(({ trouble }) => trouble !== null));
  const conf = join(running.folder, 'tenshi.conf');
  chmodSync(conf, 0o600);
  const { out } = await runCli(['status', '-c', conf]);
  expect(out).toMatch(
    /\nHeartbeats\n {2}http:\/\/127\.0\.0\.1:\d+\/\.\.\. +last .* 12:05 +404 Not Found no such check\n {2}page +not yet\n/,
  );
  const json = JSON.parse((await runCli(['status', '--json', '-c', conf])).out) as {
    heartbeats: unknown;
  };
  expect(json.heartbeats).toEqual([
    { to: `${web.origin}/...`, last: '2026-11-20T12:05:00.000Z', trouble: '404 Not Found no such check' },
    { to: 'page', last: null, trouble: null },
  ]);
});
