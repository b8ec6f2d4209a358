import { randomUUID } from 'node:crypto';
import { reasonOf } from '../../base/errors.js';
import type { Clock } from '../../base/time/clock.js';
import { within } from '../../base/time/within.js';
import type { SourceEvent } from '../source-event.js';
import { createLineSplitter, listLines, MAX_LINE_BYTES } from '../split-lines.js';
import { nameRedis, nameRedisServer } from './name-receiver.js';
import type { Receiver, ReceiverState } from './receiver.js';
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

/** Lines and bytes of a batch; Lua can push some thousand values in one call. */
const MAX_BATCH_LINES = 1000;
const MAX_BATCH_BYTES = 1024 * 1024;

/** Bytes at which a value is cut before it is sent: with the note about that it is no longer than a line may be. */
const MAX_VALUE = MAX_LINE_BYTES - 64;

/** A poll waits at most this long (ms) for long lists; reading them goes on meanwhile. */
const MAX_POLL = 5000;

/** Between two tries to connect (ms): at first, and at most; doubled each time. */
const FIRST_WAIT = 1000;
const MAX_WAIT = 60_000;

/**
 * Deletes the batch that has been counted (ARGV[1]), then sets the next one aside and returns it: its id, then its
 * lines, oldest first, as Tenshi's LPOP takes them. A batch that was set aside before and is not counted comes first.
 * The script is atomic, and idempotent: asking twice returns the same batch twice.
 */
const NEXT_BATCH = `
local list, aside = KEYS[1], KEYS[2]
local counted, id, lines, bytes, longest = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if redis.call('LINDEX', aside, 0) == counted then redis.call('DEL', aside) end
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
 * Opens Redis lists, whose lines are taken at each poll. A batch with an id of its own is set aside in Redis, in the
 * list KEY:tayori, and stays there until it is counted; its id is committed with the counts. So no line is lost or
 * counted twice, whichever side dies. The client is loaded when it is first needed, because it is large.
 */
export function openRedisLists(options: RedisOptions): Receiver {
  return new RedisLists(options);
}

class RedisLists implements Receiver {
  readonly #options: RedisOptions;
  readonly #name: string;
  readonly #server: Trouble;
  readonly #lists: readonly { readonly key: string; readonly trouble: Trouble }[];
  #connection: RedisConnection | null = null;
  /** Until the next try to connect, after the next failure (ms). */
  #wait = FIRST_WAIT;
  /** When connecting may be tried again (ms). */
  #nextTry = 0;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: RedisOptions) {
    const { keys, onEvent } = options;
    this.#options = options;
    this.#name = nameRedisServer(options);
    this.#server = new Trouble(this.#name, onEvent);
    this.#lists = keys.map((key) => ({ key, trouble: new Trouble(`${this.#name} ${key}`, onEvent) }));
  }

  async poll(): Promise<void> {
    if (this.#closed) return;
    this.#running ??= this.#round().finally(() => {
      this.#running = null;
    });
    await within(this.#options.clock, MAX_POLL, this.#running);
  }

  state(): ReceiverState {
    const troubles = [this.#server, ...this.#lists.map(({ trouble }) => trouble)];
    const reason = troubles.map((one) => one.reason).find((one) => one !== null);
    return {
      name: nameRedis(this.#options),
      status: reason ?? (this.#connection ? 'open' : 'not open yet'),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    this.#connection?.end();
  }

  /** A server may have closed an idle connection, or have restarted: that is not an error yet. */
  async #round(): Promise<void> {
    const idle = this.#connection;
    try {
      const to = await this.#connect();
      if (to) await this.#emptyAll(to);
    } catch (error) {
      if (this.#connection === null || this.#connection !== idle) return this.#lose(error);
      idle.end();
      await this.#round();
    }
  }

  async #connect(): Promise<RedisConnection | null> {
    const { host, port, clock } = this.#options;
    if (this.#connection?.isOpen()) return this.#connection;
    this.#connection = null;
    if (clock.now() < this.#nextTry && this.#nextTry - clock.now() <= MAX_WAIT) return null;
    const { connectRedis } = await import('./redis-connection.js');
    this.#connection = await connectRedis({ host, port, clock });
    return this.#connection;
  }

  #lose(error: unknown): void {
    this.#connection?.end();
    this.#connection = null;
    this.#nextTry = this.#options.clock.now() + this.#wait;
    this.#wait = Math.min(this.#wait * 2, MAX_WAIT);
    this.#server.begin(reasonOf(error));
  }

  async #emptyAll(to: RedisConnection): Promise<void> {
    for (const { key, trouble } of this.#lists) {
      const reason = await this.#empty(key, to);
      if (reason === null) trouble.end();
      else trouble.begin(reason);
    }
  }

  /** Takes a list to its end, batch by batch; returns its trouble in words, or null. */
  async #empty(key: string, to: RedisConnection): Promise<string | null> {
    let counted = '';
    while (!this.#closed) {
      const answer = await this.#nextBatch(to, key, counted, MAX_BATCH_LINES);
      if (answer.kind === 'error') return answer.reason;
      const [first, ...rest] = answer.values;
      if (!first) return null;
      const id = first.toString('latin1');
      if (!id.startsWith(BATCH)) return `${key}:tayori holds what tayori has not put there`;
      const source = `${this.#name} ${key}`;
      if (this.#options.take(linesOf(rest), { source, id }) === 'later') return null;
      counted = id;
    }
    await this.#nextBatch(to, key, counted, 0);
    return null;
  }

  /** `max` 0: only deletes the counted batch. Errors of the server are returned: they concern this list alone. */
  async #nextBatch(to: RedisConnection, key: string, counted: string, max: number): Promise<Answer> {
    const args = [counted, `${BATCH}${randomUUID()}`, max, MAX_BATCH_BYTES, MAX_VALUE].map(String);
    const answer = await to.evaluate(NEXT_BATCH, [key, `${key}:tayori`], args);
    this.#server.end();
    this.#wait = FIRST_WAIT;
    return answer;
  }
}

/** Ids of batches begin like this, and nothing else does. */
const BATCH = 'tayori:';

/** Something that fails, and works again: emitted once each way. */
class Trouble {
  readonly #name: string;
  readonly #onEvent: RedisOptions['onEvent'];
  #reason: string | null = null;
  #opened = false;

  constructor(name: string, onEvent: RedisOptions['onEvent']) {
    this.#name = name;
    this.#onEvent = onEvent;
  }

  /** In words; null while it works. */
  get reason(): string | null {
    return this.#reason;
  }

  begin(reason: string): void {
    if (this.#reason === null) this.#onEvent({ kind: 'redis-failed', name: this.#name, reason });
    this.#reason = reason;
  }

  end(): void {
    const again = this.#reason !== null;
    if (again || !this.#opened) this.#onEvent({ kind: 'receiver-open', name: this.#name, again });
    this.#reason = null;
    this.#opened = true;
  }
}

/** A value is a line, or several; a last newline is optional. */
function linesOf(values: readonly Buffer[]): string[] {
  const splitter = createLineSplitter(() => {}); // Redis has cut what is too long
  return values.flatMap((value) => [splitter.push(value), splitter.end()].flatMap(listLines));
}
