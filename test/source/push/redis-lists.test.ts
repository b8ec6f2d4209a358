import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRedisLists } from '../../../src/source/push/redis-lists.js';
import type { SourceEvent } from '../../../src/source/source-event.js';
import { MAX_LINE_BYTES } from '../../../src/source/split-lines.js';
import { freePort } from '../../support/free-port.js';
import { heldClock } from '../../support/held-clock.js';
import { collect } from '../../support/lines.js';
import { hasRedis, startRedis } from '../../support/redis-server.js';

type Take = (
  lines: readonly string[],
  batch: { readonly source: string; readonly id: string },
) => 'counted' | 'later';

/** A reader of a list `logs`, unless other keys are given, and what it hands on. */
function reader(port: number, { keys = ['logs'], take }: { keys?: string[]; take?: Take } = {}) {
  const clock = heldClock();
  const events = collect<SourceEvent>();
  const lines: string[] = [];
  const batches: { readonly source: string; readonly id: string }[] = [];
  const receiver = openRedisLists({
    host: '127.0.0.1',
    port,
    keys,
    clock,
    take(more, batch) {
      batches.push(batch);
      const answer = take?.(more, batch) ?? 'counted';
      if (answer === 'counted') lines.push(...more);
      return answer;
    },
    onEvent: (event) => events.add(event),
  });
  onTestFinished(() => receiver.close());
  return { receiver, clock, events: events.all, told: events, lines, batches };
}

const kinds = (events: readonly SourceEvent[]): string[] => events.map(({ kind }) => kind);

describe.skipIf(!hasRedis)('lines from a list', () => {
  it('are taken from its head, as Tenshi takes them, and leave nothing behind', async () => {
    const redis = await startRedis();
    redis.push('logs', 'one', 'two', 'three');
    const { receiver, lines, batches } = reader(redis.port);
    await receiver.poll();
    expect(lines).toEqual(['one', 'two', 'three']);
    redis.push('logs', 'four');
    await receiver.poll();
    expect(lines).toEqual(['one', 'two', 'three', 'four']);
    expect(new Set(batches.map(({ id }) => id)).size).toBe(2);
    expect(redis.ask('KEYS', '*')).toBe('');
    expect(receiver.state()).toEqual({ name: `redis 127.0.0.1:${redis.port} logs`, status: 'open' });
  });

  it('ten thousand are taken batch by batch, in order', async () => {
    const redis = await startRedis();
    const all = Array.from({ length: 10_000 }, (_, at) => `line ${at}`);
    redis.push('logs', ...all);
    const { receiver, lines, batches } = reader(redis.port);
    await receiver.poll();
    expect(lines).toEqual(all);
    expect(batches).toHaveLength(10);
  });

  it('of several lists are all taken', async () => {
    const redis = await startRedis();
    redis.push('a', 'of a');
    redis.push('b', 'of b');
    const { receiver, lines, batches } = reader(redis.port, { keys: ['a', 'b', 'c'] });
    await receiver.poll();
    expect(lines).toEqual(['of a', 'of b']);
    expect(batches.map(({ source }) => source)).toEqual([
      `redis 127.0.0.1:${redis.port} a`,
      `redis 127.0.0.1:${redis.port} b`,
    ]);
  });

  it.each<[string, (string | Buffer)[], string[]]>([
    ['with a newline at the end', ['a\n', 'b\r\n'], ['a', 'b']],
    ['several in one value', ['a\nb'], ['a', 'b']],
    ['of bytes that are not UTF-8', [Buffer.from([0x61, 0xff])], ['a\\xff']],
    ['of NULs', ['a\0b'], ['a\0b']],
    ['of nothing', ['', '\n', 'a'], ['a']],
    ['that look like the name of a batch', ['tayori:x', 'b'], ['tayori:x', 'b']],
    [
      'that are too long',
      ['x'.repeat(MAX_LINE_BYTES + 1), 'next'],
      [`${'x'.repeat(MAX_LINE_BYTES - 64)} [cut: ${MAX_LINE_BYTES + 1} bytes]`, 'next'],
    ],
  ])('%s', async (_name, values, expected) => {
    const redis = await startRedis();
    redis.push('logs', ...values);
    const { receiver, lines } = reader(redis.port);
    await receiver.poll();
    expect(lines).toEqual(expected);
    expect(redis.ask('KEYS', '*')).toBe('');
  });
});

describe.skipIf(!hasRedis)('a batch', () => {
  it('is put aside until it is counted, and offered again under the same name', async () => {
    const redis = await startRedis();
    redis.push('logs', 'one', 'two');
    let can = false;
    const { receiver, lines, batches } = reader(redis.port, { take: () => (can ? 'counted' : 'later') });
    await receiver.poll();
    redis.push('logs', 'three');
    expect(redis.ask('LLEN', 'logs:tayori')).toBe('3'); // its name, and two lines
    expect(redis.ask('LRANGE', 'logs', '0', '-1')).toBe('three');
    can = true;
    await receiver.poll();
    expect(lines).toEqual(['one', 'two', 'three']);
    expect(batches.map(({ id }) => id === batches[0]?.id)).toEqual([true, true, false]);
    expect(redis.ask('KEYS', '*')).toBe('');
  });

  it('whose reader died before it was counted is taken by the next one', async () => {
    const redis = await startRedis();
    redis.push('logs', 'one');
    const first = reader(redis.port, { take: () => 'later' });
    await first.receiver.poll();
    await first.receiver.close();
    const second = reader(redis.port);
    await second.receiver.poll();
    expect(second.lines).toEqual(['one']);
    expect(second.batches).toEqual(first.batches);
  });

  it('is no larger than a megabyte, save for one line', async () => {
    const redis = await startRedis();
    redis.push('logs', ...Array(10).fill('x'.repeat(200_000)));
    const sizes: number[] = [];
    const { receiver } = reader(redis.port, {
      take(lines) {
        sizes.push(lines.length);
        return 'counted';
      },
    });
    await receiver.poll();
    expect(sizes).toEqual([5, 5]);
  });
});

