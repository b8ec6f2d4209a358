import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.js';
import { temporaryFolder } from './temporary-folder.js';

/** Whether these tests can run. In CI they must: there a missing server is a fault of the tests. */
export const hasRedis: boolean = (() => {
  if (spawnSync('redis-server', ['--version']).status === 0) return true;
  if (process.env.CI) throw new Error('redis-server is not installed (apt-get install redis-server)');
  console.warn('redis-server is not installed, so what needs it is not tested');
  return false;
})();

export interface RedisServer {
  readonly port: number;
  /** Runs a command with redis-cli, and returns what it prints. */
  ask(...words: string[]): string;
  /** Pushes values at the end of a list, with the bytes that they have. */
  push(key: string, ...values: (string | Buffer)[]): void;
  stop(): Promise<void>;
}

/** A real Redis, which keeps nothing on the disk; it ends with the test. */
export async function startRedis(at?: number): Promise<RedisServer> {
  const port = at ?? (await freePort());
  const child = spawn('redis-server', [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--dir',
    temporaryFolder(),
  ]);
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface(child.stdout)) if (line.includes('Ready to accept')) break;
  child.stdout.resume();
  const ask = (...words: string[]): string =>
    execFileSync('redis-cli', ['-p', String(port), ...words], { encoding: 'utf8' }).trim();
  return {
    port,
    ask,
    push(key, ...values) {
      // The protocol itself, so that any bytes and any number of values can be sent (redis-cli --pipe).
      const parts = ['RPUSH', key, ...values].map((part) => Buffer.from(part));
      const words = parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')]);
      execFileSync('redis-cli', ['-p', String(port), '--pipe'], {
        input: Buffer.concat([Buffer.from(`*${parts.length}\r\n`), ...words]),
        stdio: ['pipe', 'ignore', 'inherit'],
      });
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
