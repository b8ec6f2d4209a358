import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderPrometheus } from '../../src/commands/render-prometheus.js';
import type { Status } from '../../src/daemon/status.js';
import { readPrometheus } from '../support/read-prometheus.js';
import { runCli } from '../support/run-cli.js';
import { linePrefix } from '../support/stamp.js';
import { launch } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const LETTER = { queue: 'a', subject: 'S', attempts: 1, nextTry: 9, lastTry: 8, lastError: 'no' };

const STATUS: Status = {
  daemon: { pid: 1, version: '1.2.3', config: '/c', started: 1500 },
  running: true,
  fleet: null,
  refusedReload: 7,
  refusedReason: '/c:1:5: error: no',
  configRead: 2,
  began: 1,
  files: [
    { path: '/var/log/sys"log\\', behind: 12, trouble: null },
    { path: '/var/log/a\nb\x1b[2J', behind: null, trouble: 'not there' },
    { path: '/var/log/a\\nb\\x1b[2J', behind: 3, trouble: null },
  ],
  turns: null,
  heartbeats: [],
  timed: [],
  programs: [
    {
      queue: 'block',
      waiting: 2,
      running: 1,
      ended: { ran: 5, failed: 1, refused: 0, interrupted: 0, 'left-out': 0 },
      recent: [],
    },
  ],
  snoozed: [],
  inlets: [
    { name: 'fifo /f', status: 'open', lines: 4 },
    { name: 'listen 127.0.0.1:514', status: 'closed: tayori does not run', lines: null },
  ],
  queues: [
    { name: 'a', messages: 1, lines: 2, next: { kind: 'now' } },
    { name: 'b{}', messages: 0, lines: 0, next: { kind: 'at', time: 60_500 }, trouble: 'no template' },
    { name: 'c', messages: 3, lines: 4, next: { kind: 'held', until: 61_000 } },
    { name: 'd', messages: 0, lines: 0, next: { kind: 'never' } },
  ],
  outbox: [
    { ...LETTER, id: 1, sealed: 5000, address: 'x@y', state: 'waiting' },
    { ...LETTER, id: 1, sealed: 5000, address: 'z@y', state: 'waiting' },
    { ...LETTER, id: 2, sealed: 4000, address: 'x@y', state: 'refused' },
    { ...LETTER, id: 3, sealed: 6000, address: 'x@y', state: 'waiting' },
  ],
  lettersMade: 40,
  counters: new Map([
    ['lines', 1e15],
    ['trash', 3],
    ['odd one', 5],
  ]),
  overruns: [{ rule: '/etc/tenshi.conf:12:1', times: 2 }],
  silent: [],
  losses: [{ path: '*', kind: 'emptied', times: 1 }],
};

function samples(status: Status, name: string): Record<string, number> {
  const metric = readPrometheus(renderPrometheus(status, { version: '9', lastPoll: 2500 })).get(name);
  return Object.fromEntries(metric?.samples ?? []);
}

