import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startPickyServer, startScriptedServer } from '../mail/servers.js';
import { startMailServer } from '../support/mail-server.js';
import { linePrefix } from '../support/stamp.js';
import { launch, MAIN, preparePlace } from '../support/tayori.js';
import { until } from '../support/until.js';

const QUEUE = 'set uid root\nset queue a f@x.org t@x.org [30 12 * * *] S\na ^user (\\w+)\n';
const LINE = `${linePrefix()}user ann\n`;
const EMBEDDED = fileURLToPath(new URL('../../conf/tenshi.conf', import.meta.url));
const OWN = '/etc/tayori/tenshi.conf';
const TENSHI = '/etc/tenshi/tenshi.conf';

describe('set mailhelo', () => {
  it.each([
    ['set mailhelo loghost.example.org\n', 'loghost.example.org'],
    ['', hostname()],
  ])('%j: the mail server is greeted as %s', async (line, name) => {
    const server = await startScriptedServer({});
    const place = preparePlace(`${line}set mailserver 127.0.0.1:${server.route.port}\n${QUEUE}`);
    const tayori = launch(['-f', '-c', place.conf]);
    await tayori.says('Mail goes to');
    appendFileSync(place.log, LINE);
    expect(await tayori.end('SIGTERM')).toBe(0);
    expect(server.taken).toBe(1);
    expect(server.heard[0]).toBe(`EHLO ${name}`);
    expect(tayori.out()).toContain('All letters were handed to smtp://127.0.0.1:');
  });
});

describe('at the end', () => {
  it('says that no letter was sent where there was none', async () => {
    const server = await startMailServer();
    const place = preparePlace(`set mailserver 127.0.0.1:${server.port}\n${QUEUE}`);
    const tayori = launch(['-f', '-c', place.conf]);
    await tayori.says('Mail goes to');
    expect(await tayori.end('SIGTERM')).toBe(0);
    expect(tayori.out()).toMatch(/\nNo letter was sent\.\n$/);
    expect(tayori.out()).not.toContain('All letters');
  });

  it('a letter put off for one recipient is tried once more, and none goes ahead of it', async () => {
    const server = await startPickyServer();
    const place = preparePlace(
      `set mailserver 127.0.0.1:${server.route.port}\nset uid root\nset queue a f@x.org rcpt451@x.org,t@x.org [30 12 * * *] S\na ^user (\\w+)\n`,
    );
    const first = launch(['-f', '-c', place.conf]);
    await first.says('Mail goes to');
    appendFileSync(place.log, LINE);
    first.child.kill('SIGUSR2');
    await until(() => server.received.length > 0 && first.err().includes('rcpt451@x.org'));
    appendFileSync(place.log, LINE + LINE);
    expect(await first.end('SIGTERM')).toBe(0);
    expect(first.out()).toContain('2 letters wait for the mail server; the next start sends them.');
    expect(server.received.map(({ to }) => to)).toEqual([['t@x.org'], ['t@x.org']]);
    const kind = await startPickyServer({ onRcptTo: (_address, _session, done) => done() });
    place.configure(`set mailserver 127.0.0.1:${kind.route.port}\n${QUEUE}`);
    const second = launch(['-f', '-c', place.conf]);
    await until(() => kind.received.length === 2);
    expect(await second.end('SIGTERM')).toBe(0);
    expect(kind.received.map(({ to, mime }) => [to, /^ {4}\d+: user/m.exec(mime)?.[0].trim()])).toEqual([
      [['rcpt451@x.org'], '1: user'],
      [['rcpt451@x.org'], '2: user'],
    ]);
  });
});

