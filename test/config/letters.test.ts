import { describe, expect, it } from 'vitest';
import { planOfLetter } from '../../src/config/sections.js';
import { read, sound } from './read.js';

const HEAD = 'set logfile /x\n';
const NOON = 'set queue noon f@x t@x [30 12 * * *]\n';

describe('set section', () => {
  it('makes a queue that rules can name, and that has no letters of its own', () => {
    const { queues, sections } = sound(
      `${HEAD}${NOON}set section misc noon Unknown  lines \nnoon x\nmisc .*\n`,
    );
    expect(queues.map(({ name }) => name)).toEqual(['noon']);
    expect(sections).toMatchObject([{ queue: 'misc', parent: 'noon', title: 'Unknown  lines' }]);
  });

  it('a set queue of the same name counts for nothing, which is told', () => {
    const misc = 'set queue misc f@x t@x [35 12 * * *]\n';
    const { codes, ok } = read(`${HEAD}${NOON}${misc}set section misc noon Misc\nnoon x\nmisc .*\n`);
    expect({ ok, codes }).toEqual({ ok: true, codes: ['4:13 notice ignored-directive'] });
  });

  it.each([
    ['itself', 'set section a a A\n', '3:15', '"a" as a section of itself'],
    ['an unknown queue', 'set section a nooon A\n', '3:15', 'unknown queue "nooon"; did you mean noon?'],
    ['csv', 'set csv [now] /bin/cat\nset section a csv A\ncsv z\n', '4:15', 'csv, which goes to a program'],
    ['a word of the config', 'set section trash noon A\n', '3:13', 'reserved word "trash"'],
    [
      'two queues',
      'set section a noon A\nset queue other f@x t@x [now]\nset section a other A\nother y\na z\n',
      '5:15',
      '"a" is a section of "noon" already, in ',
    ],
    [
      'a section',
      'set section a noon A\nset section b a B\na y\nb z\n',
      '4:15',
      'which is a section of "noon" itself; write set section b noon TITLE',
    ],
  ])('of %s is refused where it stands', (_, lines, place, message) => {
    const { told, ok } = read(`${HEAD}${NOON}${lines}noon x\n`);
    const errors = told.filter((line) => line.includes(' error: ') && !line.includes('unknown queue "a"'));
    expect({ ok, errors }).toEqual({ ok: false, errors: [expect.stringContaining(message)] });
    expect(errors[0]).toContain(`tenshi.conf:${place}: `);
  });

  it('sections that point at each other are both refused', () => {
    const { told, ok } = read(`${HEAD}${NOON}set section a b A\nset section b a B\nnoon w\na x\nb y\n`);
    expect({ ok, told }).toEqual({
      ok: false,
      told: [
        expect.stringContaining(
          'tenshi.conf:3:15: error: "a" as a section of "b", which is a section of "a"',
        ),
        expect.stringContaining(
          'tenshi.conf:4:15: error: "b" as a section of "a", which is a section of "b"',
        ),
      ],
    });
  });

  it('more sections than a letter has room for are refused', () => {
    const names = Array.from({ length: 21 }, (_, at) => `q${at}`);
    const lines = names.map((name) => `set section ${name} noon Title of ${name}\n`);
    const { codes } = read(`${HEAD}${NOON}${lines.join('')}noon,${names.join()} x\n`);
    expect(codes).toEqual(['23:13 error bad-value']);
  });

  it.each([
    ['set filter a /bin/cat', '4:12'],
    ['set template a /x.hbs', '4:14'],
    ['set zone a UTC', '4:10'],
    ['set empty a on', '4:11'],
    ['set hours a 7-22 *', '4:11'],
    ['set fallback a u@x', '4:14'],
    ['set fold a 2m', '4:10'],
    ['set fold noon 2m', '4:10'],
  ])('%s: what only a letter can have is told', (line, place) => {
    const { codes, ok } = read(`${HEAD}${NOON}set section a noon A\n${line}\nnoon x\na y\n`);
    expect(ok).toBe(true);
    expect(codes).toContain(`${place} warning ignored-text`);
  });

  it('a section that no rule feeds is told; its letter may be fed by sections alone', () => {
    const { codes } = read(`${HEAD}${NOON}set section a noon A\nset section b noon B\na y\n`);
    expect(codes).toEqual(['4:13 notice unused-queue']);
  });
});

it('sections stand worst first by kind, then in the order of the config', () => {
  const config = sound(
    [
      `${HEAD}set section above noon Above`,
      `${NOON}set section below noon Below`,
      'set section worst noon Worst',
      'set kind worst trouble',
      'set section trashy noon Trashy',
      'set section last noon Last',
      'noon,above,below,worst,trashy,last .',
      '',
    ].join('\n'),
  );
  expect(planOfLetter('noon', config)).toEqual([
    { queue: 'worst', title: 'Worst', kind: 'trouble' },
    { queue: 'above', title: 'Above', kind: 'report' },
    { queue: 'noon', title: 'noon', kind: 'report' },
    { queue: 'below', title: 'Below', kind: 'report' },
    { queue: 'last', title: 'Last', kind: 'report' },
    { queue: 'trashy', title: 'Trashy', kind: 'trash' },
  ]);
});

describe('set empty', () => {
  it.each([
    ['set queue a f@x t@x [now]\nset empty a on\na x\n', '3:11'],
    ['set queue a f@x t@x [0 9 * * *]\nset csv [now] /bin/cat\nset empty csv on\na x\ncsv y\n', '4:11'],
    ['set queue a f@x t@x [0 9 * * *]\nset empty b on\na x\n', '3:11'],
  ])('that never comes is told: %j', (lines, place) => {
    const { codes, ok } = read(`${HEAD}${lines}`);
    expect({ ok, codes }).toEqual({
      ok: true,
      codes: [expect.stringMatching(new RegExp(`^${place} warning`))],
    });
  });
});
