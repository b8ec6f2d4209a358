import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StormNote } from '../../../src/queue/fold.js';
import { openState } from '../../../src/store/folder/open-state.js';
import type { Batch } from '../../../src/store/ports/checkpoints.js';
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.js';
import { APPLICATION_ID, MIGRATIONS } from '../../../src/store/sqlite/schema.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import { ValueCounts } from '../../../src/values/space-saving.js';
import { runCli } from '../../support/run-cli.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const BATCH: Batch = {
  at: 1,
  positions: [
    { path: '/x', device: '1', inode: '2', head: 'a', headLength: 9, offset: 9, stage: 'live', since: 1.5 },
  ],
  forgotten: [],
  tally: [
    { queue: 'a', host: 'h', message: 'm', count: 2, how: 'add', first: 1, last: 2 },
    { queue: 'b', host: 'h', message: 'm', count: 2, how: 'add', first: 1, last: 2 },
  ],
  ruleState: {
    last: new Map([['h', { message: 'm', queues: ['a'] }]]),
    hits: [{ rule: 'r', host: 'h', leftmost: 'a', count: 3 }],
  },
  ruleHits: {
    hits: [{ rule: 'k', count: 2, isTrash: true }],
    seen: [{ rule: 'k', program: 'p', sample: 's' }],
    present: ['k'],
  },
  counters: new Map([['lines', 2]]),
  untaken: new ValueCounts([{ value: 'x', sure: 1, error: 0 }]),
  taken: { source: 's', id: 'i' },
  asked: [
    {
      ...{
        queue: 'a',
        message: 'm',
        count: 1,
        how: 'add',
        at: 1,
        groups: new Map([['g', 'v']]),
        muted: false,
      },
      ...{ masked: { text: 'v', spans: [0, 1], names: [null] }, run: { message: 'm', line: 'l' } },
      question: { time: 1, host: 'h', count: 1, window: null, throttle: { space: 't', key: 'k', span: 1 } },
    },
  ],
  runs: [{ queue: 'a', host: 'h', message: 'm', count: 1, groups: new Map([['g', 'v']]), line: 'l' }],
  selfMail: { learned: [{ id: 'q', kind: 'queue', host: 'h', family: 'postfix', seen: 1 }], forgotten: [] },
};

const STORM = {
  ...{ began: 1, last: 1, pages: [1], told: 1, next: 2, lines: 1, followed: 0, from: 1, to: 1 },
  ...{ hosts: ['h'], seen: ['x'] },
};
const NOTE: StormNote = {
  ...{ kind: 'page' as const, from: 1, to: 1, lines: 1, hosts: 1, moreHosts: false, held: 1, fresh: null },
};

/** A folder with a state that has something in every table. */
function fullState(): { readonly folder: string; readonly file: string } {
  const folder = join(temporaryFolder(), 'state');
  const state = openState(folder);
  if (!state.ok) throw new Error(state.reason);
  const { store } = state;
  for (const queue of ['a', 'b', 'c']) store.markQueue(queue, { schedule: 'now', dueAfter: 0 });
  store.define(new Map([['a', { kind: 'csv', command: '/bin/cat' }]]));
  store.setMeta('began', 1);
  store.setMeta('daemon', { pid: 1, version: '0', config: '/c', started: 1 });
  store.setMeta('held', [{ queue: 'a', reason: 'r' }]);
  store.setMeta('sources', {
    turns: 200,
    inlets: [{ name: 'fifo /f', status: 'open', lines: 1 }],
    unreadable: [{ path: '/l', reason: 'EACCES' }],
  });
  store.setMeta('reload', { refused: 5, reason: '/c:1:5: error: no', inForce: 1 });
  store.setMeta('ended', { pid: 1, boot: null });
  store.setMeta('heartbeats', [{ to: 'https://x.org/y', at: 5, sent: 4, trouble: 'no' }]);
  store.commit(BATCH);
  store.closePage('a', 5, STORM, NOTE);
  const [edition] = store.closedEditions();
  const mail = { messageId: '<1@x>', subject: 's', from: 'f', to: ['t'], mime: Buffer.from('m'), sealed: 7 };
  const row = { host: 'h', hash: 'x', text: 'm', count: 2, first: 1, last: 2 };
  const entry = { queue: 'a', made: 5, regular: true, forgetBefore: 0, rows: [row] };
  const keeping = { packed: Buffer.from('no gzip'), most: 5 };
  const posts = new Map([['https://x.org/y', { type: 'text/plain', title: 't', body: 'b' }]]);
  const second = { queue: 'a', ...mail, to: ['https://x.org/y'], posts };
  const whole = { queue: 'a', ...mail, posts, standby: { letter: second, due: 9 } };
  store.seal(edition?.id ?? 0, whole, [], [entry], keeping);
  const [run] = store.waitingRuns('a', 1);
  const end = { outcome: 'ran', hits: 1, command: '/c', why: '', output: '' } as const;
  store.settleRuns({ at: 5, started: [], again: [], ended: [{ id: run?.id ?? 0, end }] });
  store.recordRejected(1, 't', '550 no', 9);
  store.takeOver({ id: 7, letter: whole, until: 9 }, { packed: Buffer.from('no gzip'), most: 5 });
  store.commit(BATCH);
  store.closePage('a', 6, STORM, NOTE);
  store.commit(BATCH);
  store.end();
  state.release();
  return { folder, file: join(folder, 'tayori.db') };
}

