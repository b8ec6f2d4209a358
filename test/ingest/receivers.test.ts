import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DaemonEvent } from '../../src/daemon/event.js';
import type { Daemon } from '../../src/daemon/loop.js';
import { openReceivers } from '../../src/ingest/receivers.js';
import type { Store } from '../../src/store/store.js';
import { freeUdpPort } from '../support/free-port.js';
import { heldClock } from '../support/held-clock.js';
import { hasRedis, startRedis } from '../support/redis-server.js';
import { flood, send } from '../support/send.js';
import { unfolded } from '../support/unfolded.js';
import { daemonOn, letterIn, place } from './daemon-on.js';
import { configOf, NOON, open } from './open-receivers.js';

const lines = (from: Pick<Daemon, 'pending'>): number =>
  from.pending().reduce((sum, one) => sum + one.lines, 0);

const kinds = (events: readonly DaemonEvent[]): string[] => events.map(({ kind }) => kind);

const line = (text: string): string => `Nov 20 10:00:00 web1 ${text}\n`;

/** `x` as a datagram, so many times. */
const some = (count: number): string[] => Array.from({ length: count }, (_, at) => `<13>message ${at}`);

describe('from tenshi.conf to the mail', () => {
  it('a FIFO, a listener and a file are counted in one letter', async () => {
    const at = place();
    const port = await freeUdpPort();
    const fifo = join(at.folder, 'fifo');
    const log = join(at.folder, 'x.log');
    execFileSync('mkfifo', [fifo]);
    writeFileSync(log, 'Nov 20 10:00:00 web1 of the file\n');
    const conf = `set fifo ${fifo}\nset logfile ${log}\nset listen 127.0.0.1:${port}\n`;
    const { receivers } = await open(configOf(conf, at.folder));
    const { daemon } = daemonOn(at, configOf(conf, at.folder), receivers);
    await daemon.poll();
    appendFileSync(fifo, 'Nov 20 10:00:00 web1 of the fifo\nno prefix\n');
    await send(port, ['<13>Nov 20 10:00:00 web1 of the network', 'bare']);
    await daemon.flush('flushing');
    const text = await letterIn(at);
    expect(text).toContain(
      '127.0.0.1: \n    1: bare\n\nweb1: \n    1: of the fifo\n    1: of the file\n    1: of the network\n',
    );
    expect(text).toContain('1 line had no known prefix');
    expect(daemon.receivers()).toEqual([
      { name: `fifo ${fifo}`, status: 'open' },
      { name: `listen 127.0.0.1:${port}`, status: 'open' },
    ]);
  });

  it('what has come is in the state when its turn has ended, without a look', async () => {
    const at = place();
    const port = await freeUdpPort();
    const conf = `set listen 127.0.0.1:${port}\n`;
    const { receivers } = await open(configOf(conf, at.folder));
    const { daemon } = daemonOn(at, configOf(conf, at.folder), receivers);
    await daemon.poll();
    const committed = new Promise<void>((resolve) => {
      const { commit } = at.store;
      Object.assign(at.store, {
        commit(...args: Parameters<Store['commit']>) {
          commit(...args);
          resolve();
        },
      });
    });
    await send(port, ['x']);
    await committed;
    expect(lines(at.store)).toBe(1);
  });

  it('a letter tells how many datagrams were lost', async () => {
    const at = place();
    const port = await freeUdpPort();
    const conf = `set listen 127.0.0.1:${port}\n`;
    const { receivers } = await open(configOf(conf, at.folder));
    const { daemon } = daemonOn(at, configOf(conf, at.folder), receivers);
    await daemon.poll();
    flood(port, '127.0.0.1', 12_000);
    await daemon.poll();
    await daemon.poll();
    const dropped = at.store.counters().get('dropped') ?? 0;
    expect(lines(daemon) + dropped).toBe(12_000);
    await daemon.flush('flushing');
    expect(unfolded(await letterIn(at))).toContain(`read: ${dropped} datagrams`);
  });
});

