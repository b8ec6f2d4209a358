import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { renderFault } from '../../src/config/fault.js';
import { type ConfigResult, readConfig } from '../../src/config/read-config.js';
import { temporaryFolder } from '../temporary-folder.js';

const QUEUE = 'set queue a from@x to@x [now]\nset logfile /var/log/x\n';

/** Writes files into a folder of its own and reads the one named tenshi.conf; places are told without the folder. */
function read(files: Readonly<Record<string, string>> | string): ConfigResult & { readonly told: string[] } {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(typeof files === 'string' ? { 'tenshi.conf': files } : files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const result = readConfig(join(folder, 'tenshi.conf'));
  return { ...result, told: result.faults.map((fault) => renderFault(fault).replaceAll(`${folder}/`, '')) };
}

function sound(files: Readonly<Record<string, string>> | string): Config {
  const result = read(files);
  if (!result.ok) throw new Error(result.told.join('\n'));
  return result.config;
}

it('tells ten different faults in one run, each with its place and what to write', () => {
  const { told, ok } = read(
    [
      'set logfile /var/log/x',
      'set quueue a from@x to@x [now]',
      'set queue b from@x to@x [60 * * * *]',
      'set queue c from@x to@x [0 9 * * *]',
      'set sleep 90',
      'set hidepid maybe',
      'd ^x',
      'c ^(x',
      'group_end',
      'trash',
      'set fifo /run/x',
      'include nowhere.conf',
    ].join('\n'),
  );
  expect(ok).toBe(false);
  expect(told).toEqual([
    'tenshi.conf:2:5: error: the unknown directive "set quueue"; did you mean set queue?',
    'tenshi.conf:3:26: error: "60" as minute; write a number from 0 to 59',
    'tenshi.conf:5:11: error: "90"; write a number from 0 to 60',
    'tenshi.conf:6:13: error: "maybe"; write on or off',
    'tenshi.conf:7:1: error: the unknown queue "d"; define it above, or use one of c',
    expect.stringMatching(/^tenshi\.conf:8:\d+: error: .*\(/),
    'tenshi.conf:9:1: error: "group_end" without its group; remove it, or open a group above',
    'tenshi.conf:10:1: error: "trash" with nothing behind it; write QUEUE REGEX, or set NAME VALUE',
    'tenshi.conf:11:5: error: "set fifo" is not served yet by this version; remove the line for now',
    expect.stringMatching(/^tenshi\.conf:12:9: error: cannot read ".*nowhere\.conf" \(there is none\)/),
  ]);
});

describe('layout', () => {
  it('comments, blanks, CRLF and a byte order mark', () => {
    const config = sound(
      `\uFEFF# comment\r\n\r\n  ${QUEUE.replaceAll('\n', '\r\n')}\t# more\r\na ^foo #bar\r\n`,
    );
    expect(config.rules.map(({ pattern }) => pattern.source)).toEqual(['^foo #bar']);
  });

  it('blanks at the end of a rule belong to its regex', () => {
    expect(sound(`${QUEUE}a ^x \na  \n`).rules.map(({ pattern }) => pattern.source)).toEqual(['^x ', ' ']);
  });

  it('includes are read in place, folders in byte order, relative to the file that names them', () => {
    const config = sound({
      'tenshi.conf': `${QUEUE}include sub/one.conf\na last\n`,
      'sub/one.conf': 'a one\nincludedir rules\n',
      'sub/rules/b': 'a b\n',
      'sub/rules/B': 'a B\n',
      'sub/rules/10': 'a 10\n',
      'sub/rules/2': 'a 2\n',
      'sub/rules/.hidden': 'a hidden\n',
      'sub/rules/folder/x': 'a x\n',
    });
    expect(config.rules.map(({ pattern }) => pattern.source)).toEqual(['one', '10', '2', 'B', 'b', 'last']);
  });

  it('an include of itself is an error', () => {
    const { told } = read({ 'tenshi.conf': `${QUEUE}include b\na x\n`, b: 'include tenshi.conf\n' });
    expect(told).toEqual([expect.stringMatching(/^b:1:9: error: ".*tenshi\.conf" includes itself/)]);
  });
});

describe('queues and rules', () => {
  it('pager: may stand before any address', () => {
    const [queue] = sound('set queue a f@x b@x,pager:c@x [now] [PROD] alert\na x\n').queues;
    expect(queue).toMatchObject({ to: ['b@x', 'c@x'], pager: true, subject: '[PROD] alert' });
  });

  it('a later definition replaces the earlier wholly', () => {
    const [queue] = sound('set queue a f@x pager:t@x [now] S\nset queue a g@x u@x [0 9 * * *]\na x\n').queues;
    expect(queue).toMatchObject({ from: 'g@x', to: ['u@x'], pager: false, subject: null });
    expect(queue?.schedule.kind).toBe('cron');
  });

  it('groups nest, and one that is not closed skips nothing', () => {
    const closed = sound(`${QUEUE}group ^s\ngroup_host w\na x\ngroup_end\ngroup_end\na y\n`);
    expect(closed.rules.map(({ kind }) => kind)).toEqual(['group', 'queues']);
    expect(sound(`${QUEUE}group ^s\na x\n`).rules.map(({ kind }) => kind)).toEqual(['queues']);
  });

  it('"a, b ^x" looks for "b ^x" in a, and is told', () => {
    const { told, ok } = read(`${QUEUE}a, b ^x\n`);
    expect(ok).toBe(true);
    expect(told[0]).toMatch(/^tenshi\.conf:3:1: warning: a comma at the end/);
  });

  it.each([
    ['a,trash x', /"trash" in a list of queues/],
    ['a,,b x', /"" as a queue/],
    ['aa x', /the unknown queue "aa"; did you mean a\?/],
    ['a:10 x', /not served yet/],
  ])('%s is refused', (rule, words) => {
    expect(read(`${QUEUE}${rule}\n`).told.join('\n')).toMatch(words);
  });

  it.each([
    ['a \\Qx.y\\E', 'Q'],
    ['repeat ^last (\\\\d+) times', 'backslash'],
    ['a .*\na never', 'never reached'],
  ])('%s is told', (rules, words) => {
    const result = read(`${QUEUE}${rules}\n`);
    expect(result.ok).toBe(true);
    expect(result.told.join('\n')).toMatch(new RegExp(words));
  });
});

describe('settings', () => {
  it.each<[string, (config: Config) => unknown, unknown]>([
    ['set mask', ({ mask }) => mask.value, ''],
    ['set mask ___ foo', ({ mask }) => mask.value, '___'],
    ['set limit 5x', ({ limit }) => limit.value, 5],
    ['set limit 0', ({ limit }) => limit.value, null],
    ['set mailserver 127.0.0.1 ', ({ mailserver }) => mailserver.value, smtp('127.0.0.1', 25)],
    ['set mailserver mail:587', ({ mailserver }) => mailserver.value, smtp('mail', 587)],
    ['set mailserver [::1]:2525', ({ mailserver }) => mailserver.value, smtp('::1', 2525)],
    [
      'set mailserver smtps://u:p%40@mail',
      ({ mailserver }) => mailserver.value,
      { ...smtp('mail', 465), tls: 'implicit', login: { user: 'u', password: 'p@' } },
    ],
    [
      'set mailserver sendmail:/usr/sbin/sendmail',
      ({ mailserver }) => mailserver.value,
      { kind: 'sendmail', path: '/usr/sbin/sendmail' },
    ],
    ['set mailserver maildir:/x', ({ mailserver }) => mailserver.value, { kind: 'maildir', path: '/x' }],
    ['set tail /usr/bin/tail -n 0', ({ sleep }) => sleep.value, 5],
    ['set subject X ', ({ subject }) => subject.value, 'X'],
    ['set timezone Asia/Tokyo', ({ timezone }) => timezone.value, 'Asia/Tokyo'],
  ])('%s', (line, pick, expected) => {
    expect(pick(sound(`${QUEUE}a x\n${line}\n`))).toEqual(expected);
  });

  it.each([
    'set SLEEP 5',
    'set sort_order up',
    'set mailserver ',
    'set timezone Mars/Base',
    'set mailtimeout 0',
    'set queue trash f@x t@x [now]',
    'set queue a,b f@x t@x [now]',
    'set queue a f@x t@x',
    'set',
  ])('%s is refused', (line) => {
    expect(read(`${QUEUE}a x\n${line}\n`).ok).toBe(false);
  });
});

function smtp(host: string, port: number): object {
  return { kind: 'smtp', host, port, tls: 'offered', login: null };
}
