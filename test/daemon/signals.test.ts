import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openState } from '../../src/store/folder/open-state.js';
import { startScriptedServer } from '../mail/servers.js';
import { startMailServer } from '../support/mail-server.js';
import { linePrefix } from '../support/stamp.js';
import { type Launched, launch, type Place, preparePlace } from '../support/tayori.js';
import { until } from '../support/until.js';

const USER = 'set uid root\nset letter plain\n';
const NOON = 'set queue a f@x.org t@x.org [30 12 * * *] S\n';
const OTHER = 'set queue b f@x.org b@x.org [30 12 * * *] B\n';
const RULES = 'a ^user (\\w+)\n';
const OFF = 'set flush_on_signal off\n';

function lines(text: string, count: number): string {
  return `${linePrefix()}${text}\n`.repeat(count);
}

/** A daemon in the foreground that has read what stands in its log. */
async function serve(place: Place): Promise<Launched> {
  const tayori = launch(['-f', '-c', place.conf]);
  await tayori.says('Mail goes to');
  return tayori;
}

/** Sends a signal and waits until these words were said since. */
async function signal({ child, err }: Launched, name: NodeJS.Signals, words: string): Promise<void> {
  const before = err().length;
  child.kill(name);
  await until(() => err().slice(before).includes(words));
}

async function terminate(tayori: Launched): Promise<void> {
  expect(await tayori.end('SIGTERM')).toBe(0);
}

const RELOADED = 'the new config is in force';

describe('flush_on_signal off', () => {
  it('keeps the counts over TERM, INT and HUP, and USR2 mails them all in one letter', async () => {
    const place = preparePlace(USER + OFF + NOON + RULES);
    const first = await serve(place);
    appendFileSync(place.log, lines('user ann', 2));
    await terminate(first);
    expect(first.err()).toContain('SIGTERM: the counts stay in the state');
    const second = await serve(place);
    appendFileSync(place.log, lines('user bob', 3));
    expect(await second.end('SIGINT')).toBe(0);
    const third = await serve(place);
    appendFileSync(place.log, lines('user eve', 4));
    await signal(third, 'SIGHUP', RELOADED);
    expect(place.letters()).toEqual([]);
    third.child.kill('SIGUSR2');
    await until(() => place.letters().length > 0);
    await terminate(third);
    expect(place.letters()).toHaveLength(1);
    expect(place.letters()[0]).toContain('    9: user ___');
    expect(place.letters()[0]).toContain('*** Status: flushing ***');
  });

  it('on HUP mails a queue that the new config has dropped, as the old one has it, and no other', async () => {
    const place = preparePlace(`${USER}${OFF}${NOON}${OTHER}${RULES}b ^disk\n`);
    const tayori = await serve(place);
    appendFileSync(place.log, lines('user ann', 2) + lines('disk', 3));
    place.configure(USER + OFF + NOON + RULES);
    await signal(tayori, 'SIGHUP', RELOADED);
    expect(place.letters()).toHaveLength(1);
    expect(place.letters()[0]).toContain('To: b@x.org');
    expect(place.letters()[0]).toContain('Subject: B [b]');
    expect(place.letters()[0]).toContain('    3: disk');
    expect(place.letters()[0]).toContain('*** Status: reloading ***');
    await terminate(tayori);
    expect(place.letters()).toHaveLength(1);
  });
});

describe('USR1', () => {
  it('mails at once what waits in a now queue, however long the sleep, and no other queue', async () => {
    const place = preparePlace(
      `${USER}set sleep 60\n${NOON}set queue n f@x.org n@x.org [now] N\na,n ^user (\\w+)\n`,
    );
    const tayori = await serve(place);
    appendFileSync(place.log, lines('user ann', 3));
    tayori.child.kill('SIGUSR1');
    await until(() => place.letters().length > 0);
    expect(place.letters()).toHaveLength(1);
    expect(place.letters()[0]).toContain('Subject: N [n]');
    expect(place.letters()[0]).toContain('    3: user ___');
    expect(place.letters()[0]).not.toContain('Status');
    await terminate(tayori);
  });
});

describe('INT', () => {
  it('mails a queue with a schedule, unless flush_on_signal is off, and ends', async () => {
    const place = preparePlace(USER + NOON + RULES);
    const tayori = await serve(place);
    appendFileSync(place.log, lines('user ann', 2));
    expect(await tayori.end('SIGINT')).toBe(0);
    expect(tayori.err()).toContain('SIGINT: mailing all queues');
    expect(place.letters()).toHaveLength(1);
    expect(place.letters()[0]).toContain('    2: user ___');
    expect(place.letters()[0]).toContain('*** Status: terminating ***');
  });
});

