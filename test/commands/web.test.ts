import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NOON, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { linePrefix } from '../support/stamp.js';
import { launch, preparePlace } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { startWebServer, type WebServer } from '../support/web-server.js';

const SECRET = 'T0000SECRET';

function config(lines: string): string {
  const conf = join(temporaryFolder(), 'tenshi.conf');
  writeFileSync(conf, `set uid root\nset logfile x.log\nset state state\n${lines}\na x\n`);
  return conf;
}

describe('test-mail', () => {
  const queue = (web: WebServer, to = ''): string =>
    `set queue a f@x.org ${web.origin}/${SECRET}${to} [now] S\n`;

  it('posts a test letter to each URL of the config, beside the mail, and tells how it went', async () => {
    const web = await startWebServer();
    const server = await startMailServer();
    const conf = config(
      `set mailserver 127.0.0.1:${server.port}\n${queue(web, ',me@x.org')}set fallback a ${web.origin}/other\nset webhook ${web.origin}/other slack`,
    );
    const { code, out, err } = await runCli(['test-mail', '-c', conf]);
    expect([code, err]).toEqual([0, '']);
    expect(server.envelopes.map(({ to }) => to)).toEqual([['me@x.org']]);
    expect(web.got.map(({ path }) => path)).toEqual([`/${SECRET}`, '/other']);
    expect(web.got[0]?.body).toContain('1: This is a test. Somebody has run "tayori test-mail"');
    expect(web.got[0]?.headers.title).toMatch(/^Test letter of tayori on .* \[test]$/);
    expect(JSON.parse(web.got[1]?.body ?? '')).toEqual({
      text: expect.stringMatching(/^\*Test letter of tayori on /),
    });
    expect(out).toContain(`test letter to ${web.origin}/... as text\n  POST      ok\ndelivered: `);
    expect(out).not.toContain(SECRET);
  });

  it('needs no mail server for a URL that is typed', async () => {
    const web = await startWebServer();
    const conf = config(`set mailserver 127.0.0.1:1\n${queue(web)}`);
    const { code, out } = await runCli(['test-mail', `${web.origin}/typed`, '-c', conf]);
    expect([code, web.got.map(({ path }) => path)]).toEqual([0, ['/typed']]);
    expect(out).not.toContain('NOT');
  });

  it.each([
    [404, '404 Not Found no such hook: ***', 'the service rejects it: look at the URL and the token'],
    [
      401,
      '401 Unauthorized no such hook: ***; look at set webhook_token',
      'look at the URL, at set webhook_token',
    ],
    [500, '500 Internal Server Error', 'tayori tries letters again'],
  ])('says of %i what to do', async (status, words, advice) => {
    const web = await startWebServer();
    web.say(status, `no such hook: ${SECRET}`);
    const { code, out } = await runCli(['test-mail', '-c', config(queue(web))]);
    expect(code).toBe(1);
    expect(out).toContain(`  POST      FAILED  ${words}`);
    expect(out).toContain(advice);
    expect(out).toContain('NOT delivered\n');
    expect(out).not.toContain(SECRET);
  });

  it('refuses a URL that is none', async () => {
    const { code, err } = await runCli(['test-mail', 'https://u:p@x.org/', '-c', config('')]);
    expect(code).toBe(2);
    expect(err).toContain('a login in the URL');
  });
});

/** A daemon that has sent one letter to a URL and to me@x.org. */
async function afterOne(web: WebServer, conf = '') {
  const running = await startDaemon(
    `set state state\nset queue a f@x.org ${web.origin}/${SECRET},me@x.org [now] S\n${conf}a ^kernel\n`,
    { clock: heldClock(NOON) },
  );
  running.write('kernel: "disk" fails');
  await running.daemon.poll();
  const file = join(running.folder, 'tenshi.conf');
  return { ...running, file, letters: (...argv: string[]) => runCli(['letters', '-c', file, ...argv]) };
}

