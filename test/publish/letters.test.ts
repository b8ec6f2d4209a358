import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { maildir } from '../support/maildir.js';
import { setPath } from '../support/set-path.js';
import { isRunning } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const N = 'set queue n f@x.org t@x.org [now] S\nn ^x\n';

/** The bodies of all letters in the Maildir, without soft line breaks. */
function bodies({ folder }: Running): string[] {
  return maildir(folder).map((mail) => mail.slice(mail.indexOf('\n\n') + 2).replaceAll('=\n', ''));
}

function reasons({ events }: Running): string[] {
  return events.flatMap((event) => (event.kind === 'unsealed' ? [event.reason] : []));
}

/** A program of its own in a folder of its own. */
function script(text: string): string {
  const path = join(temporaryFolder(), 'program');
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('set filter', () => {
  it.each([
    ['its output is the body', '/bin/cat', '\nweb1: \n    1: x 1\n'],
    [
      'arguments are for the shell',
      `/bin/sed -e 's/x/"y"/' -e "s/web1/$(echo a b)/"`,
      '\na b: \n    1: "y" 1\n',
    ],
    ['its status does not count when it prints', '/bin/sh -c "cat; exit 3"', '\nweb1: \n    1: x 1\n'],
    ['what would act in a mail is made visible', "/usr/bin/printf 'a\\033[1m\\377'", 'a\\x1b[1m\\xff\n'],
    ['the last line gets its newline', '/usr/bin/printf last', 'last\n'],
    ['it need not read', '/bin/echo hello', 'hello\n'],
  ])('%s: %s', async (_, command, body) => {
    const running = await startDaemon(`${N}set filter n ${command}\n`);
    running.write('x 1');
    await running.daemon.poll();
    expect(bodies(running)).toEqual([body]);
  });

  it('printing nothing and ending well, it keeps the letter from being sent', async () => {
    const running = await startDaemon(`${N}set filter n /bin/true\n`);
    running.write('x 1');
    await running.daemon.poll();
    expect(bodies(running)).toEqual([]);
    expect(running.daemon.pending()).toEqual([]);
  });

  it('failing without a word, it holds the letter, says so once, and is tried again', async () => {
    const clock = heldClock(NOON);
    const gate = join(temporaryFolder(), 'open');
    const program = script(`test -e ${gate} || { echo no gate >&2; exit 7; }; cat`);
    const running = await startDaemon(`${N}set filter n ${program}\n`, { clock });
    running.write('x 1');
    await running.daemon.poll();
    clock.advance(60_000);
    running.write('x 2');
    await running.daemon.poll();
    expect(reasons(running)).toEqual([`the filter ${program} ended with status 7: no gate`]);
    expect(running.daemon.pending()).toEqual([{ queue: 'n', messages: 2, lines: 2 }]);
    writeFileSync(gate, '');
    await running.daemon.poll();
    expect(bodies(running)).toEqual([]);
    clock.advance(120_000);
    await running.daemon.poll();
    expect(bodies(running).sort()).toEqual(['\nweb1: \n    1: x 1\n', '\nweb1: \n    1: x 2\n']);
  });

  it('hanging, it holds up no other queue, and is killed with its children after a minute', async () => {
    const clock = heldClock(NOON);
    const pids = join(temporaryFolder(), 'pids');
    const program = script(`sleep 1000 & echo $$ $! > ${pids}.new; mv ${pids}.new ${pids}; wait`);
    const server = await startMailServer();
    const running = await startDaemon(
      `set mailserver 127.0.0.1:${server.port}\nset queue m f@x.org t@x.org [now] Other\n${N}m ^y\nset filter n ${program}\n`,
      { clock },
    );
    running.write('x 1', 'y 1');
    const arrives = server.next('Other [m]');
    const looking = running.daemon.poll();
    expect((await arrives).text).toContain('1: y 1');
    await until(() => existsSync(pids));
    clock.advance(60_000);
    await looking;
    expect(reasons(running)).toEqual([`the filter ${program} did not end within 60 s`]);
    const [shell = 0, child = 0] = readFileSync(pids, 'utf8').split(' ').map(Number);
    await until(() => !isRunning(shell) && !isRunning(child));
    expect(running.daemon.pending()).toEqual([{ queue: 'n', messages: 1, lines: 1 }]);
  });

  it.each([
    ['of text', 'a'],
    ['of bytes that are made visible', "'\\377'"],
  ])('printing megabytes %s, it is cut, and the letter says so', async (_, character) => {
    const program = script(`head -c 5000000 /dev/zero | tr '\\0' ${character}`);
    const running = await startDaemon(`${N}set filter n ${program}\n`);
    running.write('x 1');
    await running.daemon.poll();
    const [body = ''] = bodies(running);
    expect(body.length).toBeLessThan(10_000_000);
    expect(body.slice(-100)).toContain('\n  *** the filter printed 5000000 bytes, of which ');
  });

  it('a stop breaks it off, and the letter is made after the next start', async () => {
    const began = join(temporaryFolder(), 'began');
    const slow = script(`touch ${began}; exec sleep 1000`);
    const first = await startDaemon(`${N}set filter n ${slow}\n`);
    first.write('x 1');
    const looking = first.daemon.poll();
    await until(() => existsSync(began));
    await first.stop();
    await looking;
    const second = await startDaemon(`${N}set filter n /bin/cat\n`, { folder: first.folder });
    expect(bodies(second)).toEqual(['\nweb1: \n    1: x 1\n']);
  });
});

describe('set csv', () => {
  const C = 'set queue n f@x.org t@x.org [now] S\n';

  it('hands over rows with quotes doubled, host by host, rising counts, redirections and all', async () => {
    const file = join(temporaryFolder(), 'out file');
    const running = await startDaemon(`${C}set csv [now] /bin/cat > "${file}"\ncsv,n ^(?:say|x)\n`);
    running.write('x', 'x', 'say "hi", there', 'x');
    await running.daemon.poll();
    expect(readFileSync(file, 'utf8')).toBe('web1,"say ""hi"", there",1\nweb1,"x",3\n');
    expect(running.daemon.pending()).toEqual([]);
    expect(bodies(running)).toHaveLength(1);
  });

  it('has a schedule of its own', async () => {
    const clock = heldClock(NOON);
    const file = join(temporaryFolder(), 'out');
    const running = await startDaemon(`${C}set csv [30 12 * * *] /bin/cat > ${file}\ncsv ^x\n`, { clock });
    running.write('x');
    clock.advance(29 * 60_000);
    await running.daemon.poll();
    expect(existsSync(file)).toBe(false);
    clock.advance(60_000);
    await running.daemon.poll();
    expect(readFileSync(file, 'utf8')).toBe('web1,"x",1\n');
  });

  it('a status is told, and the rows are not given again', async () => {
    const running = await startDaemon(`${C}set csv [now] /bin/false\ncsv ^x\n`);
    running.write('x');
    await running.daemon.poll();
    expect(running.events).toContainEqual({
      kind: 'csv-failed',
      reason: 'the program of csv, /bin/false, ended with status 1',
    });
    expect(running.daemon.pending()).toEqual([]);
  });

  it('a program that is gone gets them when it is there again', async () => {
    const clock = heldClock(NOON);
    const file = join(temporaryFolder(), 'out');
    const program = script(`cat > ${file}`);
    const running = await startDaemon(`${C}set csv [now] ${program}\ncsv ^x\n`, { clock });
    chmodSync(program, 0o644);
    running.write('x');
    await running.daemon.poll();
    expect(reasons(running)[0]).toContain('ended with status 126');
    chmodSync(program, 0o755);
    clock.advance(60_000);
    await running.daemon.poll();
    expect(readFileSync(file, 'utf8')).toBe('web1,"x",1\n');
  });

  it('more rows than are held at once', async () => {
    const file = join(temporaryFolder(), 'out');
    const running = await startDaemon(`${C}set csv [now] /usr/bin/sort -u > ${file}\ncsv ^x\n`);
    running.write(...Array.from({ length: 12_001 }, (_, at) => `x ${at}`));
    await running.daemon.poll();
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(12_001);
  });
});

describe('set threshold', () => {
  it('leaves out what matches and is rarer, and tells how much', async () => {
    const running = await startDaemon(`${N}set threshold n 3 ^x [ab]\nset threshold n 2 c$\n`);
    running.write('x a', 'x a', 'x b', 'x b', 'x b', 'x c', 'x d');
    await running.daemon.poll();
    expect(bodies(running)[0]).toContain(
      '\nweb1: \n    3: x b\n    1: x d\n\n  *** 2 messages (3 lines) below threshold ***\n',
    );
  });

  it('nothing left, nothing sent', async () => {
    const running = await startDaemon(`${N}set threshold n 3 ^x\n`);
    running.write('x a', 'x b');
    await running.daemon.poll();
    expect(bodies(running)).toEqual([]);
    expect(running.daemon.pending()).toEqual([]);
  });

  it('is for its queue alone, and for csv', async () => {
    const file = join(temporaryFolder(), 'out');
    const running = await startDaemon(
      `set queue n f@x.org t@x.org [now] S\nset csv [now] /bin/cat > ${file}\nset threshold csv 2 ^x\nn,csv ^x\n`,
    );
    running.write('x a', 'x b', 'x b');
    await running.daemon.poll();
    expect(readFileSync(file, 'utf8')).toBe('web1,"x b",2\n');
    expect(bodies(running)[0]).toContain('    2: x b\n    1: x a\n');
  });
});

describe('set resolve', () => {
  it('puts the name of a host beside it, not in pager letters, and nothing where there is none', async () => {
    const running = await startDaemon(
      `set resolve on\nset queue p f@x.org pager:t@x.org [now] P\n${N.replace('n ^x', 'n,p ^x')}set logprefix ^(\\S+) says \n`,
    );
    running.write();
    writeFileSync(running.log, '127.0.0.1 says x\nno.such.host.invalid says x\n; says x\n');
    await running.daemon.poll();
    const texts = bodies(running);
    expect(texts.find((text) => text.includes(': '))).toContain('\n127.0.0.1 (localhost): \n    1: x\n');
    expect(texts.find((text) => text.includes(': '))).toContain('\nno.such.host.invalid: \n');
    expect(texts.find((text) => text.includes(',1,'))).toContain('127.0.0.1,1,x\n');
  });

  it('a resolver that never answers holds up a letter for seconds, once', async () => {
    const folder = temporaryFolder();
    const asked = join(folder, 'asked');
    writeFileSync(join(folder, 'getent'), `#!/bin/sh\necho "$2" >> ${asked}\nexec sleep 1000\n`, {
      mode: 0o755,
    });
    setPath(`${folder}:${process.env.PATH}`);
    const clock = heldClock(NOON);
    const running = await startDaemon(`set resolve on\n${N}`, { clock });
    running.write('x 1');
    const first = running.daemon.poll();
    await until(() => existsSync(asked) && readFileSync(asked, 'utf8').endsWith('\n'));
    clock.advance(5000);
    await first;
    running.write('x 2');
    await running.daemon.poll();
    expect(
      bodies(running)
        .map((body) => /x \d/.exec(body)?.[0])
        .sort(),
    ).toEqual(['x 1', 'x 2']);
    expect(readFileSync(asked, 'utf8')).toBe('web1\n');
    expect(running.events.filter(({ kind }) => kind === 'unresolved')).toHaveLength(1);
  });
});
