import { randomUUID } from 'node:crypto';
import { reasonOf } from '../../base/errors.js';
import type { Clock } from '../../base/time/clock.js';
import { within } from '../../base/time/within.js';
import type { SourceEvent } from '../source-event.js';
import { createLineSplitter, LONGEST_LINE, listLines } from '../split-lines.js';
import { nameRedis, nameRedisServer } from './name-receiver.js';
import type { Receiver } from './receiver.js';
import type { Answer, RedisConnection } from './redis-connection.js';

export interface RedisOptions {
  readonly host: string;
  readonly port: number;
  readonly keys: readonly string[];
  readonly clock: Clock;
  /** Counts a batch unless it has been counted before; `later`: not now, it is offered again. */
  take(
    lines: readonly string[],
    batch: { readonly source: string; readonly id: string },
  ): 'counted' | 'later';
  onEvent(event: SourceEvent): void;
}

/** So many lines are put aside at once, and so many bytes; Lua can push some thousand values in one call. */
const MOST_LINES = 1000;
const MOST_BYTES = 1024 * 1024;

/** A value is cut there (bytes), before it is sent: with the words that say so it is no longer than a line may be. */
const LONGEST_VALUE = LONGEST_LINE - 64;

/** A look waits at most this long (ms) for long lists, which are read on meanwhile. */
const LONGEST_LOOK = 5000;

/** Between two tries to connect (ms): at first, and at most; doubled each time. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60_000;

/**
 * Settles the batch that has been counted (ARGV[1]), then puts the next one aside and returns it: its name, then its
 * lines, oldest first, as Tenshi's LPOP takes them. What was put aside before and is not settled comes first. All of
 * it is one step to Redis, and asking twice gives the same batch twice.
 */
const NEXT_BATCH = `
local list, aside = KEYS[1], KEYS[2]
local settled, id, lines, bytes, longest = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if redis.call('LINDEX', aside, 0) == settled then redis.call('DEL', aside) end
if lines == 0 then return {} end
if redis.call('EXISTS', aside) == 0 then
  local batch = { id }
  local size = 0
  for at, line in ipairs(redis.call('LRANGE', list, 0, lines - 1)) do
    size = size + math.min(#line, longest)
    if at > 1 and size > bytes then break end
    if #line > longest then line = string.sub(line, 1, longest) .. ' [cut: ' .. #line .. ' bytes]' end
    batch[#batch + 1] = line
  end
  if #batch == 1 then return {} end
  redis.call('RPUSH', aside, unpack(batch))
  redis.call('LTRIM', list, #batch - 1, -1)
end
return redis.call('LRANGE', aside, 0, -1)`;

/**
 * Takes lines from Redis lists at each look. A batch is put aside in Redis, under a name of its own, in the list
 * KEY:tayori; there it stays until it is counted, and its name is remembered with the counts. So whoever dies, and
 * when, no line is lost and none is counted twice. The client is loaded when it is first needed: it is not small.
 */
export function readRedis(options: RedisOptions): Receiver {
  const { host, port, keys, clock, onEvent } = options;
  const name = nameRedisServer(options);
  const server = createTrouble(name, onEvent);
  const lists = keys.map((key) => ({ key, ...createTrouble(`${name} ${key}`, onEvent) }));
  let connection: RedisConnection | null = null;
  let wait = FIRST_WAIT;
  let nextTry = 0;
  let running: Promise<void> | null = null;
  let closed = false;

  async function connect(): Promise<RedisConnection | null> {
    if (connection?.isOpen()) return connection;
    connection = null;
    if (clock.now() < nextTry && nextTry - clock.now() <= LONGEST_WAIT) return null;
    const { connectRedis } = await import('./redis-connection.js');
    connection = await connectRedis({ host, port, clock });
    return connection;
  }

  function lose(error: unknown): void {
    connection?.end();
    connection = null;
    nextTry = clock.now() + wait;
    wait = Math.min(wait * 2, LONGEST_WAIT);
    server.begin(reasonOf(error));
  }

  /** `most` 0: only settles. Refusals of the server are returned, to be told of this list alone. */
  async function nextBatch(to: RedisConnection, key: string, settled: string, most: number): Promise<Answer> {
    const args = [settled, `${BATCH}${randomUUID()}`, most, MOST_BYTES, LONGEST_VALUE].map(String);
    const answer = await to.evaluate(NEXT_BATCH, [key, `${key}:tayori`], args);
    server.end();
    wait = FIRST_WAIT;
    return answer;
  }

  /** Takes a list to its end, batch by batch; the words of its trouble, or null. */
  async function empty(key: string, to: RedisConnection): Promise<string | null> {
    let settled = '';
    while (!closed) {
      const answer = await nextBatch(to, key, settled, MOST_LINES);
      if (answer.kind === 'refused') return answer.reason;
      const [first, ...rest] = answer.values;
      if (!first) return null;
      const id = first.toString('latin1');
      if (!id.startsWith(BATCH)) return `${key}:tayori holds what tayori has not put there`;
      if (options.take(linesOf(rest), { source: `${name} ${key}`, id }) === 'later') return null;
      settled = id;
    }
    await nextBatch(to, key, settled, 0);
    return null;
  }

  async function emptyAll(to: RedisConnection): Promise<void> {
    for (const list of lists) {
      const trouble = await empty(list.key, to);
      if (trouble === null) list.end();
      else list.begin(trouble);
    }
  }

  /** A server may have closed a connection that was idle, or have started anew: that is no trouble yet. */
  async function round(): Promise<void> {
    const idle = connection;
    try {
      const to = await connect();
      if (to) await emptyAll(to);
    } catch (error) {
      if (connection === null || connection !== idle) return lose(error);
      idle.end();
      await round();
    }
  }

  return {
    async poll() {
      if (closed) return;
      running ??= round().finally(() => {
        running = null;
      });
      await within(clock, LONGEST_LOOK, running);
    },
    state() {
      const troubles = [server, ...lists].map(({ reason }) => reason()).filter((reason) => reason !== null);
      return {
        name: nameRedis(options),
        status: troubles[0] ?? (connection ? 'open' : 'not open yet'),
      };
    },
    async close() {
      closed = true;
      await running;
      connection?.end();
    },
  };
}

/** Names of batches begin like this, and nothing else does. */
const BATCH = 'tayori:';

/** Something that fails, and works again: told once each way. */
function createTrouble(
  name: string,
  onEvent: (event: SourceEvent) => void,
): { begin(reason: string): void; end(): void; reason(): string | null } {
  let reason: string | null = null;
  let opened = false;
  return {
    begin(words) {
      if (reason === null) onEvent({ kind: 'redis-failed', name, reason: words });
      reason = words;
    },
    end() {
      if (reason !== null || !opened) onEvent({ kind: 'inlet-open', name, again: reason !== null });
      reason = null;
      opened = true;
    },
    reason: () => reason,
  };
}

/** A value is a line, or several; a last newline is optional. */
function linesOf(values: readonly Buffer[]): string[] {
  const splitter = createLineSplitter(() => {}); // Redis has cut what is too long
  return values.flatMap((value) => [splitter.push(value), splitter.end()].flatMap(listLines));
}
