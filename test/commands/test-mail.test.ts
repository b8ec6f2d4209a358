import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { version } from '../../src/base/package.js';
import { testMail } from '../../src/commands/test-mail.js';
import type { StageLimits } from '../../src/mail/transport/session-clock.js';
import { everyStage, type Script, startPickyServer, startScriptedServer } from '../mail/servers.js';
import { startTokenServer } from '../mail/token-server.js';
import { CA, CERTIFICATE, KEY } from '../mail/transport/certificates.js';
import { freePort } from '../support/free-port.js';
import { startMailServer } from '../support/mail-server.js';
import { maildir } from '../support/maildir.js';
import { type Ran, runCli } from '../support/run-cli.js';
import { launch } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const QUEUES = 'set queue a f@x.org t@x.org [now] S\na x\n';

/** A config in a folder of its own; the state beside it is never made. */
function config(mail: string, queues = QUEUES): { readonly folder: string; readonly conf: string } {
  const folder = temporaryFolder();
  const conf = join(folder, 'tenshi.conf');
  writeFileSync(conf, `set uid root\nset logfile x.log\nset mask ___\nset state state\n${mail}\n${queues}`);
  return { folder, conf };
}

async function test(conf: string, limits: StageLimits = everyStage(10), address?: string): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await testMail(
    { config: conf, address, limits },
    {
      stdin: process.stdin,
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      env: {},
    },
  );
  return { code, out, err };
}

/** The steps without their words. */
function steps(out: string): string[] {
  return [...out.matchAll(/^ {2}(\w+) +(ok|FAILED)/gm)].map(([, name, mark]) => `${name} ${mark}`);
}

