import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SealedLetter } from '../../src/letter/letter.js';
import { openState } from '../../src/store/folder/open-state.js';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { APPLICATION_ID, MIGRATIONS } from '../../src/store/sqlite/schema.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { memoryStore } from './memory-store.js';
import { NOTHING } from './sqlite/nothing.js';

const NOTHING_BUT_A_LINE = {
  ...NOTHING,
  tally: [{ queue: 'a', host: 'h', message: 'm', count: 1, how: 'add' as const, first: 1, last: 2 }],
};

const LETTER: SealedLetter = {
  ...{ queue: 'a', subject: 's', messageId: '<1@x>', from: 'f@x.org', to: ['t@x.org'], sealed: 1000 },
  mime: Buffer.from(
    'Subject: s\r\nFrom: f@x.org\r\nTo: t@x.org\r\nMessage-ID: <1@x>\r\nContent-Type: text/plain\r\n\r\nthe text\r\n',
  ),
};
const ARCHIVING = { packed: gzipSync(LETTER.mime), most: 5 };
const SENT = { at: 2000, queueId: null, late: null };

describe('a letter of the fleet in the outbox of its holder', () => {
  it('is due while it is held, and not before or after', () => {
    const store = memoryStore();
    store.takeOver({ id: 7, letter: LETTER, until: 61_000 }, ARCHIVING);
    expect(store.nextDue(0)).toBeNull(); // so far ahead nobody holds it: the clock was set back
    expect(store.nextDue(1000)).toMatchObject({ messageId: '<1@x>' });
    expect(store.nextDue(60_999)).not.toBeNull();
    expect(store.nextDue(61_000)).toBeNull();
    store.holdOn([7], 70_000);
    expect(store.nextDue(61_000)).not.toBeNull();
  });

  it('keeps no other letter waiting', () => {
    const store = memoryStore();
    store.takeOver({ id: 7, letter: LETTER, until: 5 }, ARCHIVING);
    store.seal(0, { ...LETTER, messageId: '<2@x>' });
    expect(store.nextDue(2000)).toMatchObject({ messageId: '<2@x>' });
  });

  it('says when its queue was last mailed', () => {
    const store = memoryStore();
    store.markQueue('a', { schedule: 'now', dueAfter: 0 });
    store.takeOver({ id: 7, letter: LETTER, until: 5 }, ARCHIVING);
    store.closeEdition('a', 3000, null, null);
    store.commit({ ...NOTHING_BUT_A_LINE });
    store.closeEdition('a', 4000, null, null);
    expect(store.closedEditions()).toMatchObject([{ since: 1000 }]);
  });

  it('leaves nothing behind when the fleet has heard of all outcomes', () => {
    const file = join(temporaryFolder(), 'tayori.db');
    const opened = openSqliteStore(file);
    if (!opened.ok) throw new Error(opened.reason);
    const { store } = opened;
    store.takeOver({ id: 7, letter: { ...LETTER, to: ['t@x.org', 'u@x.org'] }, until: 5 }, ARCHIVING);
    store.recordSent(1, 't@x.org', SENT);
    store.recordRejected(1, 'u@x.org', '550', 2000);
    expect(store.fleetOutcomes()).toEqual([{ id: 7, way: 'first', addresses: ['t@x.org', 'u@x.org'] }]);
    store.noteSettled({ id: 7, way: 'first', addresses: ['t@x.org'] });
    expect(store.fleetOutcomes()).toEqual([{ id: 7, way: 'first', addresses: ['u@x.org'] }]);
    store.noteSettled({ id: 7, way: 'first', addresses: ['u@x.org'] });
    store.end();
    const db = openSqlite(file);
    onTestFinished(() => db.close());
    for (const table of ['fleet_letter', 'fleet_copy', 'fleet_recipient'])
      expect(db.prepare(`SELECT * FROM ${table}`).all()).toEqual([]);
  });

  it('that is gone is forgotten after a while', () => {
    const store = memoryStore();
    store.takeOver({ id: 7, letter: LETTER, until: 5 }, ARCHIVING);
    store.withdraw([7], 'gone', 9000);
    store.forgetGone(8999);
    expect(store.fleetLetters()).toHaveLength(1);
    store.forgetGone(9000);
    expect(store.fleetLetters()).toEqual([]);
  });

  it('that is gone can come back', () => {
    const store = memoryStore();
    store.takeOver({ id: 7, letter: LETTER, until: 5 }, ARCHIVING);
    store.withdraw([7], 'gone', 9000);
    expect(store.takeOver({ id: 7, letter: LETTER, until: 5000 }, ARCHIVING)).toBe(true);
    expect(store.nextDue(2000)).toMatchObject({ messageId: '<1@x>' });
    store.recordSent(2, 't@x.org', SENT);
    expect(store.fleetOutcomes()).toHaveLength(1);
  });
});

