import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { freePort, freeUdpPort } from '../support/free-port.js';
import { maildir } from '../support/maildir.js';
import { hasRedis, startRedis } from '../support/redis-server.js';
import { send } from '../support/send.js';
import { linePrefix } from '../support/stamp.js';
import { type Launched, launch } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const BASE =
  'set uid root\nset state state\nset sleep 1\nset mask ___\nset queue a f@x.org t@x.org [30 12 29 2 *]\na ^user (\\d+)\n';

interface Machine {
  readonly folder: string;
  readonly conf: string;
  configure(lines: string): void;
}

function machine(lines: string): Machine {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'state')); // so that it can be watched before the daemon is there
  const conf = join(folder, 'tenshi.conf');
  const configure = (more: string): void => writeFileSync(conf, `${BASE}${more}`);
  configure(lines);
  return { folder, conf, configure };
}

/** How many lines of `user` the state of a daemon holds, as another process sees it. */
function counted({ folder }: Machine): number {
  if (!existsSync(join(folder, 'state', 'tayori.db-wal'))) return 0;
  const db = openSqlite(join(folder, 'state', 'tayori.db'), { readonly: true });
  try {
    const made = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'tally'").get();
    return made ? Number(db.prepare('SELECT coalesce(sum(count), 0) FROM tally').pluck().get()) : 0;
  } finally {
    db.close();
  }
}

/**
 * Resolves when the state holds so many. It looks by itself: to look is to write into the folder (SQLite's -shm), so that
 * a watcher of it would never come to an end.
 */
async function holds(at: Machine, daemon: Launched, lines: number): Promise<void> {
  await until(() => counted(at) >= lines, daemon.ended);
}

/** The counts of all letters. */
async function mailed({ folder }: Machine): Promise<number> {
  let sum = 0;
  for (const letter of maildir(join(folder, 'state'))) {
    const { text = '' } = await PostalMime.parse(letter);
    for (const [, count] of text.matchAll(/^ {4}(\d+): user ___$/gm)) sum += Number(count);
  }
  return sum;
}

const line = (at: number): string => `${linePrefix()}user ${at}`;
const some = (count: number): string[] => Array.from({ length: count }, (_, at) => line(at));