describe('while the state cannot be written', () => {
  async function failing() {
    const at = place();
    const port = await freeUdpPort();
    const log = join(at.folder, 'x.log');
    writeFileSync(log, '');
    const conf = `set listen 127.0.0.1:${port}\nset logfile ${log}\n`;
    const { receivers, events } = await open(configOf(conf, at.folder));
    const daemon = daemonOn(at, configOf(conf, at.folder), receivers);
    await daemon.daemon.poll();
    const { commit } = at.store;
    Object.assign(at.store, {
      commit() {
        throw new Error('disk is full');
      },
    });
    const mend = (): unknown => Object.assign(at.store, { commit });
    return { ...daemon, at, receivers, port, log, mend, receiverEvents: events };
  }

  it('datagrams are held, and counted once when it can be', async () => {
    const { daemon, events, port, log, mend } = await failing();
    await send(port, some(100));
    await daemon.poll();
    appendFileSync(log, 'Nov 20 10:00:00 web1 of the file\n'.repeat(10));
    await send(port, some(50));
    await daemon.poll();
    mend();
    await daemon.poll();
    await daemon.poll();
    expect(lines(daemon)).toBe(160);
    expect(kinds(events)).toEqual(expect.arrayContaining(['state-failed', 'state-back']));
  });

  it('so much is held and no more: the rest is counted as lost, and told', async () => {
    const { daemon, at, port, mend, receiverEvents } = await failing();
    const large = 'x'.repeat(65_000);
    let sent = 0;
    for (; sent < 600; sent += 2) {
      await send(port, [large, large]); // more may not find room in the kernel
      await daemon.poll();
    }
    expect(kinds(receiverEvents).filter((kind) => kind === 'overflowing')).toHaveLength(1);
    mend();
    await daemon.poll();
    await daemon.poll();
    const lost = at.store.counters().get('overflowed') ?? 0;
    expect(lost).toBeGreaterThan(50);
    expect(lines(daemon) + lost).toBe(sent);
    expect(receiverEvents.at(-1)).toEqual({ kind: 'overflowed', lines: lost });
  });

  it('what is still held at the end is told as lost', async () => {
    const { stop, port, receivers, receiverEvents } = await failing();
    await send(port, some(7));
    await receivers.close();
    await stop();
    expect(receiverEvents.at(-1)).toEqual({ kind: 'overflowed', lines: 7 });
  });
});

