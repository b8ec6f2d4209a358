import { describe, expect, it } from 'vitest';
import type { QueueConfig } from '../../src/config/config.js';
import { BASE, read, sound } from './read.js';

const RULES = 'a x\nb y\n';

function queue(value: string): QueueConfig | undefined {
  return sound(`set logfile /x\nset queue ${value}\nq x\n`).queues.at(-1);
}

describe('recipients', () => {
  it.each<[string, readonly string[], boolean]>([
    ['t@x', ['t@x'], false],
    ['root', ['root'], false],
    ['<t@x>', ['<t@x>'], false],
    ['t@x,u@x', ['t@x', 'u@x'], false],
    ['t@x,,u@x,', ['t@x', 'u@x'], false],
    ['pager:t@x', ['t@x'], true],
    ['pager:t@x,pager:u@x', ['t@x', 'u@x'], true],
    ['t@x,pager:u@x', ['t@x', 'u@x'], true],
  ])('%s', (written, to, pager) => {
    expect(queue(`q f@x ${written} [now]`)).toMatchObject({ from: 'f@x', to, pager });
  });
});

it.each<[string, string[]]>([
  ['pager:t@x,pager:u@x', []],
  ['pager:t@x,,', []],
  ['t@x,u@x', []],
  ['pager:t@x,u@x', ['6:17 warning odd-queue']],
  ['t@x,u@x,pager:v@x', ['6:17 warning odd-queue']],
])('%s: a pager among other addresses makes pager letters for all, and that is told', (to, expected) => {
  const { codes, told, ok } = read(`${BASE}${RULES}set queue c f@x ${to} [now]\nc z\n`);
  expect({ codes, ok }).toEqual({ codes: expected, ok: true });
  if (expected.length > 0) expect(told[0]).toContain('makes every letter of the queue a pager letter');
});

describe('an address that mail servers refuse is doubted, where it stands', () => {
  it.each([
    ['set queue c f@x ops@example.org. [now]', '6:17'],
    ['set queue c f@x pager:t@x,pager:ops@example..org [now]', '6:33'],
    ['set queue c ops@ t@x [now]', '6:13'],
    ['set mailfrom logs@example.org.', '6:14'],
    ['set alias root you@example.org,ops@-x.org', '6:32'],
  ])('%s', (line, place) => {
    const { codes, told, ok } = read(`${BASE}${RULES}${line}\n`);
    expect(ok).toBe(true);
    expect(codes).toContain(`${place} warning odd-address`);
    expect(told.find((one) => one.includes(': the address'))).toMatch(/warning: the address ".*" has .*; /);
  });

  it('and names it, with what to write instead', () => {
    const { told } = read(`${BASE}${RULES}set alias root ops@example.org.\n`);
    expect(told).toContain(
      'tenshi.conf:6:16: warning: the address "ops@example.org." has a dot at the end of the domain; remove it',
    );
  });
});

describe('subject', () => {
  it.each<[string, string | null]>([
    ['[now]', null],
    ['[now] ', null],
    ['[now] tenshi CRITICAL report \t', 'tenshi CRITICAL report'],
    ['[now] [PROD] alert', '[PROD] alert'],
    ['[0 9 * * *] [PROD] alert', '[PROD] alert'],
    ['[now]alert', 'alert'],
    ['[now] 0', null],
    ['[now] 00', '00'],
  ])('%s', (written, subject) => {
    expect(queue(`q f@x t@x ${written}`)?.subject).toBe(subject);
  });

  it.each([
    ['set queue q f@x t@x [now] {{count}} of {{host}}, {{ worst }}', []],
    ['set queue q f@x t@x [now] {{cuont}}', ['2:27 "{{cuont}}"; did you mean {{count}}?']],
    ['set subject 便り {{x-ray}}', ['2:16 "{{x-ray}}"; write one of count, messages, hosts,']],
    ['set subject {{{count}}}', ['2:13 "{{{count}}"; did you mean {{count}}?']],
  ])('its placeholders are known ones: %s', (line, expected) => {
    const { told } = read(`set logfile /x\n${line}\nset queue a f@x t@x [now]\na x\n`);
    const errors = told.filter((one) => one.includes(' error: '));
    expect(errors).toHaveLength(expected.length);
    for (const [at, words] of expected.entries())
      expect(errors[at]).toContain(
        words.replace(' ', ': error: unknown placeholder ').replace(/^/, 'tenshi.conf:'),
      );
  });
});

describe('schedule', () => {
  it.each([
    ['[now]', 'now'],
    ['[NOW]', 'now'],
    ['[ now ]', 'now'],
    ['[0 9 * * *]', '0 9 * * *'],
    ['[ 0 9\t* * * ]', '0 9\t* * *'],
    ['[@daily]', '@daily'],
  ])('%s', (written, expected) => {
    const schedule = queue(`q f@x t@x ${written}`)?.schedule;
    expect(schedule?.kind === 'cron' ? schedule.text : schedule?.kind).toBe(expected);
  });
});