describe('test-mail', () => {
  it('walks to the mailbox step by step, and the letter says what it is', async () => {
    const server = await startMailServer('2.0.0 Ok: queued as 4F2A91C0');
    const { conf, folder } = config(`set mailserver localhost:${server.port}\nset mailhelo logs.example.org`);
    const { code, out, err } = await runCli(['test-mail', 'you@example.org', '-c', conf]);
    expect([code, err]).toEqual([0, '']);
    expect(steps(out)).toEqual([
      'DNS ok',
      'connect ok',
      'greeting ok',
      'EHLO ok',
      'MAIL ok',
      'RCPT ok',
      'DATA ok',
    ]);
    expect(out).toContain('localhost is 127.0.0.1');
    expect(out).toContain('  EHLO      ok      as logs.example.org: 250 ');
    expect(out).toContain('  DATA      ok      250 2.0.0 Ok: queued as 4F2A91C0\ndelivered: ');
    expect(server.envelopes).toEqual([{ from: 'f@x.org', to: ['you@example.org'] }]);
    const [letter] = server.letters;
    expect(letter).toMatchObject({
      subject: expect.stringMatching(/^Test letter of tayori on /),
      messageId: expect.stringMatching(/^<test\.\S+@\S+>$/),
      to: [{ address: 'you@example.org' }],
    });
    for (const words of ['This is a test', conf, version(), `localhost:${server.port}`])
      expect(letter?.text).toContain(words);
    expect(letter?.headers).toContainEqual(
      expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
    );
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  it('asks all recipients of the config, each once and from its own queue, through the aliases', async () => {
    const server = await startMailServer();
    const { conf } = config(
      `set mailserver 127.0.0.1:${server.port}\nset alias root me@x.org`,
      'set queue a f@x.org root,t@x.org [now] S\nset queue b f@x.org pager:p@x.org [now] S\nset queue c g@x.org t@x.org,u@x.org [now] S\nset queue d h@x.org t@x.org [now] S\na,b,c,d x\n',
    );
    const { code, out } = await runCli(['test-mail', '-c', conf]);
    expect(code).toBe(0);
    expect(server.envelopes).toEqual([
      { from: 'f@x.org', to: ['me@x.org', 't@x.org', 'p@x.org'] },
      { from: 'g@x.org', to: ['u@x.org'] },
    ]);
    expect(new Set(server.letters.map(({ messageId }) => messageId)).size).toBe(2);
    expect(out).toContain('not tried: the sender h@x.org');
  });

  it('logs in over TLS with a certificate that was looked at, in a process of its own, and shows no password', async () => {
    const logins: unknown[] = [];
    const server = await startPickyServer({
      cert: CERTIFICATE,
      key: KEY,
      onAuth({ username, password }, _session, done) {
        logins.push([username, password]);
        done(null, { user: username });
      },
    });
    const { conf, folder } = config(
      `set mailserver smtp://logs@localhost:${server.route.port}?tls=required&ca=ca\nset mailpassword password`,
    );
    writeFileSync(join(folder, 'ca'), CA);
    writeFileSync(join(folder, 'password'), 'geheim\n', { mode: 0o600 });
    const tayori = launch(['test-mail', '-c', conf]);
    expect(await tayori.ended).toBe(0);
    expect(steps(tayori.out())).toEqual(
      ['DNS', 'connect', 'greeting', 'EHLO', 'TLS', 'login', 'MAIL', 'RCPT', 'DATA'].map(
        (name) => `${name} ok`,
      ),
    );
    expect(tayori.out()).toMatch(/TLS +ok +TLSv1\.3, certificate of localhost by tayori test CA\n/);
    expect(tayori.out()).toMatch(/login +ok +as logs: 235 /);
    expect(tayori.out() + tayori.err()).not.toMatch(/geheim|Z2VoZWlt/);
    expect(logins).toEqual([['logs', 'geheim']]);
    expect(server.received).toMatchObject([{ from: 'f@x.org', to: ['t@x.org'], secure: true }]);
  });

  it('tells when the certificate is not looked at, and when TLS is done without', async () => {
    const server = await startPickyServer({ cert: CERTIFICATE, key: KEY });
    const { conf } = config(`set mailserver 127.0.0.1:${server.route.port}`);
    expect((await test(conf)).out).toMatch(/TLS +ok .*, which nobody vouches for \(not asked for here\)/);
    const broken = await startScriptedServer({ EHLO: '250-here\r\n250 STARTTLS', STARTTLS: '454 not now' });
    const { code, out } = await test(config(`set mailserver 127.0.0.1:${broken.route.port}`).conf);
    expect(code).toBe(0);
    expect(out).toMatch(/TLS +FAILED +454 not now\n.*once more in the clear:\n/);
    expect(out).toContain('delivered: the server has taken it, in the clear');
  });

  it('asks a program for a token, and for a new one where the server refuses the first', async () => {
    const server = await startTokenServer('XOAUTH2');
    server.takes.add('new');
    const { conf, folder } = config('');
    const program = join(folder, 'token');
    writeFileSync(program, '#!/bin/sh\n[ -e "$0.asked" ] && echo new || echo old\n: > "$0.asked"\n', {
      mode: 0o755,
    });
    writeFileSync(
      conf,
      `${readFileSync(conf, 'utf8')}set mailserver 127.0.0.1:${server.route.port}\nset mailuser me@x.org\nset mailtoken ${program}\n`,
    );
    const { code, out } = await test(conf);
    expect(code).toBe(0);
    expect(out).toMatch(
      /login +FAILED +as me@x\.org: 535 5\.7\.8 Bad token\n {2}once more, with a new token:\n/,
    );
    expect(out).toMatch(/login +ok +as me@x\.org: 235/);
    expect(server.letters).toHaveLength(1);
  });

  it('puts it into a Maildir, and into that of the state where the config names no mail server', async () => {
    for (const mail of ['set mailserver maildir:state/Maildir', '']) {
      const { conf, folder } = config(mail);
      const { code, out } = await test(conf);
      expect(code).toBe(0);
      expect(out).toContain(`delivered: it is in ${folder}/state/Maildir/new`);
      const [letter = ''] = maildir(join(folder, 'state'));
      expect((await PostalMime.parse(letter)).text).toContain('This is a test');
      expect(readdirSync(join(folder, 'state'))).toEqual(['Maildir']);
    }
  });

  it('hands it to a sendmail program, and repeats what that says of a refusal', async () => {
    const { conf, folder } = config('');
    const program = join(folder, 'sendmail');
    const mail = `set mailserver sendmail:${program}\n`;
    writeFileSync(program, `#!/bin/sh\nprintf '%s ' "$@" > '${folder}/args'\ncat > '${folder}/letter'\n`);
    chmodSync(program, 0o755);
    writeFileSync(conf, `${readFileSync(conf, 'utf8')}${mail}`);
    expect(await test(conf)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/sendmail +ok +t@x\.org\ndelivered/),
    });
    expect(readFileSync(join(folder, 'args'), 'utf8')).toBe('-i -f f@x.org -- t@x.org ');
    chmodSync(program, 0o4755);
    expect((await test(conf)).out).toMatch(
      /sendmail +ok .*\n +-> .* which tayori\.service forbids: .*sendmail\.conf/,
    );
    chmodSync(program, 0o755);
    writeFileSync(
      program,
      '#!/bin/sh\necho "msmtp: server message: 550 5.7.1 Sender address rejected" >&2\nexit 65\n',
    );
    const refused = await test(conf);
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(
      /FAILED.*Sender address rejected; the sender f@x\.org is rejected: set mailfrom/,
    );
    writeFileSync(conf, readFileSync(conf, 'utf8').replace(program, '/nowhere/sendmail'));
    const missing = await test(conf);
    expect([missing.code, missing.out]).toEqual([
      1,
      expect.stringMatching(/FAILED.*ENOENT\n +-> name a program/),
    ]);
  });
});