describe('kill -9', () => {
  it('takes nothing that came over a FIFO or the network, once its turn has ended', async () => {
    const port = await freeUdpPort();
    const at = machine(`set fifo fifo\nset listen 127.0.0.1:${port}\n`);
    const fifo = join(at.folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const first = launch(['-f', '-c', at.conf]);
    await first.says('Mail goes to');
    await send(port, some(300));
    writeFileSync(fifo, `${some(200).join('\n')}\n`);
    await holds(at, first, 500);
    await first.end('SIGKILL');
    const second = launch(['-f', '-c', at.conf]);
    await second.says('Mail goes to');
    await send(port, some(100));
    writeFileSync(fifo, `${some(50).join('\n')}\n`);
    expect(await second.end('SIGTERM')).toBe(0); // what is in the kernel by then is read
    expect(await mailed(at)).toBe(650);
  });

  it.skipIf(!hasRedis)('loses no line of a Redis list and counts none twice, whenever it comes', async () => {
    const redis = await startRedis();
    const at = machine(`set redisserver 127.0.0.1:${redis.port}\nset redisqueue logs\n`);
    let pushed = 0;
    for (const goal of [1, 15_000, 40_000]) {
      redis.push('logs', ...some(40_000));
      pushed += 40_000;
      const daemon = launch(['-f', '-c', at.conf]);
      await holds(at, daemon, goal);
      await daemon.end('SIGKILL');
    }
    const last = launch(['-f', '-c', at.conf]);
    await last.says('Mail goes to');
    expect(await last.end('SIGTERM')).toBe(0);
    expect(await mailed(at)).toBe(pushed);
    expect(redis.ask('KEYS', '*')).toBe('');
  });

  it.skipIf(!hasRedis)('between counting a batch and letting go of it: it is not counted again', async () => {
    const redis = await startRedis();
    const at = machine(`set redisserver 127.0.0.1:${redis.port}\nset redisqueue logs\n`);
    redis.push('logs', ...some(500));
    const first = launch(['-f', '-c', at.conf]);
    await first.says('Mail goes to');
    await first.end('SIGKILL');
    const db = openSqlite(join(at.folder, 'state', 'tayori.db'));
    const id = String(db.prepare('SELECT batch FROM taken').pluck().get());
    db.close();
    redis.push('logs:tayori', id, ...some(500)); // as if it had died just before
    redis.push('logs', ...some(10));
    const second = launch(['-f', '-c', at.conf]);
    await second.says('Mail goes to');
    expect(await second.end('SIGTERM')).toBe(0);
    expect(await mailed(at)).toBe(510);
  });
});

describe('at the start', () => {
  it('an address that is taken is told with its place, and gives 1', async () => {
    const socket = createSocket('udp4');
    onTestFinished(() => void socket.close());
    await new Promise<void>((resolve) => void socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    const at = machine(`set listen 127.0.0.1:${port}\n`);
    const daemon = launch(['-f', '-c', at.conf]);
    expect(await daemon.ended).toBe(1);
    expect(daemon.out() + daemon.err()).toMatch(
      new RegExp(`tenshi\\.conf:7:12: listen 127\\.0\\.0\\.1:${port}: cannot be opened: .*EADDRINUSE`),
    );
  });

  it('a Redis that is away and a FIFO that is missing do not keep it from working', async () => {
    const port = await freePort();
    const at = machine(`set redisserver 127.0.0.1:${port}\nset redisqueue logs\nset fifo fifo\n`);
    const daemon = launch(['-f', '-c', at.conf]);
    await daemon.says('Mail goes to');
    await daemon.says(`redis 127.0.0.1:${port}: connect ECONNREFUSED`);
    await daemon.says('not there yet');
    expect(await daemon.end('SIGTERM')).toBe(0);
  });
});

describe('what opens nothing', () => {
  it('check names what would be opened', async () => {
    const at = machine(
      'set listen 127.0.0.1:514\nset fifo /nowhere/fifo\nset redisqueue a\nset redisqueue b\n',
    );
    const check = launch(['check', at.conf]);
    await check.says('1 FIFO, 1 listener, 2 Redis lists');
    expect(await check.ended).toBe(0);
  });

  it('try leaves to a tayori at work what is read only once, and says so', async () => {
    const port = await freeUdpPort();
    const at = machine(`set listen 127.0.0.1:${port}\nset logfile x.log\n`);
    writeFileSync(join(at.folder, 'x.log'), '');
    const daemon = launch(['-f', '-c', at.conf]);
    await daemon.says('Mail goes to');
    const tried = launch(['try', '-c', at.conf]);
    await tried.says('are not opened');
    await tried.says('tayori keeps reading');
  });
});

describe('HUP', () => {
  it('opens new listeners, closes old ones and loses nothing of those that stay', async () => {
    const [stays, leaves, comes] = [await freeUdpPort(), await freeUdpPort(), await freeUdpPort()];
    const at = machine(`set listen 127.0.0.1:${stays}\nset listen 127.0.0.1:${leaves}\n`);
    const daemon = launch(['-f', '-c', at.conf]);
    await daemon.says('Mail goes to');
    at.configure(`set listen 127.0.0.1:${stays}\nset listen [::1]:${comes}\n`);
    await send(leaves, some(10));
    daemon.child.kill('SIGHUP');
    for (let sent = 0; sent < 20; sent++) await send(stays, some(10));
    await daemon.says('the new config is in force');
    await send(comes, some(10), { to: '::1' });
    await send(stays, some(10));
    expect(await daemon.end('SIGTERM')).toBe(0);
    expect(await mailed(at)).toBe(230);
    await new Promise<void>((resolve, reject) => {
      const socket = createSocket('udp4').on('error', reject);
      socket.bind(leaves, '127.0.0.1', () => socket.close(resolve));
    });
  });

  it('that cannot listen keeps the old config, and says why', async () => {
    const [port, taken] = [await freeUdpPort(), createSocket('udp4')];
    onTestFinished(() => void taken.close());
    await new Promise<void>((resolve) => void taken.bind(0, '127.0.0.1', resolve));
    const at = machine(`set listen 127.0.0.1:${port}\n`);
    const daemon = launch(['-f', '-c', at.conf]);
    await daemon.says('Mail goes to');
    at.configure(`set listen 127.0.0.1:${port}\nset listen 127.0.0.1:${taken.address().port}\n`);
    daemon.child.kill('SIGHUP');
    await daemon.says('EADDRINUSE');
    await daemon.says('the old one stays in force');
    await send(port, some(3));
    expect(await daemon.end('SIGTERM')).toBe(0);
    expect(await mailed(at)).toBe(3);
  });
});
