import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startMailServer } from '../support/mail-server.js';
import { linePrefix } from '../support/stamp.js';
import { end, isRunning, launch, type Place, pidIn, preparePlace } from '../support/tayori.js';
import { until } from '../support/until.js';

const QUEUE = 'set uid root\nset sleep 0\nset queue a f@x.org t@x.org [now] S\na ^user (\\w+)\n';
const line = (text: string): string => `${linePrefix()}${text}\n`;

/** Starts a daemon and returns its number when the starter has ended well. */
async function startDaemon(place: Place, argv: readonly string[] = []): Promise<number> {
  const starter = launch(['-c', place.conf, ...argv], { env: place.env });
  expect(await starter.ended, starter.err()).toBe(0);
  expect(starter.err()).toBe('');
  const pid = pidIn(place.pidfile);
  if (pid === null) throw new Error('no pid file');
  expect(starter.out()).toContain(`tayori runs as ${userInfo().username} (process ${pid}): `);
  return pid;
}

describe('a fault at the start is told on the terminal, with status 1, and nothing is left behind:', () => {
  const rows: readonly (readonly [string, string, (place: Place) => void, RegExp])[] = [
    [
      'a config with faults',
      'set frob\nx y\n',
      () => {},
      /tenshi\.conf:5:5: error: .*\n.*tenshi\.conf:6:1: error: /,
    ],
    [
      'a state folder that is a file',
      QUEUE,
      ({ folder }) => writeFileSync(join(folder, 'state'), ''),
      /^tayori: the state .* cannot be /m,
    ],
    [
      'a damaged state',
      `${QUEUE}set state damaged\n`,
      ({ folder }) => {
        mkdirSync(join(folder, 'damaged'));
        writeFileSync(join(folder, 'damaged', 'tayori.db'), 'no database'.repeat(100));
      },
      /^tayori: the state .* cannot be used: it is damaged \(file is not a database\)/m,
    ],
    [
      'a pid file that is something else',
      QUEUE,
      ({ pidfile }) => writeFileSync(pidfile, 'root:x:0:0'),
      /is not a pid file, and is left as it is/,
    ],
    [
      'a pid file in no folder',
      `${QUEUE}set pidfile x.log/pid\n`,
      () => {},
      /the pid file cannot be written .*-P FILE/,
    ],
  ];

  it.each(rows)('%s', async (_name, conf, prepare, words) => {
    const place = preparePlace(conf);
    prepare(place);
    const before = existsSync(place.pidfile) ? readFileSync(place.pidfile, 'utf8') : null;
    const starter = launch(['-c', place.conf], { env: place.env });
    expect(await starter.ended).toBe(1);
    expect(starter.err()).toMatch(words);
    expect(existsSync(place.pidfile) ? readFileSync(place.pidfile, 'utf8') : null).toBe(before);
    expect(place.syslog()).toBe('');
  });

  it('another daemon on the same state, which is not disturbed', async () => {
    const place = preparePlace(QUEUE);
    const pid = await startDaemon(place);
    const second = launch(['-c', place.conf, '-P', join(place.folder, 'pid2')]);
    expect(await second.ended).toBe(1);
    expect(second.err()).toContain('another tayori works with');
    expect(existsSync(join(place.folder, 'pid2'))).toBe(false);
    expect(isRunning(pid)).toBe(true);
  });

  it('another daemon with the same pid file, which stays', async () => {
    const place = preparePlace(QUEUE);
    const pid = await startDaemon(place);
    appendFileSync(place.conf, 'set state other\n');
    const second = launch(['-c', place.conf]);
    expect(await second.ended).toBe(1);
    expect(second.err()).toContain(`another tayori runs as process ${pid}`);
    expect(pidIn(place.pidfile)).toBe(pid);
  });
});