it('a state of the build before is opened, and its letters go as before', () => {
  const file = join(temporaryFolder(), 'tayori.db');
  const before = MIGRATIONS.findIndex((step) => step.includes('CREATE TABLE fleet_letter'));
  const db = openSqlite(file);
  for (const step of MIGRATIONS.slice(0, before)) db.exec(step);
  db.exec(`INSERT INTO letter (queue, message_id, subject, sender, mime, sealed) VALUES ('a', '<1@x>', 's', 'f', x'6d', 7);
    INSERT INTO recipient (letter, address, next_try) VALUES (1, 'you', 0);
    PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${before}`);
  db.close();
  const opened = openSqliteStore(file);
  if (!opened.ok) throw new Error(opened.reason);
  onTestFinished(() => opened.store.end());
  expect(opened.store.fleetLetters()).toEqual([]);
  expect(opened.store.nextDue(0)).toMatchObject({ messageId: '<1@x>' });
  opened.store.recordSent(1, 'you', SENT);
  expect(opened.store.fleetOutcomes()).toEqual([]);
  expect(opened.store.outbox()).toEqual([]);
});

describe('tayori letters, of letters of the fleet that this node has', () => {
  /** A state and a config for it. `sent`: the letter has reached its recipient. */
  function stateWith(sent: boolean): { readonly conf: string; readonly folder: string } {
    const folder = join(temporaryFolder(), 'state');
    const state = openState(folder);
    if (!state.ok) throw new Error(state.reason);
    state.store.takeOver({ id: 7, letter: LETTER, until: 5 }, ARCHIVING);
    if (sent) state.store.recordSent(1, 't@x.org', SENT);
    state.store.end();
    state.release();
    const conf = join(temporaryFolder(), 'tenshi.conf');
    writeFileSync(conf, `set uid root\nset state ${folder}\nset queue a f@x.org t@x.org [now] S\na .\n`);
    return { conf, folder };
  }

  it('lists and shows them', async () => {
    const { conf } = stateWith(true);
    const { out } = await runCli(['letters', '-c', conf]);
    expect(out).toMatch(/^ +1 +.* a +t@x\.org +1 kB +delivered +s$/m);
    expect((await runCli(['letters', '1', '-c', conf])).out).toContain('the text');
    expect((await runCli(['letters', '-c', stateWith(false).conf])).out).toMatch(/ waiting +s$/m);
  });

  it('sends one again, as a letter of this node alone', async () => {
    const { conf, folder } = stateWith(true);
    const { code, out } = await runCli(['letters', '1', '--send', '-c', conf]);
    expect(out).toMatch(/^letter 1 \[a] is sent again, as letter 2, to t@x\.org; /);
    expect(code).toBe(0);
    const state = openState(folder);
    if (!state.ok) throw new Error(state.reason);
    onTestFinished(() => {
      state.store.end();
      state.release();
    });
    const again = state.store.nextDue(Date.now());
    expect(again).toMatchObject({ id: 2, recipients: [{ address: 't@x.org' }] });
    state.store.recordSent(2, 't@x.org', SENT);
    expect(state.store.fleetOutcomes()).toEqual([{ id: 7, way: 'first', addresses: ['t@x.org'] }]);
  });
});