describe('letters --send', () => {
  it('posts again what the URL got, with an id of its own', async () => {
    const web = await startWebServer();
    const { letters, daemon, folder } = await afterOne(web, `set webhook ${web.origin}/* slack\n`);
    const { code, out } = await letters('1', '--send');
    expect(code).toBe(0);
    expect(out).toContain(`is sent again, as letter 2, to ${web.origin}/..., me@x.org;`);
    await daemon.poll();
    const [first, second] = web.got;
    expect(web.got).toHaveLength(2);
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['idempotency-key']).not.toBe(first?.headers['idempotency-key']);
    expect(maildir(folder)).toHaveLength(2);
  });

  it.each([
    ['as text', '', 'text/plain; charset=utf-8', /^web1: \n {4}1: kernel: "disk" fails$/],
    [
      'as {"text": ...}',
      'slack',
      'application/json',
      /^\{"text":"S \[a]\\nweb1: \\n {4}1: kernel: \\"disk\\" fails"}$/,
    ],
  ])('posts an old letter to another URL %s', async (_, template, type, body) => {
    const [web, other] = await Promise.all([startWebServer(), startWebServer()]);
    const conf = template === '' ? '' : `set webhook ${other.origin}/* ${template}\n`;
    const { letters, daemon } = await afterOne(web, conf);
    expect((await letters('1', '--send', `${other.origin}/new`)).code).toBe(0);
    await daemon.poll();
    expect(other.got).toHaveLength(1);
    expect(other.got[0]?.headers['content-type']).toBe(type);
    expect(other.got[0]?.body).toMatch(body);
  });

  it('sends a letter that a URL rejected once more', async () => {
    const web = await startWebServer();
    web.say(404);
    const { letters, daemon, store } = await afterOne(web);
    expect(store.outbox()).toMatchObject([{ state: 'refused' }]);
    web.say(200);
    await letters('1', '--send');
    await daemon.poll();
    expect(store.outbox()).toEqual([]);
    expect(web.got[1]?.body).toBe(web.got[0]?.body);
  });
});

it('preview shows the JSON that a template would make', async () => {
  const web = await startWebServer();
  const running = await startDaemon(
    `set state state\nset queue a f@x.org ${web.origin}/${SECRET},me@x.org [30 12 * * *] S\nset webhook ${web.origin}/* alertmanager\na ^kernel\n`,
    { clock: heldClock(NOON) },
  );
  running.write('kernel: "disk" fails');
  await running.daemon.poll();
  const { out } = await runCli(['preview', '-c', join(running.folder, 'tenshi.conf')]);
  expect(out).toContain(`To: ${web.origin}/...,me@x.org\n`);
  const [, json = ''] = out.split(
    /^JSON for http:\/\/127\.0\.0\.1:\d+\/\.\.\., by .*alertmanager\.json\.hbs:$/m,
  );
  expect(JSON.parse(json)).toMatchObject([{ labels: { host: 'web1', message: 'kernel: "disk" fails' } }]);
  expect(out).not.toContain(SECRET);
});

describe('check', () => {
  it('tries templates of set webhook and names their faults', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'bad.hbs'), '{\n  "text": "{{txt}}"\n}');
    writeFileSync(join(folder, 'none.hbs'), 'hello {{text}}');
    const lines = (name: string): string =>
      `set queue a f@x.org https://x.org/y [now] S\nset webhook https://x.org/* ${join(folder, name)}`;
    const bad = await runCli(['check', '-c', config(lines('bad.hbs'))]);
    expect(bad.code).toBe(1);
    expect(bad.err).toContain('bad.hbs:2:14: error: "txt" not defined here');
    expect((await runCli(['check', '-c', config(lines('none.hbs'))])).err).toContain(
      'none.hbs:1:1: error: it makes no JSON',
    );
    expect((await runCli(['check', '-c', config(lines('missing.hbs'))])).err).toContain('cannot be read');
    for (const name of ['slack', 'matrix', 'alertmanager'])
      expect((await runCli(['check', '-c', config(lines('x').replace(/\S+$/, name))])).code).toBe(0);
  });
});

it('try posts nothing: what goes to URLs is in the Maildir, and no heartbeat is sent', async () => {
  const web = await startWebServer();
  const at = preparePlace('set queue a f@x.org t@x.org [now] S\na .\n');
  writeFileSync(at.log, `${linePrefix()}kernel: disk fails\n`);
  writeFileSync(
    at.conf,
    `set uid root\nset logfile ${at.log}\nset state ${at.folder}/state\nset queue a f@x.org ops [now] S\nset alias ops ${web.origin}/x\n` +
      `set fallback a 1s ${web.origin}/y\nset heartbeat ${web.origin}/z [* * * * *]\na .\n`,
  );
  const tried = launch(['try', '-c', at.conf]);
  await tried.says('tayori keeps reading');
  expect(await tried.end('SIGINT')).toBe(0);
  expect(tried.out()).toContain('1: kernel: disk fails');
  expect(web.got).toEqual([]);
});