describe('HUP', () => {
  it('mails all queues and goes on with the new config: other rules, another log, another recipient', async () => {
    const place = preparePlace(USER + NOON + RULES);
    const tayori = await serve(place);
    appendFileSync(place.log, lines('user ann', 2));
    const log = join(place.folder, 'y.log');
    writeFileSync(log, lines('disk', 1));
    place.configure(`${USER}set start beginning\nset logfile y.log\n${NOON}${OTHER}${RULES}b ^disk\n`);
    await signal(tayori, 'SIGHUP', RELOADED);
    expect(place.letters()).toHaveLength(1);
    expect(place.letters()[0]).toContain('*** Status: reloading ***');
    appendFileSync(log, lines('disk', 4));
    tayori.child.kill('SIGUSR2');
    await until(() => place.letters().length > 1);
    const letter = place.letters().find((text) => text.includes('To: b@x.org'));
    expect(letter).toContain('    5: disk');
    await terminate(tayori);
  });

  it('with a broken config tells every fault, mails nothing, and goes on with the old one', async () => {
    const place = preparePlace(USER + NOON + RULES);
    const tayori = await serve(place);
    appendFileSync(place.log, lines('user ann', 2));
    place.configure('set frob\nset queue\nnowhere (\n');
    await signal(tayori, 'SIGHUP', 'the new config is not used; the old one stays in force');
    for (const where of ['5:5', '6:10', '7:1'])
      expect(tayori.err()).toContain(`tenshi.conf:${where}: error: `);
    expect(place.letters()).toEqual([]);
    appendFileSync(place.log, lines('user bob', 1));
    await terminate(tayori);
    expect(place.letters()[0]).toContain('    3: user ___');
  });

  it('without any config goes on, too', async () => {
    const place = preparePlace(USER + NOON + RULES);
    const tayori = await serve(place);
    writeFileSync(place.conf, 'include /nowhere\n');
    await signal(tayori, 'SIGHUP', 'the old one stays in force');
    await terminate(tayori);
  });

  it('has the names of hosts looked up anew, which are asked for once till then', async () => {
    const place = preparePlace(`${USER}set resolve on\n${NOON}${RULES}`);
    const asked = join(place.folder, 'asked');
    const name = join(place.folder, 'name');
    const real = execFileSync('sh', ['-c', 'command -v getent'], { encoding: 'utf8' }).trim();
    writeFileSync(name, 'old.example.org');
    writeFileSync(
      join(place.folder, 'getent'),
      `#!/bin/sh\n[ "$1" = hosts ] || exec ${real} "$@"\necho "$2" >> '${asked}'\necho "192.0.2.7 $(cat '${name}')"\n`,
      { mode: 0o755 },
    );
    const tayori = launch(['-f', '-c', place.conf], { env: place.env });
    await tayori.says('Mail goes to');
    async function mail(): Promise<string> {
      const before = new Set(place.letters());
      appendFileSync(place.log, lines('user ann', 1));
      tayori.child.kill('SIGUSR2');
      const isNew = (letter: string): boolean => !before.has(letter);
      return (await until(() => place.letters().find(isNew))).replaceAll('=\n', '');
    }
    expect(await mail()).toContain('\nweb1 (old.example.org): \n');
    writeFileSync(name, 'new.example.org');
    expect(await mail()).toContain('\nweb1 (old.example.org): \n');
    expect(readFileSync(asked, 'utf8')).toBe('web1\n192.0.2.7\n');
    await signal(tayori, 'SIGHUP', RELOADED);
    expect(await mail()).toContain('\nweb1 (new.example.org): \n');
    expect(readFileSync(asked, 'utf8')).toBe('web1\n192.0.2.7\n'.repeat(2));
    await terminate(tayori);
  });

  it('names what waits for a restart, each time, until it is as it was', async () => {
    const place = preparePlace(USER + NOON + RULES);
    const tayori = await serve(place);
    place.configure(
      `set uid daemon\nset gid bin\nset state other\nset pidfile other\nset sleep 7\n${NOON}${RULES}`,
    );
    for (let time = 0; time < 2; time++) {
      const before = tayori.err().length;
      await signal(tayori, 'SIGHUP', RELOADED);
      const told = tayori
        .err()
        .slice(before)
        .match(/set \w+ has changed; the change takes effect at the next restart/g);
      expect(told?.map((words) => words.split(' ')[1])).toEqual(['uid', 'gid', 'pidfile', 'state']);
    }
    place.configure(USER + NOON + RULES);
    const before = tayori.err().length;
    await signal(tayori, 'SIGHUP', RELOADED);
    expect(tayori.err().slice(before)).not.toContain('restart');
    await terminate(tayori);
  });
});

describe('TERM', () => {
  it('ends though the mail server hangs; the letter waits, and the next start sends it', async () => {
    const hanging = await startScriptedServer({ greeting: 'silence' });
    const rest = `${USER}set mailtimeout 1\n${NOON}${RULES}`;
    const place = preparePlace(`set mailserver 127.0.0.1:${hanging.route.port}\n${rest}`);
    const first = await serve(place);
    appendFileSync(place.log, lines('user ann', 2));
    await terminate(first);
    expect(first.out()).toContain('1 letter waits for the mail server; the next start sends it.');
    const server = await startMailServer();
    const arrives = server.next('S [a]');
    place.configure(`set mailserver 127.0.0.1:${server.port}\n${rest}`);
    const second = await serve(place);
    expect((await arrives).text).toContain('*** Status: terminating ***\n\nweb1: \n    2: user ___');
    await terminate(second);
  });

  it('a second one ends it at once, and what was counted is safe', async () => {
    const hanging = await startScriptedServer({ greeting: 'silence' });
    const place = preparePlace(
      `set mailserver 127.0.0.1:${hanging.route.port}\nset mailtimeout 3600\n${USER}${NOON}${RULES}`,
    );
    const tayori = launch(['-f', '-c', place.conf, '-P', place.pidfile]);
    await tayori.says('Mail goes to');
    appendFileSync(place.log, lines('user ann', 2));
    tayori.child.kill('SIGTERM');
    await hanging.connected;
    expect(await tayori.end('SIGTERM')).toBe(1);
    const state = openState(join(place.folder, 'state'));
    if (!state.ok) throw new Error(state.reason);
    expect(state.store.outbox()).toMatchObject([{ queue: 'a', state: 'waiting' }]);
    state.store.end();
    state.release();
  });
});