function damage(file: string, sql: string): void {
  const db = openSqlite(file);
  db.exec(sql);
  db.close();
}

/** What is sound SQLite and not what tayori writes, table by table: SQL that puts it there, and what is said of it. */
const NONSENSE: readonly (readonly [sql: string, told: string])[] = [
  ["position SET path = x'01'", 'position.path is of another kind, not a text'],
  ["position SET path = x'00'", 'position.path is "\\u0000", not a text without NUL'],
  ['position SET offset = -5', 'position.offset is -5, not a whole number from 0 on'],
  ['position SET offset = 1.5', 'position.offset is 1.5, not a whole number from 0 on'],
  ["position SET head_length = 'x'", 'position.headLength is "x", not a whole number from 0 on'],
  ["position SET since = 'x'", 'position.since is "x", not a time'],
  ["last_match SET queues = '['", 'last_match.queues is "[", not JSON'],
  ["last_match SET queues = '[1]'", 'last_match.queues is "[1]", not what tayori writes there'],
  ["run SET hit = 'x' WHERE stage = 'waiting'", 'run.hit is "x", not JSON'],
  ["run SET result = '{}' WHERE stage = 'ended'", 'run.result is "{}", not what tayori writes there'],
  ["run SET at = 'x' WHERE stage = 'ended'", 'run.at is "x", not a time'],
  ['run_count SET times = -1', 'run_count.times is -1, not a whole number from 0 on'],
  ['hits SET count = -1', 'hits.count is -1, not a count'],
  ['rule_hit SET count = -1', 'rule_hit.count is -1, not a count'],
  ["rule_hit SET last = 'x'", 'rule_hit.last is "x", not a time'],
  ["rule_hit SET rule = x'01'", 'rule_hit.rule is of another kind, not a text'],
  ["rule_day SET day = 'x'", 'rule_day.day is "x", not a whole number from 0 on'],
  ['rule_day SET count = -1', 'rule_day.count is -1, not a count'],
  ["rule_program SET since = 'x'", 'rule_program.since is "x", not a time'],
  ["rule_program SET sample = x'01'", 'rule_program.sample is of another kind, not a text'],
  ["counter SET value = 'many'", 'counter.value is "many", not a count'],
  ["fact SET value = 'x' WHERE name = 'began'", 'the fact "began" is "x", not JSON'],
  ["fact SET value = '{}' WHERE name = 'daemon'", 'the fact "daemon" is "{}", not what tayori writes there'],
  [
    "fact SET value = '{}' WHERE name = 'sources'",
    'the fact "sources" is "{}", not what tayori writes there',
  ],
  [
    `fact SET value = '{"turns":null,"inlets":[],"unreadable":[{}]}' WHERE name = 'sources'`,
    'the fact "sources" is ',
  ],
  ["fact SET value = '{}' WHERE name = 'reload'", 'the fact "reload" is "{}", not what tayori writes there'],
  ["position SET tail = x'01'", 'position.tail is of another kind, not a text'],
  ["position SET tail = x'00'", 'position.tail is "\\u0000", not a text without NUL'],
  ["fact SET value = '{}' WHERE name = 'held'", 'the fact "held" is "{}", not what tayori writes there'],
  ["queue SET counters = 'x'", 'queue.counters is "x", not JSON'],
  ['queue SET counters = \'{"lines":"x"}\'', 'queue.counters is "{\\"lines\\":\\"x\\"}", not what'],
  ['queue SET due_after = 9e15', 'queue.due_after is 9000000000000000, not a time'],
  ["queue SET letters = 'x'", 'queue.letters is "x", not a whole number from 0 on'],
  ["queue SET definition = '{}'", 'queue.definition is "{}", not what tayori writes there'],
  ["edition SET opened = 'x'", 'edition.opened is "x", not a time'],
  ["edition SET closed = 'x' WHERE closed IS NOT NULL", 'edition.closed is "x", not a time'],
  ["edition SET counters = '[]' WHERE closed IS NOT NULL", 'edition.counters is "[]", not what'],
  ["edition SET storm = 'x' WHERE closed IS NOT NULL", 'edition.storm is "x", not JSON'],
  [
    "edition SET part_of = 'x' WHERE closed IS NOT NULL",
    'edition.part_of is "x", not a whole number from 0 on',
  ],
  ["storm SET storm = '{}'", 'storm.storm is "{}", not what tayori writes there'],
  ['tally SET count = -1', 'tally.count is -1, not a count'],
  ["tally SET message = x'01'", 'tally.message is of another kind, not a text'],
  ["tally SET message = x'00ff'", 'tally.message is of another kind, not a text'],
  ["tally SET host = x'01'", 'tally.host is of another kind, not a text'],
  ["tally SET last = 'x'", 'tally.last is "x", not a time'],
  ["tally SET detail = 'x'", 'tally.detail is "x", not JSON'],
  ['tally SET detail = \'{"h":[1]}\'', 'tally.detail is "{\\"h\\":[1]}", not what tayori writes there'],
  ['tally SET detail = \'{"m":[{"v":[1,1,0]}]}\'', 'tally.detail is'],
  ["letter SET mime = 'text'", 'letter.mime is "text", not one of blob'],
  ["letter SET sealed = 'x'", 'letter.sealed is "x", not a time'],
  ["recipient SET attempts = 'x'", 'recipient.attempts is "x", not a whole number from 0 on'],
  ["recipient SET next_try = 'x'", 'recipient.nextTry is "x", not a time'],
  ["mishap SET letters = 'x'", 'mishap.letters is "x", not a whole number from 0 on'],
  ["recipient SET limited_since = 'x'", 'recipient.limited_since is "x", not a time'],
  ["recipient SET post = '{}'", 'recipient.post is "{}", not what tayori writes there'],
  ["past_letter SET posts = '[]'", 'past_letter.posts is "[]", not what tayori writes there'],
  ["letter SET second_way = x'01'", 'letter.second_way is of another kind, not a text'],
  ["standby SET due = 'x'", 'standby.due is "x", not a time'],
  ["standby SET mime = 'text'", 'standby.mime is "text", not one of blob'],
  ["standby SET post = 'x'", 'standby.post is "x", not JSON'],
  ["fact SET value = '[{}]' WHERE name = 'heartbeats'", 'the fact "heartbeats" is "[{}]", not what'],
  ["own_mail SET family = x'01'", 'own_mail.family is of another kind, not a text'],
  ["own_mail SET family = x'00'", 'own_mail.family is "\\u0000", not a text without NUL'],
  ["past_letter SET sender = x'01'", 'past_letter.sender is of another kind, not a text'],
  ["past_letter SET sender = x'00'", 'past_letter.sender is "\\u0000", not a text without NUL'],
  ["past_letter SET subject = x'00ff'", 'past_letter.subject is of another kind, not a text'],
  ["ledger SET text = x'01'", 'ledger.text is of another kind, not a text'],
  ["own_mail SET seen = 'x'", 'own_mail.seen is "x", not a time'],
  ["ledger SET letters = '[[1]]'", 'ledger.letters is "[[1]]", not what tayori writes there'],
  ["ledger SET last = 'x'", 'ledger.last is "x", not a time'],
  ["past_letter SET recipients = 'x'", 'past_letter.to is "x", not JSON'],
  ["untaken SET lines = '[]'", 'untaken.lines is "[]", not what tayori writes there'],
  ["edition SET untaken = 'x' WHERE closed IS NOT NULL", 'edition.untaken is "x", not JSON'],
  ["fleet_hit SET hit = '{}'", 'fleet_hit.hit is "{}", not what tayori writes there'],
  ["fleet_hit SET verdict = '{}'", 'fleet_hit.verdict is "{}", not what tayori writes there'],
  ["fleet_letter SET until = 'x'", 'fleet_letter.until is "x", not a time'],
  ["fleet_letter SET queue = x'01'", 'fleet_letter.queue is of another kind, not a text'],
  ["fleet_recipient SET address = x'01'", 'fleet_recipient.address is of another kind, not a text'],
  ["taken SET batch = x'01'", 'taken.batch is of another kind, not a text'],
  ["taken SET batch = x'00'", 'taken.batch is "\\u0000", not a text without NUL'],
];