describe('-d', () => {
  it('with subjects traces each step of these, and no other', async () => {
    const server = await startMailServer();
    const place = preparePlace(`set mailserver 127.0.0.1:${server.port}\n${QUEUE}`);
    const tayori = launch(['-d', 'store,mail', '-c', place.conf]);
    await tayori.says('Mail goes to');
    appendFileSync(place.log, LINE);
    expect(await tayori.end('SIGTERM')).toBe(0);
    const steps = tayori.err().match(/^(?:source|store|schedule|publish|mail|smtp): [^0-9\n]*/gm);
    expect(steps).toEqual(['store: committed ', 'mail: letter ']);
  });

  it('refuses a subject that is none, and names those that there are', async () => {
    const tayori = launch(['-d', 'store,mial']);
    expect(await tayori.ended).toBe(2);
    expect(tayori.err()).toBe(
      '-d store,mial: there is no such subject; write some of source,store,schedule,publish,mail,smtp\n',
    );
  });

  it.each([
    ['-f', { made: false, talk: false }],
    ['-d', { made: true, talk: false }],
    ['-d1', { made: true, talk: false }],
    ['-d2', { made: true, talk: true }],
  ])('%s stays in the foreground and tells: %j', async (option, told) => {
    const server = await startMailServer();
    const place = preparePlace(`set mailserver 127.0.0.1:${server.port}\n${QUEUE}`);
    const tayori = launch([option, '-c', place.conf]);
    await tayori.says('Mail goes to');
    expect(tayori.child.exitCode).toBe(null);
    expect(existsSync(place.pidfile)).toBe(false);
    appendFileSync(place.log, LINE);
    expect(await tayori.end('SIGTERM')).toBe(0);
    expect(server.letters).toHaveLength(1);
    expect({
      made: tayori.err().includes('tayori: letter [a] is made'),
      talk: /^smtp: .*RCPT TO:<t@x\.org>/m.test(tayori.err()),
    }).toEqual(told);
  });
});

describe('-p', () => {
  it('sends nothing, keeps nothing and reads no log, though a queue is mailed at once', async () => {
    const server = await startMailServer();
    const place = preparePlace(
      `set mailserver 127.0.0.1:${server.port}\nset start beginning\n${QUEUE.replace('30 12 * * *', 'now')}set csv [now] /bin/cat > csv\ncsv ^user\n`,
    );
    writeFileSync(place.log, LINE);
    const before = readdirSync(place.folder);
    const tayori = launch(['-p', '-c', place.conf], { cwd: place.folder });
    tayori.child.stdin?.end(LINE.repeat(1000));
    expect(await tayori.ended).toBe(0);
    expect(tayori.out()).toContain('[PROFILE] 1000 lines in ');
    expect(tayori.err()).toBe('');
    expect(server.letters).toEqual([]);
    expect(readdirSync(place.folder)).toEqual(before);
  });
});

describe('without -c', () => {
  it("the system's config is read where there is one, else the one that comes along", async () => {
    const check = launch(['check']);
    await check.ended;
    const path = [OWN, TENSHI].find((path) => existsSync(path)) ?? EMBEDDED;
    expect(check.out() + check.err()).toContain(`${path}: `);
  });

  it.for([
    ['one of its own', [OWN], OWN],
    ['one of Tenshi', [TENSHI], TENSHI],
    ['both', [OWN, TENSHI], OWN],
    ['none', [], EMBEDDED],
  ] as const)('%s', ([, there, path], { skip }) => {
    // In a mount namespace of its own /etc holds what we say.
    const write = there.map((file) => `printf '${QUEUE.replaceAll('\\', '\\\\')}' > ${file}`);
    const account = 'echo root:x:0:0:root:/root:/bin/sh > /etc/passwd';
    const steps = ['mount -t tmpfs none /etc', account, 'mkdir /etc/tayori /etc/tenshi', ...write];
    const script = [...steps, 'exec "$@"'].join(' && ');
    const argv = ['-m', 'sh', '-c', script, 'sh', process.execPath, MAIN, 'check'];
    if (spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /etc']).status !== 0)
      skip('mount namespaces are not ours to make');
    const { status, stdout } = spawnSync('unshare', argv, { encoding: 'utf8' });
    expect(stdout).toMatch(new RegExp(`^${path.replaceAll('.', '\\.')}: sound\\. `));
    expect(status).toBe(0);
  });
});
