import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Email } from 'postal-mime';
import { NOON, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A log that a daemon follows, and the letters that came of it. */
export interface Log {
  readonly path: string;
  /** Every message of the letters that came: `queue host: message`. */
  told(): string[];
  append(text: string): Promise<void>;
  wait(ms: number): Promise<void>;
  /** The daemon ends without handing on what it holds, and starts again. */
  restart(): Promise<void>;
}

/**
 * A daemon that follows `name` in its folder, which is FOLDER in the config and in what was told. Queues page at once; `n`
 * gets what no rule of `conf` takes, `noprefix` lines without a prefix.
 */
export async function follow(conf: string, name: string): Promise<Log> {
  const folder = temporaryFolder();
  const path = join(folder, name);
  const server = await startMailServer();
  mkdirSync(dirname(path), { recursive: true });
  for (const file of [path, join(folder, 'x.log')]) writeFileSync(file, '');
  const clock = heldClock(NOON);
  const queues = ['n', 'a', 'noprefix'].map(
    (queue) => `set queue ${queue} f@x.org t@x.org [now] [${queue}]\n`,
  );
  const whole = [
    `set logfile ${path}\nset mailserver 127.0.0.1:${server.port}\nset sleep 1\n`,
    ...queues,
    `${conf.replaceAll('FOLDER', folder)}\nn (?:)\n`,
  ].join('');
  let running = await startDaemon(whole, { clock, folder });
  const wait = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await running.daemon.poll();
    await running.daemon.poll();
  };
  return {
    path,
    told: () =>
      server.letters
        .flatMap(rowsOf)
        .map((row) => row.replaceAll(folder, 'FOLDER'))
        .sort(),
    async append(text) {
      appendFileSync(path, text);
      await wait(1000);
    },
    wait,
    async restart() {
      await running.stop();
      running = await startDaemon(whole, { clock, folder });
    },
  };
}

function rowsOf({ subject = '', text = '' }: Email): string[] {
  const [, queue = ''] = /\[(\w+)\]/.exec(subject) ?? [];
  const rows: string[] = [];
  let host = '';
  for (const line of text.split('\n')) {
    const [, found] = /^(\S.*):\s*$/.exec(line) ?? [];
    if (found !== undefined) host = found;
    const [, row] = /^ +(\d+: .*)$/.exec(line) ?? [];
    if (row !== undefined) rows.push(`${queue} ${host} ${row}`);
  }
  return rows;
}