describe('a state that is sound SQLite and holds nonsense is refused at the start, in one sentence, as it is', () => {
  it.each(NONSENSE)('%s', (sql, told) => {
    const { folder, file } = fullState();
    damage(file, `UPDATE ${sql}`);
    const before = readFileSync(file);
    const opened = openState(folder);
    if (opened.ok) throw new Error('it was taken for sound');
    expect(opened.reason).toContain(`the state ${file} cannot be used: it is damaged (${told}`);
    expect(opened.reason).toMatch(/\); move it away to begin anew$/);
    expect(opened.reason).not.toContain('\n');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('which is not said of a sound one', () => {
    const { folder } = fullState();
    const opened = openState(folder);
    expect(opened.ok).toBe(true);
    if (opened.ok) {
      opened.store.end();
      opened.release();
    }
  });
});

it('a long text that is none of ours is shown cut', () => {
  const { folder, file } = fullState();
  damage(file, `UPDATE last_match SET queues = '${'x'.repeat(100_000)}'`);
  expect(openState(folder)).toMatchObject({
    ok: false,
    reason: expect.stringContaining(`"${'x'.repeat(40)}..."`),
  });
});

describe('a command that only looks says it, too, without a stack trace', () => {
  function configOf(folder: string): string {
    const conf = join(temporaryFolder(), 'tenshi.conf');
    writeFileSync(conf, `set uid root\nset state ${folder}\nset queue a f@x.org t@x.org [now] S\na .\n`);
    return conf;
  }

  it.each([
    ['status', [], "position SET head_length = 'x'"],
    ['preview', [], "edition SET opened = 'x'"],
    ['letters', [], "past_letter SET recipients = 'x'"],
    ['letters', ['1'], 'past_letter SET id = 1 WHERE id = (SELECT min(id) FROM past_letter)'], // its mail is no gzip
  ] as const)('%s %s', async (command, words, sql) => {
    const { folder, file } = fullState();
    damage(file, `UPDATE ${sql}`);
    const { code, err } = await runCli([command, ...words, '-c', configOf(folder)]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^tayori: the state .*tayori\.db cannot be used: it is damaged \(.*\); move it away to begin anew\n$/,
    );
  });

  it('preview shows the letters of the other queues', async () => {
    const { folder, file } = fullState();
    damage(
      file,
      "UPDATE tally SET detail = 'x' WHERE edition = (SELECT max(id) FROM edition WHERE queue = 'b')",
    );
    const conf = configOf(folder);
    writeFileSync(conf, `${readFileSync(conf, 'utf8')}set queue b f@x.org t@x.org [now] S\n`);
    const { code, out, err } = await runCli(['preview', '-c', conf]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^b: its letter cannot be made: the state .* damaged \(tally\.detail is "x", not JSON\)/m,
    );
    expect(out).toContain('Subject: S [a]');
  });
});

it('an older state with nonsense in it is not brought to this version', () => {
  const file = join(temporaryFolder(), 'tayori.db');
  const older = MIGRATIONS.length - 1;
  damage(
    file,
    `${MIGRATIONS.slice(0, older).join(';')}; INSERT INTO last_match (host, message, queues) VALUES ('h', 'm', '[');
     PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${older}`,
  );
  expect(openSqliteStore(file)).toMatchObject({
    ok: false,
    reason: 'it is damaged (last_match.queues is "[", not JSON)',
    forGood: true,
  });
  const db = openSqlite(file);
  expect(db.prepare('PRAGMA user_version').pluck().get()).toBe(older);
  db.close();
});
