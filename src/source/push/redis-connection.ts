import { createClient, ErrorReply, RESP_TYPES } from '@redis/client';
import type { Clock } from '../../base/time/clock.js';

/** The reply of the server to a script: values as bytes, or an error in its words. */
export type Answer =
  | { readonly kind: 'values'; readonly values: readonly Buffer[] }
  | { readonly kind: 'error'; readonly reason: string };

/** An open connection, for one request at a time. It does not reconnect: its user opens another. */
export interface RedisConnection {
  isOpen(): boolean;
  /** Runs a script that returns a list. Rejects when the connection breaks, or no answer comes. */
  evaluate(script: string, keys: readonly string[], args: readonly string[]): Promise<Answer>;
  end(): void;
}

/** How long the server may take to answer (ms). */
const MAX_ANSWER_TIME = 5000;

/** Connects to a Redis server, of any version that knows EVAL. Rejects when it cannot be reached. */
export async function connectRedis({
  host,
  port,
  clock,
}: {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
}): Promise<RedisConnection> {
  const client = createClient({
    RESP: 2,
    disableClientInfo: true,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: { host, port, reconnectStrategy: false, connectTimeout: MAX_ANSWER_TIME },
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
  let broken = false;
  let breakOff = (_error: Error): void => {};
  client.on('error', (error: Error) => {
    broken = true;
    breakOff(error);
  });

  /** A server that hangs, or speaks something else, answers neither now nor later. */
  async function answerOf<T>(work: Promise<T>): Promise<T> {
    let callOff = (): void => {};
    const vain = new Promise<never>((_, reject) => {
      breakOff = reject;
      callOff = clock.after(MAX_ANSWER_TIME, () => reject(new Error('it does not answer')));
    });
    try {
      return await Promise.race([work, vain]);
    } finally {
      callOff();
    }
  }

  try {
    await answerOf(client.connect());
  } catch (error) {
    client.destroy();
    throw error;
  }
  return {
    isOpen: () => client.isReady && !broken,
    async evaluate(script, keys, args) {
      try {
        const values = await answerOf(
          client.sendCommand<unknown>(['EVAL', script, String(keys.length), ...keys, ...args]),
        );
        return { kind: 'values', values: Array.isArray(values) ? values.filter(Buffer.isBuffer) : [] };
      } catch (error) {
        if (!(error instanceof ErrorReply)) throw error;
        return { kind: 'error', reason: error.message.replace(/ script: \w+, on @user_script.*/s, '') };
      }
    },
    end: () => client.destroy(),
  };
}