it('the later of two definitions replaces the earlier wholly, and says so', () => {
  const { codes, ok } = read(`${BASE}${RULES}set queue a g@x u@x [0 9 * * *]\n`);
  expect({ codes, ok }).toEqual({ codes: ['6:11 notice replaced'], ok: true });
  const [first, , ...more] = sound(
    `set queue a f@x pager:t@x [now] S\nset queue b f@x t@x [now]\nset queue a g@x u@x [0 9 * * *]\na x\n`,
  ).queues;
  expect(first).toMatchObject({ name: 'a', from: 'g@x', to: ['u@x'], pager: false, subject: null });
  expect(first?.schedule.kind).toBe('cron');
  expect(more).toEqual([]);
});

it.each([
  ['a', 11],
  ['c f@x', 11],
  ['c f@x [now]', 17],
  ['c f@x t@x', 20],
  ['c f@x t@x 0 9 * * *', 21],
  ['c f@x t@x [now', 21],
  ['c f@x t@x, u@x [now]', 22],
  ['c f@x , [now]', 17],
  ['c f@x pager: [now]', 17],
  ['c f@x t@x []', 22],
  ['c f@x t@x [0 9 * *]', 22],
  ['c f@x t@x [0 9 * * * *]', 22],
  ['c f@x t@x [@reboot]', 22],
  ['c f@x t@x [0 24 * * *]', 24],
  ['c f@x t@x [0 9 30 2 *]', 22],
  ['trash f@x t@x [now]', 11],
  ['repeat f@x t@x [now]', 11],
  ['group f@x t@x [now]', 11],
  ['group_host f@x t@x [now]', 11],
  ['csv f@x t@x [now]', 11],
])('"%s" is refused at column %i', (value, column) => {
  const { codes } = read(`${BASE}${RULES}set queue ${value}\n`);
  expect(codes).toEqual([`6:${column} error bad-value`]);
});

it.each([
  ['two faults of one queue', 'trash f@x , [60 * * * *]', ['6:11', '6:21', '6:24']],
  ['day and weekday', 'b f@x t@x [0 9 2 * 2]', ['6:11', '6:22']],
  ['an idle step', 'b f@x t@x [5/10 * * * *]', ['6:11', '6:23']],
])('%s: told where they are', (_, value, places) => {
  const { codes } = read(`${BASE}${RULES}set queue ${value}\n`);
  expect(codes.map((code) => code.split(' ')[0])).toEqual(places);
});

it('a queue at fault is one fault, not one more for each of its rules', () => {
  const { codes } = read(
    'set logfile /x\nset queue q f@x t@x [60 * * * *]\nq x\nq y\nset queue r f@x t@x [now]\nq,r z\n',
  );
  expect(codes).toEqual(['2:22 error bad-value']);
});

it('a name that no rule can name is told', () => {
  const { codes, ok } = read(`${BASE}${RULES}set queue c,d f@x t@x [now]\nset queue e:5 f@x t@x [now]\n`);
  expect({ codes, ok }).toEqual({ codes: ['6:11 warning odd-queue', '7:11 warning odd-queue'], ok: true });
});

it('a queue that no rule feeds is told, except noprefix', () => {
  const { codes } = read(`${BASE}a x\nset queue noprefix f@x t@x [now]\n`);
  expect(codes).toEqual(['2:11 notice unused-queue']);
});

describe('an address that no letter can name is refused, where it stands', () => {
  it.each([
    ['set queue c f@x t@x,jörg@example.org [now]', '6:21'],
    ['set queue c f@x pager:jörg@example.org [now]', '6:23'],
    ['set queue c jörg@x t@x [now]', '6:13'],
    ['set mailfrom jörg@example.org', '6:14'],
    ['set alias root t@x,jörg@example.org', '6:20'],
  ])('%s', (line, place) => {
    const { codes, told, ok } = read(`${BASE}${RULES}${line}\n`);
    expect(ok).toBe(false);
    expect(codes).toContain(`${place} error odd-address`);
    expect(told.join()).toContain('SMTPUTF8');
  });
});

describe('a queue that lacks a word is told which', () => {
  it.each([
    ['report me@example.org [30 12 * * *] Report', 'without its TO: one address stands before the schedule'],
    ['report me@example.org [now]', 'without its TO: one address stands before the schedule'],
    ['report [30 12 * * *] Report', 'without its FROM and TO'],
    ['f@example.org t@example.org [now] S', 'without its NAME: its first word is an address'],
  ])('set queue %s', (value, lacks) => {
    const { told, ok } = read(`${BASE}${RULES}set queue ${value}\n`);
    expect(ok).toBe(false);
    expect(told.filter((one) => one.includes(' error: '))).toEqual([
      expect.stringContaining(
        `: error: a queue ${lacks}; write set queue NAME FROM TO[,TO...] [minute hour day month weekday] SUBJECT`,
      ),
    ]);
  });
});