describe('test-mail names the step that fails, the words of the server, and what mends it:', () => {
  const login = 'set mailuser me\nset mailpassword password';

  it.each<[string, Script, string, RegExp]>([
    [
      'relay denied',
      { RCPT: '554 5.7.1 <t@x.org>: Relay access denied' },
      '',
      /RCPT +FAILED +t@x\.org: 554 5\.7\.1 .*Relay access denied\n +-> the server does not relay this from here: set mailuser and set mailpassword/,
    ],
    [
      'an unknown name in EHLO',
      {
        EHLO: '550 5.7.1 Helo command rejected: Host not found',
        HELO: '550 5.7.1 Helo command rejected: Host not found',
      },
      'set mailhelo me',
      /HELO +FAILED +as me: 550 .*Host not found\n +-> the server rejects the name me: set mailhelo/,
    ],
    [
      'an unknown name at RCPT',
      { RCPT: '450 4.7.1 <me>: Helo command rejected: Host not found' },
      'set mailhelo me',
      /RCPT +FAILED .*\n +-> the server rejects the name me: set mailhelo/,
    ],
    [
      'a wrong From',
      { MAIL: '553 5.7.1 <f@x.org>: Sender address rejected: not owned by user me' },
      '',
      /MAIL +FAILED +f@x\.org: 553 .*not owned by user me\n +-> the server rejects the sender f@x\.org: set mailfrom/,
    ],
    [
      'TLS is wanted',
      { MAIL: '530 5.7.0 Must issue a STARTTLS command first' },
      '',
      /MAIL +FAILED .*\n +-> the server wants TLS: write set mailserver smtp:\/\/HOST/,
    ],
    [
      'a login is wanted',
      { MAIL: '530 5.7.0 Authentication required' },
      '',
      /MAIL +FAILED .*\n +-> the server wants a login: set mailuser and set mailpassword \(or set mailtoken\)/,
    ],
    [
      'a login is refused',
      { EHLO: '250-here\r\n250 AUTH PLAIN', AUTH: '535 5.7.8 Error: authentication failed' },
      login,
      /login +FAILED +as me: 535 5\.7\.8 .*\n +-> look at the user and the password in the config/,
    ],
    [
      'a recipient is unknown',
      { RCPT: '550 5.1.1 User unknown' },
      '',
      /RCPT +FAILED .*User unknown\n +-> the server takes no mail for t@x\.org, and says for good: look at it in set queue/,
    ],
    [
      'greylisting',
      { RCPT: '451 4.7.1 Greylisted' },
      '',
      /RCPT +FAILED .*Greylisted\n +-> the server puts it off, as greylisting does/,
    ],
    [
      'a greeting that sends away',
      { greeting: '554 5.7.1 No SMTP for your host, client host blocked using zen' },
      '',
      /greeting +FAILED +554 .*blocked using zen\n/,
    ],
    ['the letter is refused', { dot: '552 5.3.4 Message too big\r\n' }, '', /DATA +FAILED +552 5\.3\.4 /],
    ['the server hangs up', { MAIL: 'cut' }, '', /MAIL +FAILED +\S+/],
    [
      'it hangs up at once',
      { greeting: 'cut' },
      '',
      /greeting +FAILED .*\n +-> the server hangs up: it may want TLS from the first byte \(smtps/,
    ],
  ])('%s', async (_name, script, mail, expected) => {
    const server = await startScriptedServer(script);
    const { conf, folder } = config(`set mailserver 127.0.0.1:${server.route.port}\n${mail}`);
    writeFileSync(join(folder, 'password'), 'geheim\n', { mode: 0o600 });
    const { code, out } = await test(conf);
    expect(out).toMatch(expected);
    expect(out).toMatch(/\nNOT delivered\n$/);
    expect(code).toBe(1);
  });

  it.each<[keyof StageLimits, Script, RegExp]>([
    [
      'greeting',
      { greeting: 'silence' },
      /greeting +FAILED +Timeout: no greeting within 0\.2 s\n +-> if the server expects TLS from the first byte, write smtps/,
    ],
    [
      'EHLO',
      { EHLO: 'silence' },
      /EHLO +FAILED +Timeout: no answer to EHLO within 0\.2 s\n +-> the server hangs, or is slow/,
    ],
    [
      'STARTTLS',
      { EHLO: '250-here\r\n250 STARTTLS', STARTTLS: 'silence' },
      /TLS +FAILED +Timeout: no answer to STARTTLS/,
    ],
    [
      'handshake',
      { EHLO: '250-here\r\n250 STARTTLS', STARTTLS: '220 go' },
      /TLS +FAILED +Timeout: no end of the TLS handshake/,
    ],
    [
      'AUTH',
      { EHLO: '250-here\r\n250 AUTH PLAIN', AUTH: 'silence' },
      /login +FAILED +Timeout: no answer to AUTH/,
    ],
    ['MAIL', { MAIL: 'silence' }, /MAIL +FAILED +Timeout: no answer to MAIL/],
    ['RCPT', { RCPT: 'silence' }, /RCPT +FAILED +Timeout: no answer to RCPT/],
    ['DATA', { DATA: 'silence' }, /DATA +FAILED +Timeout: no answer to DATA/],
    ['end', { dot: 'silence' }, /DATA +FAILED +Timeout: no answer to the end of the letter/],
  ])('no answer at %s', async (stage, script, expected) => {
    const server = await startScriptedServer(script);
    const isOfLogin = stage === 'AUTH';
    const tls = script.STARTTLS ? '?tls=required' : '';
    const { conf, folder } = config(
      `set mailserver smtp://${isOfLogin ? 'me@' : ''}127.0.0.1:${server.route.port}${tls}\n${isOfLogin ? 'set mailpassword password' : ''}`,
    );
    writeFileSync(join(folder, 'password'), 'geheim\n', { mode: 0o600 });
    const { code, out } = await test(conf, { ...everyStage(10), [stage]: 0.2 });
    expect(out).toMatch(expected);
    expect(code).toBe(1);
  });

  it('a refused connection', async () => {
    const { code, out } = await test(config(`set mailserver 127.0.0.1:${await freePort()}`).conf);
    expect([code, steps(out)]).toEqual([1, ['DNS ok', 'connect FAILED']]);
    expect(out).toMatch(
      /-> nothing listens at port \d+ of 127\.0\.0\.1: start the mail server there, or name another port/,
    );
  });

  it('a host that there is not', async () => {
    const { code, out } = await test(config('set mailserver mail.tayori.invalid').conf);
    expect([code, steps(out)]).toEqual([1, ['DNS FAILED']]);
    expect(out).toMatch(
      /-> (?:there is no host of this name: look at mail\.tayori\.invalid in set mailserver|no name server answers)/,
    );
  });

  it('a certificate that nobody vouches for', async () => {
    const server = await startPickyServer({ cert: CERTIFICATE, key: KEY });
    const { code, out } = await test(
      config(`set mailserver smtp://localhost:${server.route.port}?tls=required`).conf,
    );
    expect([code, steps(out).at(-1)]).toEqual([1, 'TLS FAILED']);
    expect(out).toMatch(/-> name its CA with \?ca=FILE, or write the host name that is in its certificate/);
  });

  it('TLS that is asked for from the first byte, and begins later', async () => {
    const server = await startMailServer();
    const { code, out } = await test(config(`set mailserver smtps://localhost:${server.port}`).conf);
    expect([code, steps(out).at(-1)]).toEqual([1, 'TLS FAILED']);
    expect(out).toMatch(
      /-> the server does not expect TLS from the first byte: write smtp:\/\/ instead of smtps/,
    );
  });

  it('a password that cannot be read', async () => {
    const server = await startMailServer();
    const { conf } = config(
      `set mailserver 127.0.0.1:${server.port}\nset mailuser me\nset mailpassword nowhere`,
    );
    const { code, out } = await test(conf);
    expect([code, steps(out)]).toEqual([1, ['login FAILED']]);
    expect(out).toMatch(/no password: ENOENT.*\n +-> look at set mailpassword/);
  });

  it('a program that gives no token, with its words', async () => {
    const { conf } = config(
      'set mailserver smtp://me@localhost:1\nset mailtoken /bin/sh -c "echo no consent >&2; exit 1"',
    );
    const { code, out } = await test(conf);
    expect([code, steps(out)]).toEqual([1, ['login FAILED']]);
    expect(out).toMatch(/no token: \/bin\/sh ended with status 1: no consent\n +-> look at set mailtoken/);
  });

  it('a CA that cannot be read', async () => {
    const { code, out } = await test(config('set mailserver smtps://localhost:1?ca=nowhere').conf);
    expect([code, steps(out)]).toEqual([1, ['TLS FAILED']]);
    expect(out).toMatch(/no CA: ENOENT.*\n +-> look at \?ca=FILE/);
  });

  it('one recipient of two, and the other has the letter', async () => {
    const server = await startPickyServer();
    const { conf } = config(
      `set mailserver 127.0.0.1:${server.route.port}`,
      'set queue a f@x.org t@x.org,rcpt550@x.org [now] S\na x\n',
    );
    const { code, out } = await test(conf);
    expect([code, server.received.map(({ to }) => to)]).toEqual([1, [['t@x.org']]]);
    expect(out).toMatch(/RCPT +ok +t@x\.org: .*\n {2}RCPT +FAILED +rcpt550@x\.org: 550 /);
    expect(out).toMatch(/-> the server takes no mail for rcpt550@x\.org/);
    expect(out).toContain('NOT delivered to 1 of 2 recipients');
  });
});

describe.runIf(process.getuid?.() === 0)('test-mail as root is the user of the daemon', () => {
  it('so that a password which only root may read is told', async () => {
    const server = await startMailServer();
    const { conf, folder } = config(
      `set uid nobody\nset mailserver 127.0.0.1:${server.port}\nset mailuser me\nset mailpassword password`,
    );
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'password'), 'geheim\n', { mode: 0o600 });
    const tayori = launch(['test-mail', '-c', conf]);
    expect(await tayori.ended).toBe(1);
    expect(tayori.err()).toContain('as the user nobody, as whom the daemon runs');
    expect(tayori.out()).toMatch(/login +FAILED +no password: EACCES/);
  });

  it('so that the Maildir in the state is its own, be it of set uid or the owner of the state', async () => {
    const { conf, folder } = config('set uid nobody');
    chmodSync(folder, 0o755);
    expect(await launch(['test-mail', '-c', conf]).ended).toBe(0);
    writeFileSync(conf, readFileSync(conf, 'utf8').replace(/set uid .*/g, ''));
    expect(await launch(['test-mail', '-c', conf]).ended).toBe(0);
    const letters = join(folder, 'state/Maildir/new');
    const owners = readdirSync(letters).map((name) => statSync(join(letters, name)).uid);
    const { uid } = statSync(join(folder, 'state'));
    expect([uid !== 0, owners]).toEqual([true, [uid, uid]]);
  });
});