describe('metrics', () => {
  it.each<[string, Record<string, number>]>([
    ['tayori_build_info', { '{"version":"1.2.3"}': 1 }],
    ['tayori_up', { '{}': 1 }],
    ['tayori_start_time_seconds', { '{}': 1.5 }],
    ['tayori_last_poll_timestamp_seconds', { '{}': 2.5 }],
    ['tayori_config_last_reload_successful', { '{}': 0 }],
    ['tayori_lines_total', { '{}': 1e15 }],
    ['tayori_lines_trashed_total', { '{}': 3 }],
    ['tayori_lines_unmatched_total', { '{}': 0 }],
    ['tayori_counter_total', { '{"name":"odd one"}': 5 }],
    ['tayori_rule_overruns_total', { '{"rule":"/etc/tenshi.conf:12:1"}': 2 }],
    ['tayori_log_losses_total', { '{"log":"others","kind":"emptied"}': 1 }],
    ['tayori_letters_total', { '{}': 40 }],
    ['tayori_letters_waiting', { '{}': 2 }],
    ['tayori_letters_waiting_oldest_timestamp_seconds', { '{}': 5 }],
    ['tayori_letters_rejected', { '{}': 1 }],
    ['tayori_receiver_lines_total', { '{"receiver":"fifo /f"}': 4 }],
    [
      'tayori_queue_lines',
      { '{"queue":"a"}': 2, '{"queue":"b{}"}': 0, '{"queue":"c"}': 4, '{"queue":"d"}': 0 },
    ],
    ['tayori_queue_next_letter_timestamp_seconds', { '{"queue":"b{}"}': 60.5, '{"queue":"c"}': 61 }],
    [
      'tayori_queue_blocked',
      { '{"queue":"a"}': 0, '{"queue":"b{}"}': 1, '{"queue":"c"}': 0, '{"queue":"d"}': 0 },
    ],
  ])('%s', (name, expected) => {
    expect(samples(STATUS, name)).toEqual(expected);
  });

  it('names of logs are escaped, act on no terminal, and stand there once', () => {
    const behind = samples(STATUS, 'tayori_log_behind_bytes');
    expect(behind[JSON.stringify({ log: '/var/log/sys"log\\' })]).toBe(12);
    const readable = samples(STATUS, 'tayori_log_readable');
    expect(readable[JSON.stringify({ log: '/var/log/a\\x0ab\\x1b[2J' })]).toBe(0);
    expect(renderPrometheus(STATUS, { version: '9', lastPoll: null })).not.toMatch(/[\0-\x09\x0b-\x1f]/);
    const alike = { behind: 1, trouble: null };
    const files = [
      { path: '/x\x1b', ...alike },
      { path: '/x\\x1b', ...alike },
    ];
    expect(Object.keys(samples({ ...STATUS, files }, 'tayori_log_readable'))).toHaveLength(1);
  });

  it('what is not known is left out', () => {
    const bare: Status = {
      ...STATUS,
      daemon: null,
      running: false,
      refusedReload: null,
      refusedReason: null,
      configRead: null,
      files: [],
      inlets: [],
      queues: [],
      outbox: [],
    };
    const metrics = readPrometheus(renderPrometheus(bare, { version: '9', lastPoll: null }));
    expect([...(metrics.get('tayori_build_info')?.samples ?? [])]).toEqual([['{"version":"9"}', 1]]);
    expect(samples(bare, 'tayori_up')).toEqual({ '{}': 0 });
    for (const name of [
      'start_time_seconds',
      'last_poll_timestamp_seconds',
      'log_behind_bytes',
      'config_last_reload_successful',
      'letters_waiting_oldest_timestamp_seconds',
    ])
      expect([...metrics.keys()]).not.toContain(`tayori_${name}`);
  });

  it('counters end in _total, and only they; each has its help', () => {
    for (const [name, { type, help }] of readPrometheus(
      renderPrometheus(STATUS, { version: '9', lastPoll: 1 }),
    )) {
      expect(name).toMatch(/^tayori_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(['counter', 'gauge']).toContain(type);
      expect(help).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('status --prometheus', () => {
  it('tells of a daemon that works what it has done, and when it last looked', async () => {
    const folder = temporaryFolder();
    const [conf, log] = [join(folder, 'my.conf'), join(folder, 'x.log')];
    writeFileSync(log, '');
    writeFileSync(
      conf,
      `set uid root\nset sleep 0\nset state mine\nset logfile x.log\nset queue a f@x.org t@x.org [0 9 * * *] S\na ^user\n`,
    );
    const before = Date.now();
    const tayori = launch(['-f', '-c', conf]);
    await tayori.says('Mail goes to');
    appendFileSync(log, `${linePrefix()}user ann\n${linePrefix()}who\n`);
    const ask = async (): Promise<ReturnType<typeof readPrometheus>> =>
      readPrometheus((await runCli(['status', '--prometheus', '-c', conf])).out);
    const value = async (name: string, labels = '{}'): Promise<number | undefined> =>
      (await ask()).get(name)?.samples.get(labels);
    await expect.poll(() => value('tayori_lines_total')).toBe(2);
    expect(await value('tayori_lines_unmatched_total')).toBe(1);
    expect(await value('tayori_queue_lines', '{"queue":"a"}')).toBe(1);
    expect(await value('tayori_log_behind_bytes', JSON.stringify({ log }))).toBe(0);
    expect(await value('tayori_up')).toBe(1);
    expect(await value('tayori_last_poll_timestamp_seconds')).toBeGreaterThanOrEqual(
      Math.floor(before / 1000),
    );
    expect(await value('tayori_letters_total')).toBe(0);
    expect(await tayori.end('SIGTERM')).toBe(0);
    expect(await value('tayori_up')).toBe(0);
    expect(await value('tayori_letters_total')).toBe(1);
  });

  it('prints nothing where there is no state, and no two forms at once', async () => {
    const conf = join(temporaryFolder(), 'my.conf');
    writeFileSync(
      conf,
      'set uid root\nset state mine\nset logfile x.log\nset queue a f@x.org t@x.org [now] S\na .*\n',
    );
    expect(await runCli(['status', '--prometheus', '-c', conf])).toMatchObject({ code: 1, out: '' });
    expect(await runCli(['status', '--prometheus', '--json', '-c', conf])).toMatchObject({
      code: 2,
      err: 'tayori: --json or --prometheus: one form at a time\ntayori status --help tells what there is\n',
    });
  });
});