describe('a reload', () => {
  it('holds what comes between two daemons', async () => {
    const at = place();
    const port = await freeUdpPort();
    const conf = `set listen 127.0.0.1:${port}\n`;
    const { receivers } = await open(configOf(conf, at.folder));
    const first = daemonOn(at, configOf(conf, at.folder), receivers);
    await send(port, some(10)); // before the first look
    await first.daemon.poll();
    await send(port, some(20)); // in the kernel when it stops
    await first.stop();
    await send(port, some(30));
    const second = daemonOn(at, configOf(conf, at.folder), receivers);
    await send(port, some(40));
    await second.daemon.poll();
    expect(lines(second.daemon)).toBe(100);
  });

  it('keeps what stays, opens what is new, and counts what leaves to its end', async () => {
    const at = place();
    const [stays, leaves, comes] = [await freeUdpPort(), await freeUdpPort(), await freeUdpPort()];
    const fifo = join(at.folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const before = `set listen 127.0.0.1:${stays}\nset listen [::1]:${leaves}\nset fifo ${fifo}\n`;
    const after = `set listen 127.0.0.1:${comes}\nset listen 127.0.0.1:${stays}\n`;
    const { receivers } = await open(configOf(before, at.folder));
    const first = daemonOn(at, configOf(before, at.folder), receivers);
    await first.daemon.poll();
    await send(stays, some(10));
    await send(leaves, some(10), { to: '::1' });
    appendFileSync(fifo, 'Nov 20 10:00:00 web1 x\n'.repeat(10));
    expect(await receivers.change(configOf(after, at.folder))).toEqual([]);
    expect(receivers.states().map(({ name }) => name)).toEqual([
      `listen 127.0.0.1:${stays}`,
      `listen 127.0.0.1:${comes}`,
    ]);
    await send(stays, some(10));
    await send(comes, some(10));
    await first.stop();
    const second = daemonOn(at, configOf(after, at.folder), receivers);
    await second.daemon.poll();
    expect(lines(second.daemon)).toBe(50);
  });

  it('opens a FIFO that is new', async () => {
    const at = place();
    const fifo = join(at.folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const { receivers } = await open(configOf('', at.folder));
    const conf = `set fifo ${fifo}\n`;
    expect(await receivers.change(configOf(conf, at.folder))).toEqual([]);
    const { daemon } = daemonOn(at, configOf(conf, at.folder), receivers);
    appendFileSync(fifo, line('x').repeat(10));
    await daemon.poll();
    expect(receivers.states()).toEqual([{ name: `fifo ${fifo}`, status: 'open' }]);
    expect(lines(daemon)).toBe(10);
  });

  describe.skipIf(!hasRedis)('of Redis lists', () => {
    /** Counts what is there, goes over to another config, and counts again, as a HUP does. */
    async function reload(before: string, after: string, meanwhile: () => void): Promise<[number, string[]]> {
      const at = place();
      const { receivers } = await open(configOf(before, at.folder));
      const first = daemonOn(at, configOf(before, at.folder), receivers);
      await first.daemon.poll();
      expect(await receivers.change(configOf(after, at.folder))).toEqual([]);
      await first.stop();
      meanwhile();
      const { daemon } = daemonOn(at, configOf(after, at.folder), receivers);
      await daemon.poll();
      await daemon.poll();
      return [lines(daemon), receivers.states().map(({ name }) => name)];
    }

    it('takes up one that is new, and goes on with one that stays', async () => {
      const redis = await startRedis();
      const server = `set redisserver 127.0.0.1:${redis.port}\n`;
      redis.push('stays', line('1'), line('2'));
      redis.push('comes', line('3'));
      const [counted, names] = await reload(
        `${server}set redisqueue stays\n`,
        `${server}set redisqueue stays\nset redisqueue comes\n`,
        () => redis.push('stays', line('4')),
      );
      expect(counted).toBe(4);
      expect(names).toEqual([`redis 127.0.0.1:${redis.port} stays comes`]);
      expect(redis.ask('KEYS', '*')).toBe('');
    });

    it.each([
      ['another', 'set redisqueue stays\n', 3],
      ['the only', '', 2],
    ])(
      'lets go of %s one that is dropped: what comes later stays there',
      async (_name, staying, expected) => {
        const redis = await startRedis();
        const server = `set redisserver 127.0.0.1:${redis.port}\n`;
        redis.push('leaves', line('1'), line('2'));
        const [counted] = await reload(`${server}set redisqueue leaves\n${staying}`, server + staying, () => {
          redis.push('leaves', line('3'));
          if (staying) redis.push('stays', line('4'));
        });
        expect(counted).toBe(expected);
        expect(redis.ask('LRANGE', 'leaves', '0', '-1')).toBe(line('3').trim());
        expect(redis.ask('KEYS', '*')).toBe('leaves');
      },
    );

    it('goes over to another server: what the old one gets later stays there', async () => {
      const [old, next] = [await startRedis(), await startRedis()];
      const conf = (port: number): string => `set redisserver 127.0.0.1:${port}\nset redisqueue logs\n`;
      old.push('logs', line('1'), line('2'));
      next.push('logs', line('3'));
      const [counted, names] = await reload(conf(old.port), conf(next.port), () => {
        old.push('logs', line('4'));
        next.push('logs', line('5'));
      });
      expect(counted).toBe(4);
      expect(names).toEqual([`redis 127.0.0.1:${next.port} logs`]);
      expect(old.ask('LRANGE', 'logs', '0', '-1')).toBe(line('4').trim());
      expect(next.ask('KEYS', '*')).toBe('');
    });
  });

  it.each([
    ['one address to all', '127.0.0.1', '0.0.0.0', '127.0.0.1'],
    ['all to one address', '0.0.0.0', '127.0.0.1', '127.0.0.1'],
    ['IPv4 to all of IPv6', '0.0.0.0', '[::]', '127.0.0.1'],
  ])('goes from %s of a port', async (_name, from, next, to) => {
    const at = place();
    const port = await freeUdpPort();
    const { receivers } = await open(configOf(`set listen ${from}:${port}\n`, at.folder));
    const after = `set listen ${next}:${port}\n`;
    const { daemon } = daemonOn(at, configOf(after, at.folder), receivers);
    await daemon.poll();
    await send(port, some(3), { to });
    expect(await receivers.change(configOf(after, at.folder))).toEqual([]);
    await send(port, some(4), { to });
    await daemon.poll();
    expect(lines(daemon)).toBe(7);
  });

  it('that cannot open a listener leaves all as it was, and says why', async () => {
    const at = place();
    const [port, other, taken] = [await freeUdpPort(), await freeUdpPort(), await takenPort()];
    const before = `set listen 127.0.0.1:${port}\n`;
    const { receivers } = await open(configOf(before, at.folder));
    const { daemon } = daemonOn(at, configOf(before, at.folder), receivers);
    await daemon.poll();
    const reasons = await receivers.change(
      configOf(
        `set listen 0.0.0.0:${port}\nset listen 127.0.0.1:${other}\nset listen 127.0.0.1:${taken}\n`,
        at.folder,
      ),
    );
    expect(reasons).toEqual([
      expect.stringMatching(
        new RegExp(
          `tenshi\\.conf:6:12: listen 127\\.0\\.0\\.1:${taken}: cannot be opened: .*EADDRINUSE.*another program`,
        ),
      ),
    ]);
    expect(receivers.states()).toEqual([{ name: `listen 127.0.0.1:${port}`, status: 'open' }]);
    await send(port, some(5));
    await daemon.poll();
    expect(lines(daemon)).toBe(5);
    await new Promise<void>((resolve, reject) => {
      const socket = createSocket('udp4').on('error', reject);
      socket.bind(other, '127.0.0.1', () => socket.close(resolve)); // it was let go
    });
  });
});

describe('at the start', () => {
  it('all that cannot be opened is told at once, with its place, and the rest is let go', async () => {
    const [free, taken] = [await freeUdpPort(), await takenPort()];
    const opened = await openReceivers(
      configOf(
        `set listen 127.0.0.1:${free}\nset listen 127.0.0.1:${taken}\nset listen 192.0.2.1:${free}\nset fifo /nowhere/fifo\n`,
      ),
      { clock: heldClock(NOON), onEvent() {} },
    );
    expect(opened).toMatchObject({
      ok: false,
      reasons: [
        expect.stringContaining(`:5:12: listen 127.0.0.1:${taken}: cannot be opened`),
        expect.stringContaining('does not have that address'),
      ],
    });
    const again = await open(configOf(`set listen 127.0.0.1:${free}\n`));
    expect(again.receivers.states()).toHaveLength(1);
  });

  it('a FIFO that is not there yet does not stand in the way', async () => {
    const { receivers, events } = await open(configOf('set fifo /nowhere/fifo\n'));
    expect(receivers.states()).toEqual([{ name: 'fifo /nowhere/fifo', status: 'not there yet' }]);
    expect(events).toMatchObject([{ event: { kind: 'missing' } }]);
  });
});

/** A port that somebody listens at. */
function takenPort(): Promise<number> {
  const socket = createSocket('udp4');
  onTestFinished(() => new Promise<void>((resolve) => void socket.close(resolve)));
  return new Promise((resolve) => void socket.bind(0, '127.0.0.1', () => resolve(socket.address().port)));
}