describe('test-mail is refused', () => {
  it.each([
    ['with two addresses and a blank', ['a@x.org, b@x.org'], 'without blanks'],
    ['with an address that is none', ['a@'], 'no domain after the "@"'],
    ['with an empty one', [''], 'no address'],
    ['with a second word', ['a@x.org', 'b@x.org'], 'nothing is known of'],
  ])('%s', async (_name, words, expected) => {
    const { code, err } = await runCli(['test-mail', ...words, '-c', config('').conf]);
    expect([code, err]).toEqual([2, expect.stringContaining(expected)]);
  });

  it('with a config that has an error, and sends nothing', async () => {
    const server = await startMailServer();
    const { conf } = config(`set mailserver 127.0.0.1:${server.port}\nset frob 1`);
    const { code, err } = await runCli(['test-mail', '-c', conf]);
    expect([code, server.letters]).toEqual([1, []]);
    expect(err).toContain('unknown directive "set frob"');
  });
});

it('what a server says cannot act on the terminal', async () => {
  const server = await startScriptedServer({ MAIL: '550 \x1b[2Jno\x07' });
  const { out } = await test(config(`set mailserver 127.0.0.1:${server.route.port}`).conf);
  expect(out).toMatch(/MAIL +FAILED +f@x\.org: 550 /);
  expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
});
