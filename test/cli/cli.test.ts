import { appendFileSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openState } from '../../src/store/folder/open-state.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { linePrefix } from '../support/stamp.js';
import { launch } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const CONF =
  'set uid root\nset mask ___\nset logfile LOG\nset queue a f@x.org t@x.org [30 12 * * *] S\na ^user (\\w+)\ntrash ^noise\n';

function prepare(conf = CONF): { readonly folder: string; readonly conf: string; readonly log: string } {
  const folder = temporaryFolder();
  const log = join(folder, 'x.log');
  writeFileSync(log, '');
  writeFileSync(join(folder, 'tenshi.conf'), conf.replace('LOG', log));
  return { folder, conf: join(folder, 'tenshi.conf'), log };
}

describe('status', () => {
  const state = 'set state FOLDER\n';

  it('reads the state that a config names, for people and for machines', async () => {
    const { folder, conf, log } = prepare();
    writeFileSync(conf, `${state.replace('FOLDER', folder)}${CONF.replace('LOG', log)}`);
    const opened = openState(folder);
    if (!opened.ok) throw new Error(opened.reason);
    const text = await runCli(['status', '-c', conf]);
    expect(text.out).toContain('tayori is running');
    opened.store.setMeta('began', 0);
    opened.store.setMeta('daemon', { pid: 1, version: '0', config: conf, started: 1000 });
    opened.store.end();
    opened.release();
    const json = await runCli(['status', '-c', conf, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({
      daemon: { pid: 1, started: '1970-01-01T00:00:01.000Z' },
      running: false,
      began: '1970-01-01T00:00:00.000Z',
      queues: [{ name: 'a', lines: 0 }],
      outbox: [],
    });
    expect([text.code, json.code]).toEqual([0, 0]);
  });

  it('says where it looked when there is no state', async () => {
    const { folder, conf, log } = prepare();
    writeFileSync(conf, `${state.replace('FOLDER', folder)}${CONF.replace('LOG', log)}`);
    const { code, err } = await runCli(['status', '-c', conf]);
    expect(code).toBe(1);
    expect(err).toContain(`no state in ${folder}`);
  });
});

describe('usage', () => {
  it.each([
    ['an unknown option', ['--frob']],
    ['an unknown word', ['frobnicate']],
    ['digest without a file', ['digest']],
    ['a format that is none', ['digest', '--format', 'pdf', 'x']],
  ])('%s gives 2', async (_name, argv) => {
    const { code, err } = await runCli(argv);
    expect(code).toBe(2);
    expect(err).not.toBe('');
  });

  it('a slip is answered in two lines, with the command that was meant', async () => {
    const { code, out, err } = await runCli(['chek']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      'tayori: nothing is known of "chek"; did you mean check?\ntayori --help tells what there is\n',
    );
  });

  it.each([
    [
      'an option that is given twice',
      ['check', '-c', 'a', '-c', 'b'],
      '-c is given more than once; give it once',
    ],
    [
      'a pid file that is named twice',
      ['-f', '-P', 'a', '-P', 'b'],
      '-P is given more than once; give it once',
    ],
    [
      'a choice that is made twice',
      ['digest', '--format', 'text', '--format', 'html', 'x'],
      '--format is given more',
    ],
    [
      'a config behind -c and another one',
      ['check', '-c', 'a', 'b'],
      '"a" and "b": check one config at a time',
    ],
    ['a denied option', ['check', '--no-c'], 'there is no option --no-c'],
    ['a denied version', ['--no-version'], 'there is no option --no-version; did you mean --version?'],
    ['a denied help', ['--help=no'], '--help takes no value: "--help=no"'],
    ['a flag with a value', ['status', '--json=no'], '--json takes no value: "--json=no"'],
    ['a word behind a flag', ['-f', 'false'], 'nothing is known of "false"'],
    ['an option with a dot', ['check', '--c.x', '1'], 'there is no option --c.x'],
    ['an option without its value', ['check', '-c'], '-c needs a value behind it'],
    ['a word too many', ['check', 'a', '--', 'b'], 'nothing is known of "b"'],
    ['a command without its words', ['digest'], 'digest needs LOG...'],
    ['an unknown choice', ['manual', 'x'], '"x" as page; choose from "tayori", "tenshi.conf"'],
  ])('%s gives 2 and says so', async (_name, argv, told) => {
    const { code, out, err } = await runCli(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`tayori: ${told}`);
    expect(err.split('\n')).toHaveLength(3);
  });

  it('words behind -- count', async () => {
    const { conf, folder } = prepare();
    const bad = join(folder, 'bad.conf');
    writeFileSync(bad, 'set frob\n');
    expect((await runCli(['check', '--', bad])).err).toContain(`${bad}:1:5: error: `);
    const { code, err } = await runCli(
      ['digest', '-c', conf, join(folder, 'x.log'), '--', '-y.log', '-'],
      'a\n',
    );
    expect(code).toBe(1);
    expect(err).toContain('-y.log: cannot be read');
    expect(err).toContain('1 lines read');
  });

  it('-h tells the options and gives 0', async () => {
    const { code, out } = await runCli(['-h']);
    expect(code).toBe(0);
    for (const option of ['-c', '-C', '-f', '-d', '-p', '-P', 'digest', 'check', 'try'])
      expect(out).toContain(option);
  });

  it.each([['-d'], ['-d2'], ['-d', '2'], ['--debug=2']])('%s %s is understood', async (...argv) => {
    const { code, err } = await runCli([...argv.filter(Boolean), '-c', '/nowhere/tenshi.conf']);
    expect(code).toBe(1);
    expect(err).toContain('/nowhere/tenshi.conf:1:1: error: cannot read');
  });
});

describe('check', () => {
  it('a sound config gives 0', async () => {
    expect(await runCli(['check', prepare().conf])).toMatchObject({
      code: 0,
      out: expect.stringContaining('sound'),
    });
    expect(await runCli(['-C', '-c', prepare().conf])).toEqual({ code: 0, out: '', err: '' });
  });

  it('a bad one gives 1 and every fault', async () => {
    const { conf } = prepare('set frob\nx y\n');
    const { code, err } = await runCli(['check', conf]);
    expect(code).toBe(1);
    expect(err).toContain(`${conf}:1:5: error: `);
    expect(err).toContain(`${conf}:2:1: error: `);
    expect((await runCli(['-C', '-c', conf])).code).toBe(1);
  });

  it('a template with a fault gives 1 and its place, a sound one 0', async () => {
    const { conf, folder } = prepare(`${CONF}set template a letter.hbs\n`);
    const template = join(folder, 'letter.hbs');
    writeFileSync(template, '<p>{{verdict}}</p>\n{{#each hosts}}{{name}}{{/each}}\n');
    const { code, err } = await runCli(['check', conf]);
    expect(code).toBe(1);
    expect(err).toContain(`${template}:2:18: error: "name" not defined here; `);
    expect((await runCli(['-C', '-c', conf])).code).toBe(1);
    writeFileSync(template, '<p>{{verdict}}</p>');
    expect(await runCli(['-C', '-c', conf])).toEqual({ code: 0, out: '', err: '' });
  });
});

describe('digest', () => {
  const LINES =
    'Nov 20 10:00:00 web1 user ann\nNov 20 11:00:00 web1 user bob\nNov 20 11:00:00 web1 noise\nbare';

  it('prints the letters as text', async () => {
    const { conf } = prepare(`${CONF}set letter plain\n`);
    const { code, out, err } = await runCli(['digest', '-c', conf, '-'], LINES);
    expect(code).toBe(0);
    expect(out).toBe('From: f@x.org\nTo: t@x.org\nSubject: S [a]\n\nweb1: \n    2: user ___\n\n');
    expect(err).toContain('4 lines read, 1 without a known prefix, 1 thrown away, 0 matched by no rule');
  });

  it('as HTML, in the form and the language of the config', async () => {
    const { conf, folder } = prepare(`${CONF}set template a letter.hbs\nset language ja\n`);
    writeFileSync(join(folder, 'letter.hbs'), '<p>{{verdict}}</p>');
    const { out } = await runCli(['digest', '-c', conf, '--format', 'html', '-'], LINES);
    expect(out).toBe('<p>はじめての便りです。まだ比べるものがありません。</p>');
  });

  it('shows what the program of csv would get, as it would get it', async () => {
    const { conf } = prepare(
      CONF.replace('a ^user', 'set csv [now] /bin/cat\nset threshold csv 2 ^few\ncsv ^\na ^user'),
    );
    const rows = ['many', 'many', 'many', 'b "quoted"', 'a', 'few'].map(
      (text) => `Nov 20 10:00:00 web2 ${text}\n`,
    );
    const { out, err } = await runCli(['digest', '-c', conf, '-'], rows.join('') + LINES);
    expect(out).toBe('');
    expect(err.split('\n').slice(0, 8)).toEqual([
      'csv, not piped to /bin/cat here:',
      'web1,"noise",1',
      'web1,"user ann",1',
      'web1,"user bob",1',
      'web2,"a",1',
      'web2,"b ""quoted""",1',
      'web2,"many",3',
      '10 lines read, 1 without a known prefix, 0 thrown away, 0 matched by no rule',
    ]);
  });

  it('as JSON, with times', async () => {
    const { conf, folder } = prepare(`${CONF}set timezone UTC\n`);
    writeFileSync(join(folder, 'y.gz'), gzipSync(LINES));
    const { out } = await runCli(['digest', '-c', conf, '--format', 'json', join(folder, 'y.gz')]);
    const times = {
      first: expect.stringMatching(/-11-20T10:00:00\.000Z$/),
      last: expect.stringMatching(/-11-20T11:00:00\.000Z$/),
    };
    expect(JSON.parse(out)).toMatchObject([
      {
        queue: 'a',
        subject: 'S [a]',
        from: 'f@x.org',
        to: ['t@x.org'],
        hosts: [{ host: 'web1', messages: [{ count: 2, message: 'user ___', ...times }] }],
      },
    ]);
  });

  it('as HTML, with log text as text', async () => {
    const { conf } = prepare();
    const { out } = await runCli(
      ['digest', '-c', conf, '--format', 'html', '-'],
      'Nov 20 10:00:00 h user ann <script>\n',
    );
    expect(out).toContain('user ann &lt;script&gt;');
    expect(out).not.toContain('<script>');
  });

  it('reads on past a file that cannot be read, and gives 1', async () => {
    const { conf, folder } = prepare();
    const { code, out, err } = await runCli(
      ['digest', '-c', conf, join(folder, 'nowhere'), folder, '-'],
      LINES,
    );
    expect(code).toBe(1);
    expect(out).toContain('2: user ___');
    expect(err.match(/cannot be read/g)).toHaveLength(2);
  });
});

it('-p sorts standard input, mails nothing, and says how fast', async () => {
  const { code, out } = await runCli(['-p', '-c', prepare().conf], 'Nov 20 10:00:00 web1 user ann\n');
  expect(code).toBe(0);
  expect(out).toMatch(/\[PROFILE\] 1 lines in [\d.]+ s, \d+ lines\/s/);
});

describe('as a process', () => {
  it('kill -9 loses nothing and repeats nothing: the next start mails every line once', async () => {
    const { folder, conf, log } = prepare(`${CONF}set state state\nset start beginning\n`);
    writeFileSync(log, 'Nov 20 10:00:00 web1 user ann\n'.repeat(1000));
    const first = launch(['-f', '-c', conf]);
    await first.says('Mail goes to');
    writeFileSync(log, 'Nov 20 10:00:00 web1 user bob\n'.repeat(500), { flag: 'a' });
    await first.end('SIGKILL');
    const second = launch(['-f', '-c', conf, '-P', join(folder, 'pid')]);
    await second.says('Mail goes to');
    expect(existsSync(join(folder, 'pid'))).toBe(true);
    expect(await second.end('SIGTERM')).toBe(0);
    expect(existsSync(join(folder, 'pid'))).toBe(false);
    const [letter, ...more] = maildir(join(folder, 'state'));
    expect(more).toEqual([]);
    expect(letter).toContain('*** Status: terminating ***');
    expect(letter).toContain('1500: user ___');
  });

  it('a reader that leaves early (| head) is no trouble', async () => {
    const manual = launch(['manual', 'tenshi.conf']);
    manual.child.stdout.destroy();
    expect(await manual.ended).toBe(0);
    expect(manual.err()).toBe('');
  });

  it('two on one state folder: the second says so and gives 1', async () => {
    const { conf } = prepare(`${CONF}set state state\n`);
    const first = launch(['-f', '-c', conf]);
    await first.says('Mail goes to');
    expect(await launch(['-f', '-c', conf]).ended).toBe(1);
  });

  it('try makes no Maildir in the state of a service, into which that could write no letters', async ({
    skip,
  }) => {
    if (process.geteuid?.() !== 0) skip('only root can give a folder to somebody else');
    const { folder, conf, log } = prepare(`${CONF}set state state\n`);
    appendFileSync(log, `${linePrefix()}user ann\n`);
    mkdirSync(join(folder, 'state'));
    chownSync(join(folder, 'state'), 65534, 65534);
    const tried = launch(['try', '-c', conf], { env: { XDG_STATE_HOME: join(folder, 'xdg') } });
    await tried.says('tayori keeps reading');
    expect(await tried.end('SIGINT')).toBe(0);
    expect(existsSync(join(folder, 'state', 'Maildir'))).toBe(false);
    expect(maildir(join(folder, 'xdg', 'tayori'))).toHaveLength(1);
  });

  it('try mails at its end what is counted, which no state would keep, whatever flush_on_signal says', async () => {
    const { folder, conf, log } = prepare(`${CONF}set state state\nset flush_on_signal off\n`);
    appendFileSync(log, `${linePrefix()}user ann\n`);
    const tried = launch(['try', '-c', conf]);
    await tried.says('tayori keeps reading');
    const before = maildir(join(folder, 'state')).length;
    appendFileSync(log, `${linePrefix()}user eve\n`);
    expect(await tried.end('SIGINT')).toBe(0);
    expect(tried.err()).toContain('SIGINT: mailing all queues');
    expect(maildir(join(folder, 'state')).length).toBe(before + 1);
  });

  it('HUP takes up a new config when it is sound, and keeps the old one when not', async () => {
    const { conf, log } = prepare(`${CONF}set state state\n`);
    const tayori = launch(['-f', '-c', conf]);
    await tayori.says('Mail goes to');
    writeFileSync(conf, 'set frob\n');
    tayori.child.kill('SIGHUP');
    await tayori.says('the old one stays in force');
    writeFileSync(conf, `${CONF.replace('LOG', log)}set state state\n`);
    tayori.child.kill('SIGHUP');
    await tayori.says('the new config is in force');
    expect(await tayori.end('SIGTERM')).toBe(0);
  });
});