describe.skipIf(!hasRedis)('trouble', () => {
  it('a key that is no list is told once, and the other lists go on', async () => {
    const redis = await startRedis();
    redis.ask('SET', 'text', 'x');
    redis.push('logs', 'one');
    const { receiver, lines, events } = reader(redis.port, { keys: ['text', 'logs'] });
    await receiver.poll();
    await receiver.poll();
    expect(lines).toEqual(['one']);
    expect(events.filter(({ kind }) => kind === 'redis-failed')).toEqual([
      {
        kind: 'redis-failed',
        name: `redis 127.0.0.1:${redis.port} text`,
        reason: 'WRONGTYPE Operation against a key holding the wrong kind of value',
      },
    ]);
    expect(redis.ask('GET', 'text')).toBe('x');
    redis.ask('DEL', 'text');
    redis.push('text', 'two');
    await receiver.poll();
    expect(lines).toEqual(['one', 'two']);
    expect(events.at(-1)).toMatchObject({ kind: 'receiver-open', again: true });
  });

  it('a KEY:tayori that somebody else has made is left alone', async () => {
    const redis = await startRedis();
    redis.push('logs:tayori', 'mine');
    redis.push('logs', 'one');
    const { receiver, lines, events } = reader(redis.port);
    await receiver.poll();
    await receiver.poll();
    expect(lines).toEqual([]);
    expect(kinds(events).filter((kind) => kind === 'redis-failed')).toHaveLength(1);
    expect(redis.ask('LRANGE', 'logs:tayori', '0', '-1')).toBe('mine');
    expect(redis.ask('LLEN', 'logs')).toBe('1');
  });

  it('a server that goes away and returns is told once each, and nothing is lost', async () => {
    const redis = await startRedis();
    const { receiver, lines, events, clock } = reader(redis.port);
    redis.push('logs', 'one');
    await receiver.poll();
    await redis.stop();
    await receiver.poll();
    await receiver.poll();
    clock.advance(1000);
    await receiver.poll();
    expect(kinds(events)).toEqual(['receiver-open', 'receiver-open', 'redis-failed']);
    expect(receiver.state().status).toContain('ECONNREFUSED');
    const back = await startRedis(redis.port);
    back.push('logs', 'two');
    await receiver.poll(); // too early: it waits a little longer each time
    expect(lines).toEqual(['one']);
    clock.advance(60_000);
    await receiver.poll();
    expect(lines).toEqual(['one', 'two']);
    expect(events.at(-1)).toEqual({
      kind: 'receiver-open',
      name: `redis 127.0.0.1:${redis.port}`,
      again: true,
    });
  });

  it('a server that has closed an idle connection is asked again, and nothing is told', async () => {
    const redis = await startRedis();
    const { receiver, lines, events } = reader(redis.port);
    await receiver.poll();
    redis.ask('CLIENT', 'KILL', 'TYPE', 'normal');
    redis.push('logs', 'one');
    await receiver.poll();
    expect(lines).toEqual(['one']);
    expect(kinds(events).filter((kind) => kind === 'redis-failed')).toEqual([]);
  });

  it('a server that wants a password is told', async () => {
    const redis = await startRedis();
    redis.ask('CONFIG', 'SET', 'requirepass', 'secret');
    const { receiver, events } = reader(redis.port);
    await receiver.poll();
    expect(events.at(-1)).toMatchObject({ kind: 'redis-failed', reason: expect.stringContaining('NOAUTH') });
  });
});

describe('no server', () => {
  it('at the port is told once', async () => {
    const { receiver, events, clock } = reader(await freePort());
    await receiver.poll();
    clock.advance(60_000);
    await receiver.poll();
    expect(kinds(events)).toEqual(['redis-failed']);
  });

  it('that answers: it is given up after five seconds', async () => {
    const hanging = createServer();
    await once(hanging.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void hanging.close());
    const { port } = hanging.address() as AddressInfo;
    const { receiver, told, clock } = reader(port);
    const look = receiver.poll();
    const [socket] = await once(hanging, 'connection');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'data');
    clock.advance(5000);
    await look;
    expect(await told.first(() => true)).toMatchObject({
      kind: 'redis-failed',
      reason: 'it does not answer',
    });
  });

  it('that speaks Redis is told', async () => {
    const other = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    await once(other.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const { receiver, told } = reader(port);
    await receiver.poll();
    expect(await told.first(() => true)).toMatchObject({ kind: 'redis-failed' });
    expect(told.all).toHaveLength(1);
  });
});
