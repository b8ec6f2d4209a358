import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LineProcessor } from '../../src/ingest/line-processor.js';
import { sampleLetter } from '../../src/letter/build/sample-letter.js';
import { renderText } from '../../src/letter/render/render-text.js';
import { letterProposals } from '../../src/publish/letter-proposals.js';
import { SetAside } from '../../src/publish/set-aside.js';
import type { Snooze } from '../../src/queue/snooze.js';
import { RuleState } from '../../src/rule/rule-state.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { sound } from '../config/read.js';
import { NOON, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const DAY = 86_400_000;
const MISC = 'set queue misc f@x.org t@x.org [0 6 * * *] Unknown\n';
const USERS = ['ann', 'bob', 'cid', 'dora', 'eve', 'fred', 'gus', 'hal', 'ida', 'jon', 'kim', 'leo'];

/** Lines of four kinds that no rule knows. */
const LINES: readonly string[] = [
  ...Array.from({ length: 40 }, (_, at) => `backupd: wrote ${at * 7 + 3} files to <vol${at}> & went on`),
  ...Array.from(
    { length: 30 },
    (_, at) => `gated: session of user ${USERS[at % 12]} from 192.0.2.${at} opened`,
  ),
  ...Array.from({ length: 20 }, (_, at) => `spoold: job ${at + 100} done`),
  ...Array.from({ length: 10 }, (_, at) => `fand: speed is ${at * 100} rpm`),
  'oncer: this came once',
];

/** The letters of a day in which these lines came. */
async function letters(conf: string, lines: readonly string[] = LINES): Promise<string[]> {
  const clock = heldClock(NOON);
  const running = await startDaemon(`set letter full\n${conf}`, { clock });
  running.write(...lines);
  await running.daemon.poll();
  clock.advance(DAY);
  await running.daemon.poll();
  await running.stop();
  return maildir(running.folder);
}

/** The text of a letter from its proposals on; '' where it has none. */
function proposed(text: string): string {
  const at = text.search(/^(?:RULES FOR|ルールの提案)/m);
  return at < 0 ? '' : text.slice(at);
}

async function parsed(mail = ''): Promise<{ text: string; html: string }> {
  const { text = '', html = '' } = await PostalMime.parse(mail);
  return { text, html };
}

/** The proposed rules of a letter, one string each. */
function rulesIn(text: string): string[] {
  return proposed(text).trimEnd().split('\n\n').slice(1);
}

const BEST = String.raw`# takes 40 lines of 1 host; 40 different messages become 1
#> backupd: wrote 10 files to <vol1> & went on
#= backupd: wrote ___ files to <vol___> & went on
misc ^backupd: wrote (\d+) files to <vol(\d+)> & went on$`;

describe('set suggest', () => {
  it('ends a letter with the three best rules for what it tells, in text and HTML', async () => {
    const { text, html } = await parsed((await letters(`${MISC}set suggest on misc\nmisc .*\n`))[0]);
    expect(proposed(text)).toMatch(/^RULES FOR MOST OF THIS \("tayori suggest" shows more\):\n\n# takes/);
    const rules = rulesIn(text);
    expect(rules.map((rule) => /^misc \^(\w+)/m.exec(rule)?.[1])).toEqual(['backupd', 'gated', 'spoold']);
    expect(rules[0]).toBe(BEST);
    expect(text.trimEnd().endsWith(rules.at(-1) ?? '-')).toBe(true);
    const shown = [...html.matchAll(/<pre [^>]*>([^<]*)<\/pre>/g)].map(([, rule = '']) => plain(rule));
    expect(shown).toEqual(rules);
  });

  it('makes them of masked messages and their values, and counts what is masked already', async () => {
    const conf = `${MISC}set suggest on misc\nset automask misc\nmisc .*\n`;
    const rules = rulesIn((await parsed((await letters(conf))[0])).text);
    expect(rules.map((rule) => rule.split('\n')[0])).toEqual([
      '# takes 30 lines of 1 host; 12 different messages become 1',
      '# takes 40 lines of 1 host; all are the same message already',
      '# takes 20 lines of 1 host; all are the same message already',
    ]);
    expect(rules[2]).toMatch(/^#> spoold: job 1\d\d done\n#= spoold: job ___ done\nmisc \^spoold/m);
  });

  it('can be copied into a file of rules, where check tries the samples and the next letter is short', async () => {
    const { text } = await parsed((await letters(`${MISC}set suggest on misc\nmisc .*\n`))[0]);
    const copied = proposed(text).split('\n').slice(1).join('\n');
    const folder = temporaryFolder();
    const log = '/var/log/x';
    const conf = `set queue misc f@x.org t@x.org [0 6 * * *]\nset logfile ${log}\nset hidepid on\nset mask ___\n`;
    writeFileSync(join(folder, 'tenshi.conf'), `${conf}include more.conf\nmisc .*\n`);
    writeFileSync(join(folder, 'more.conf'), copied);
    const { code, err } = await runCli(['check', '-c', join(folder, 'tenshi.conf')]);
    expect([code, err.split('\n').filter((line) => line.includes('more.conf'))]).toEqual([0, []]);
    const [mail] = await letters(`${MISC}${copied}misc .*\n`);
    expect((await parsed(mail)).text).toContain('    40: backupd: wrote ___ files to <vol___> & went on\n');
  });

  it('proposes the next kinds when its rules were copied as they stand, and none of them again', async () => {
    const conf = (copied: string): string =>
      `${MISC}set suggest on misc\nset automask misc\n${copied}misc .*\n`;
    const first = (await parsed((await letters(conf('')))[0])).text;
    const copied = proposed(first).split('\n').slice(1).join('\n');
    const next = rulesIn((await parsed((await letters(conf(copied)))[0])).text);
    expect(next.map((rule) => /^misc .*/m.exec(rule)?.[0])).toEqual([
      String.raw`misc ^fand: speed is (\d+) rpm$`,
    ]);
  });

  it('proposes the same for the same lines', async () => {
    const conf = `${MISC}set suggest on misc\nset automask misc\nmisc .*\n`;
    const [one] = await letters(conf);
    const [other] = await letters(conf);
    expect((await parsed(one)).text).toBe((await parsed(other)).text);
  });

  it('in Japanese the title is', async () => {
    const [mail] = await letters(`set language ja\n${MISC}set suggest on misc\nmisc .*\n`);
    expect(proposed((await parsed(mail)).text)).toMatch(
      /^ルールの提案。ほかは「tayori suggest」で見られます:\n\n# takes 40 lines/,
    );
  });

  it.each<[string, string]>([
    ['without a line of the config', `${MISC}misc .*\n`],
    ['where it is off', `${MISC}set suggest on\nset suggest off misc\nmisc .*\n`],
    ['in plain letters', `set letter plain\n${MISC}set suggest on misc\nmisc .*\n`],
    ['to a pager', 'set queue misc f@x.org pager:t@x.org [0 6 * * *] P\nset suggest on misc\nmisc .*\n'],
    ['for a queue without such a rule', `${MISC}set suggest on misc\nmisc ^.\\w+d: (.*)\n`],
    [
      'of values that letters do not show',
      `${MISC}set suggest on misc\nset values misc off\nset automask misc\nmisc .*\n`,
    ],
  ])('proposes nothing %s', async (what, conf) => {
    const [mail] = await letters(conf, what.startsWith('of values') ? LINES.slice(0, 40) : LINES);
    expect(mail).toBeDefined();
    const { text, html } = await parsed(mail);
    expect([proposed(text), html.includes('<pre')]).toEqual(['', false]);
  });

  it('proposes nothing for what came once or twice', async () => {
    const [mail] = await letters(`${MISC}set suggest on misc\nmisc .*\n`, ['a: 1', 'b: 2', 'b: 3']);
    expect(proposed((await parsed(mail)).text)).toBe('');
  });

  it('proposes rules for a section of a letter, at its end', async () => {
    const conf =
      'set queue report f@x.org t@x.org [0 6 * * *] R\nset section misc report Unknown lines\nset suggest on misc\nreport ^fand\nmisc .*\n';
    const { text } = await parsed((await letters(conf))[0]);
    expect(rulesIn(text)[0]).toBe(BEST);
    expect(text.indexOf('Unknown lines')).toBeLessThan(text.indexOf(BEST));
  });

  it('shows no control character and no invisible one', async () => {
    const lines = Array.from(
      { length: 9 },
      (_, at) => `evil: \u202e\u001b[31m job ${at} <b>of</b> \u200b it`,
    );
    const { text, html } = await parsed((await letters(`${MISC}set suggest on misc\nmisc .*\n`, lines))[0]);
    expect(proposed(text)).toContain('evil: ');
    expect(`${text}${html}`).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u200b\u202e]/);
    expect(html).not.toContain('<b>of');
  });
});

describe('preview and digest show them', () => {
  const conf = `set state state\n${MISC}set suggest on misc\nmisc .*\n`;

  it('preview of what is counted so far', async () => {
    const running = await startDaemon(`set letter full\n${conf}`, { clock: heldClock(NOON) });
    running.write(...LINES);
    await running.daemon.poll();
    const { code, out } = await runCli(['preview', '-c', join(running.folder, 'tenshi.conf')]);
    expect([code, rulesIn(out)[0]]).toEqual([0, BEST]);
    await running.stop();
  });

  it.each(['text', 'html', 'json'])('digest of a log, as %s', async (format) => {
    const folder = temporaryFolder();
    const head = `set logfile ${folder}/x.log\nset mask ___\n`;
    writeFileSync(join(folder, 'tenshi.conf'), `${head}${MISC}set suggest on misc\nmisc .*\n`);
    writeFileSync(join(folder, 'x.log'), LINES.map((line) => `Nov 20 10:00:00 web1 ${line}\n`).join(''));
    const args = ['digest', '-c', join(folder, 'tenshi.conf'), '--format', format, join(folder, 'x.log')];
    const { code, out } = await runCli(args);
    expect(code).toBe(0);
    if (format === 'text') expect(rulesIn(out)[0]).toBe(BEST);
    if (format === 'html') expect(plain(out)).toContain(BEST);
    if (format === 'json') expect(JSON.parse(out)[0].proposals[0]).toBe(BEST);
  });
});

describe('proposals of a large letter', () => {
  /** A state that has counted these messages, and its open edition. */
  function counted(messages: readonly string[]): Parameters<typeof letterProposals> {
    const config = sound(
      'set queue misc f@x.org t@x.org [0 6 * * *]\nset logfile /var/log/x\nset suggest on misc\nmisc .*\n',
    );
    const opened = openSqliteStore('');
    if (!opened.ok) throw new Error(opened.reason);
    onTestFinished(() => opened.store.end());
    const state = new RuleState({ last: [], hits: [] });
    const processor = new LineProcessor(
      config,
      state,
      () => NOON,
      () => {},
    );
    processor.take({ text: messages.map((message) => `Nov 20 10:00:00 web1 ${message}\n`).join('') });
    opened.store.commit({ at: NOON, positions: [], forgotten: [], ...processor.changes() });
    const [edition] = opened.store.openEditions(NOON);
    if (!edition) throw new Error('no edition');
    while (opened.store.mergeRange(edition.id));
    return [edition, { config, store: opened.store }];
  }

  it('are of the first 20,000 messages, and say so', async () => {
    const messages = Array.from({ length: 20_001 }, (_, at) => `jobd: ${at} done`);
    const all = await letterProposals(...counted(messages.slice(1)));
    const cut = await letterProposals(...counted(messages));
    expect(all?.lookedAt).toBe(null);
    expect(all?.rules[0]).toContain('takes 20000 lines');
    expect(cut?.lookedAt).toBe(20_000);
    expect(cut?.rules[0]).toContain('takes 20000 lines');
    expect(renderText(sampleLetter({ proposals: cut }))).toContain(
      'RULES FOR MOST OF THIS, from its first 20,000 messages (',
    );
  });

  it('leave time for other work between pieces of theirs', async () => {
    const given = counted(Array.from({ length: 5000 }, (_, at) => `jobd: ${at} done`));
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await letterProposals(...given);
    isDone = true;
    expect(turns).toBeGreaterThan(2 * 50);
  });

  it('end when the daemon does', async () => {
    const [edition, sources] = counted(Array.from({ length: 500 }, (_, at) => `jobd: ${at} done`));
    const closing = new AbortController();
    const proposing = letterProposals(edition, { ...sources, signal: closing.signal });
    closing.abort();
    await expect(proposing).rejects.toThrow(/abort/);
  });

  it('pass over entries that are snoozed', async () => {
    const messages = ['jobd', 'taskd'].flatMap((name) => [1, 2, 3].map((at) => `${name}: ${at} done`));
    const [edition, sources] = counted(messages);
    const snoozes = [1, 2, 3].map((at): Snooze => snoozed(`taskd: ${at} done`));
    const setAside = new SetAside(snoozes, edition);
    const found = await letterProposals(edition, { ...sources, setAside });
    expect(found?.rules.map((rule) => /^misc \^(\w+)/m.exec(rule)?.[1])).toEqual(['jobd']);
    expect(setAside.outcome(true).held).toEqual([]);
  });

  it('pass over messages and rules that are too long', async () => {
    const long = Array.from({ length: 9 }, (_, at) => `longd: ${'x y '.repeat(300)}${at}`);
    const short = Array.from({ length: 5 }, (_, at) => `jobd: ${at} done`);
    const found = await letterProposals(...counted([...long, ...short]));
    expect(found?.rules.map((rule) => /^misc \^(\w+)/m.exec(rule)?.[1])).toEqual(['jobd']);
  });
});

/** Text of HTML without its references. */
function plain(html: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', quot: '"', amp: '&' };
  return html.replace(/&(?:#x([0-9A-F]+)|(\w+));/gi, (_, code, name) =>
    code ? String.fromCodePoint(Number.parseInt(code, 16)) : (named[name] ?? ''),
  );
}

/** A snooze of an entry of misc. */
function snoozed(message: string): Snooze {
  const times = { began: NOON - DAY, until: NOON + DAY, day: NOON - DAY, ended: null, why: null };
  return {
    id: message,
    queue: 'misc',
    message,
    host: '',
    reason: '',
    usual: 1,
    held: 0,
    before: 0,
    ...times,
  };
}