describe('a daemon that works', () => {
  it('is told in one line: as whom it runs, what it follows, its next letter, where mail goes, and how to ask', async () => {
    const place = preparePlace(`set logfile none.log\n${QUEUE.replace('[now]', '[30 12 * * *]')}`);
    const starter = launch(['-c', place.conf], { env: place.env });
    expect(await starter.ended).toBe(0);
    const pid = pidIn(place.pidfile);
    expect(starter.err()).toBe('');
    expect(starter.out()).toMatch(
      new RegExp(
        `^tayori runs as ${userInfo().username} \\(process ${pid}\\): follows 1 of 2 logs; next letter: a, \\w+ \\d+ \\w+(?: \\d+)?, 12:30; ` +
          `mail goes to .*/state/Maildir.*; ask with: tayori status -c ${place.conf}\n$`,
      ),
    );
  });

  it('lets its starter end with 0, holds nothing of the terminal, and mails', async () => {
    const server = await startMailServer();
    const place = preparePlace(`set mailserver 127.0.0.1:${server.port}\n${QUEUE}`);
    const pid = await startDaemon(place);
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    expect({ session: Number(fields[3]), terminal: Number(fields[4]) }).toEqual({
      session: pid,
      terminal: 0,
    });
    for (const fd of [0, 1, 2]) expect(readlinkSync(`/proc/${pid}/fd/${fd}`)).toBe('/dev/null');
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
    expect(statSync(place.pidfile).mode & 0o777).toBe(0o644);
    const arrives = server.next('S [a]');
    appendFileSync(place.log, line('user ann'));
    expect((await arrives).text).toContain('1: user ann');
    await end(pid);
    expect(existsSync(place.pidfile)).toBe(false);
  });

  it('tells trouble to the system log, and of its starter what was wrong before', async () => {
    const place = preparePlace(`set mailserver 127.0.0.1:1\n${QUEUE}`);
    const pid = await startDaemon(place);
    appendFileSync(place.log, line('user ann'));
    await until(() => place.syslog().includes('mail cannot be sent'));
    expect(place.syslog()).toMatch(
      /^-t tayori\[\d+\] -p daemon\.notice mail cannot be sent \(.*ECONNREFUSED/,
    );
    await end(pid);
    expect(place.syslog()).toContain('SIGTERM: mailing all queues');
  });

  it('works where there is no logger', async () => {
    const place = preparePlace(QUEUE);
    chmodSync(join(place.folder, 'logger'), 0o644);
    const starter = launch(['-c', place.conf], { env: { PATH: place.folder } });
    expect(await starter.ended, starter.err()).toBe(0);
    const pid = await until(() => pidIn(place.pidfile));
    appendFileSync(place.log, line('user ann'));
    await until(() => place.letters().length > 0);
    await end(pid);
    expect(existsSync(place.pidfile)).toBe(false);
  });

  it('is found by its paths from another folder, also after a reload', async () => {
    const place = preparePlace(QUEUE);
    const starter = launch(['-c', 'tenshi.conf', '-P', 'mine'], { cwd: place.folder, env: place.env });
    expect(await starter.ended, starter.err()).toBe(0);
    const pid = await until(() => pidIn(join(place.folder, 'mine')));
    process.kill(pid, 'SIGHUP');
    await until(() => place.syslog().includes('the new config is in force'));
    await end(pid);
    expect(existsSync(place.pidfile)).toBe(false);
  });

  it('-P wins over set pidfile, in the foreground too, where set pidfile counts for nothing', async () => {
    const place = preparePlace(QUEUE);
    const plain = launch(['-f', '-c', place.conf]);
    await plain.says('Mail goes to');
    expect(existsSync(place.pidfile)).toBe(false);
    expect(await plain.end('SIGTERM')).toBe(0);
    const mine = join(place.folder, 'run', 'mine');
    const named = launch(['-f', '-c', place.conf, '-P', mine]);
    await named.says('Mail goes to');
    expect(pidIn(mine)).toBe(named.child.pid);
    expect(await named.end('SIGTERM')).toBe(0);
    expect(existsSync(mine)).toBe(false);
  });
});

describe('a fault of the program itself', () => {
  /** Has the program run `script` first. */
  function preload({ folder, env }: Place, script: string): NodeJS.ProcessEnv {
    const path = join(folder, 'fault.mjs');
    writeFileSync(path, script);
    return { ...env, NODE_OPTIONS: `--import=${path}` };
  }

  it.each([
    ['that is thrown', "throw new Error('boom')"],
    ['that is rejected', "Promise.reject(new Error('boom'))"],
  ])('%s while it works is told to the system log, and ends it', async (_name, fault) => {
    const place = preparePlace(QUEUE);
    const env = preload(place, `process.on('SIGWINCH', () => { ${fault} });`);
    const starter = launch(['-c', place.conf], { env });
    expect(await starter.ended, starter.err()).toBe(0);
    const pid = await until(() => pidIn(place.pidfile));
    await end(pid, 'SIGWINCH');
    expect(place.syslog()).toContain('ended by an internal error: Error: boom');
    expect(existsSync(place.pidfile)).toBe(false);
  });

  it('before it works is told on the terminal, with status 1', async () => {
    const place = preparePlace(QUEUE);
    const env = preload(
      place,
      `function wait() {
        if (process.listenerCount('uncaughtException') > 0) throw new Error('boom');
        setImmediate(wait);
      }
      if (process.env.TAYORI_DAEMON) wait();`,
    );
    const starter = launch(['-c', place.conf], { env });
    expect(await starter.ended).toBe(1);
    expect(starter.err()).toMatch(/^tayori: ended by an internal error: Error: boom\n/);
    expect(existsSync(place.pidfile)).toBe(false);
  });
});

describe('a signal while it becomes a daemon', () => {
  /** A place where the look-up of `set uid` waits, as for a directory server that alone knows the account; `asked` and then `answer`. */
  function slowPlace(): Place & { asked(): number | null; answer(): void } {
    const place = preparePlace(`set start beginning\n${QUEUE.replace('uid root', 'uid far-away')}`);
    const at = (name: string): string => join(place.folder, name);
    writeFileSync(place.log, line('user ann'));
    writeFileSync(
      at('getent'),
      `#!/bin/sh\necho $PPID > '${at('asked.new')}'; mv '${at('asked.new')}' '${at('asked')}'\n` +
        `while [ -d '${place.folder}' ] && [ ! -e '${at('answer')}' ]; do sleep 0.01; done\necho far-away:x:0:0::/root:/bin/sh\n`,
      { mode: 0o755 },
    );
    return { ...place, asked: () => pidIn(at('asked')), answer: () => writeFileSync(at('answer'), '') };
  }

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s to the starter ends both, and loses nothing',
    async (signal) => {
      const place = slowPlace();
      const starter = launch(['-c', place.conf], { env: place.env });
      const pid = await until(place.asked);
      starter.child.kill(signal);
      place.answer();
      await starter.ended;
      await until(() => !isRunning(pid));
      expect(existsSync(place.pidfile)).toBe(false);
      expect(place.letters().join()).toContain('1: user ann');
    },
  );

  it('a second one ends it even while it waits for something that never comes', async () => {
    const place = slowPlace();
    const starter = launch(['-c', place.conf], { env: place.env });
    const pid = await until(place.asked);
    starter.child.kill('SIGTERM');
    expect(await starter.end('SIGINT')).toBe(1);
    expect(starter.err()).toBe('tayori: the daemon has ended (SIGKILL)\n');
    expect(isRunning(pid)).toBe(false);
    place.answer();
  });

  it('a starter that is killed takes the daemon with it', async () => {
    const place = slowPlace();
    const starter = launch(['-c', place.conf], { env: place.env });
    const pid = await until(place.asked);
    starter.child.kill('SIGKILL');
    await starter.ended;
    place.answer();
    await until(() => !isRunning(pid));
    expect(existsSync(place.pidfile)).toBe(false);
  });

  it('HUP to the daemon is obeyed when it works', async () => {
    const place = slowPlace();
    const starter = launch(['-c', place.conf], { env: place.env });
    const pid = await until(place.asked);
    process.kill(pid, 'SIGHUP');
    place.answer();
    expect(await starter.ended, starter.err()).toBe(0);
    await until(() => (place.syslog() + starter.err()).includes('the new config is in force'));
    await end(pid);
  });
});
