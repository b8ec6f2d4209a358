import { describe, expect, it } from 'vitest';
import { TextBlock } from '../../../src/base/text/text-block.js';
import type { Entry } from '../../../src/line/entry.js';
import { Excerpt } from '../../../src/line/excerpt.js';
import { compile } from '../../../src/perl-regex/perl-regex.js';
import { MASK_KINDS, type MaskKind } from '../../../src/rule/automask/mask-kinds.js';
import { MessageMasker } from '../../../src/rule/automask/message-masker.js';
import { createClassifier } from '../../../src/rule/classify.js';
import type { Rule } from '../../../src/rule/rule.js';
import { RuleState } from '../../../src/rule/rule-state.js';
import { messageFor } from '../../../src/rule/verdict.js';
import { createRandom } from '../../support/random.js';

const place = { file: 'test.conf', line: 1, column: 1 };

function pattern(regex: string): Rule['pattern'] {
  const compiled = compile(regex);
  if (!compiled.ok) throw new Error(compiled.seen);
  return compiled.pattern;
}

const to = (queues: string, regex: string): Rule => ({
  kind: 'queues',
  targets: queues.split(',').map((target) => {
    const [queue = '', every] = target.split(':');
    return { queue, every: every === undefined ? null : Number(every) };
  }),
  pattern: pattern(regex),
  place,
});
const REPEAT: Rule = { kind: 'repeat', pattern: pattern('^last message repeated (\\d+) times'), place };

/** What is counted, as `queue count message [values]`, line by line. */
function count(
  rules: readonly Rule[],
  automasks: Readonly<Record<string, readonly MaskKind[]>>,
  texts: readonly string[],
): string[] {
  const classify = createClassifier({
    rules,
    mask: '___',
    state: new RuleState({ last: [], hits: [] }),
    values: new Set(['misc', 'other', 'raw']),
    automasks: new Map(Object.entries(automasks)),
    onOverrun() {},
  });
  return texts.flatMap((text) => {
    const entry: Entry = { host: 'h', time: null, text };
    const verdict = classify(entry);
    if (verdict.kind !== 'counted') return [verdict.kind];
    return verdict.counts.map(({ queue, count: n }) => {
      const { message, masked } = messageFor(verdict, queue);
      const values: string[] = [];
      for (let at = 0; masked && at < masked.spans.length; at += 2)
        values.push(masked.whole.text.slice(masked.spans[at], masked.spans[at + 1]));
      return `${queue} ${n} ${message.text} [${values.join()}]`;
    });
  });
}

describe('what a queue masks by itself', () => {
  it.each<[string, Rule[], Record<string, readonly MaskKind[]>, string[], string[]]>([
    [
      'is masked, and the values are known',
      [to('misc', '.*')],
      { misc: MASK_KINDS },
      ['app: job 7 on 10.0.0.1', 'app: job 8 done'],
      ['misc 1 app: job ___ on ___ [7,10.0.0.1]', 'misc 1 app: job ___ done [8]'],
    ],
    [
      'a rule with groups masks as it says, and nothing else',
      [to('misc', '^app: job (\\d+)'), to('misc', '.*')],
      { misc: MASK_KINDS },
      ['app: job 7 on 10.0.0.1'],
      ['misc 1 app: job ___ on 10.0.0.1 [7]'],
    ],
    [
      'the message of another queue of the same rule stays as it is',
      [to('misc,raw', '.*')],
      { misc: MASK_KINDS },
      ['app: job 7'],
      ['misc 1 app: job ___ [7]', 'raw 1 app: job 7 []'],
    ],
    [
      'each queue masks what it was told',
      [to('misc,other', '.*')],
      { misc: ['number'], other: ['address'] },
      ['app: job 7 on 10.0.0.1'],
      ['misc 1 app: job ___ on 10.0.0.1 [7]', 'other 1 app: job 7 on ___ [10.0.0.1]'],
    ],
    [
      'what is repeated is masked as the line before was, queue by queue',
      [REPEAT, to('misc,raw', '.*')],
      { misc: MASK_KINDS },
      ['app: job 7', 'last message repeated 3 times'],
      ['misc 1 app: job ___ [7]', 'raw 1 app: job 7 []', 'misc 3 app: job ___ []', 'raw 3 app: job 7 []'],
    ],
    [
      'what is repeated is masked as the line before was',
      [REPEAT, to('misc', '.*')],
      { misc: MASK_KINDS },
      ['app: job 7', 'last message repeated 3 times'],
      ['misc 1 app: job ___ [7]', 'misc 3 app: job ___ []'],
    ],
    [
      'an escalation counts masked messages',
      [to('raw,misc:2', '.*')],
      { misc: MASK_KINDS },
      ['app: job 7', 'app: job 8'],
      ['raw 1 app: job 7 []', 'raw 1 app: job 8 []', 'misc 2 app: job ___ [8]'],
    ],
    [
      'a rule whose message is always the same is masked as well',
      [to('misc', '^app: job 7$')],
      { misc: MASK_KINDS },
      ['app: job 7'],
      ['misc 1 app: job ___ [7]'],
    ],
    [
      'a text of several lines',
      [to('misc', '.*')],
      { misc: MASK_KINDS },
      ['app: job 7\nand 8'],
      ['misc 1 app: job ___\nand ___ [7,8]'],
    ],
  ])('%s', (_, rules, automasks, texts, expected) => {
    expect(count(rules, automasks, texts)).toEqual(expected);
  });
});

describe('messages are made in place', () => {
  it('as they are of a text of their own, wherever the text lies, with a gap or not', () => {
    const random = createRandom(3);
    const made = new MessageMasker(MASK_KINDS, '___', true);
    const view = new Excerpt();
    for (let turn = 0; turn < 5000; turn++) {
      const name = random.pick(['app', 'docker/3f9a1c2b', 'x']);
      const rest = Array.from({ length: random.below(4) }, () =>
        random.pick([' job 7', ' on 10.0.0.1', ' web', ' eth0', ' /a/b1']),
      ).join('');
      const whole = new TextBlock().set(`before 8 ${name}[12]:${rest}\n9 behind`);
      const [from, gap] = [9, 9 + name.length];
      view.setWithGap(whole, from, gap, gap + 4, gap + 5 + rest.length);
      const alone = new MessageMasker(MASK_KINDS, '___', true);
      const text = `${name}:${rest}`;
      const expected = alone.mask(new Excerpt().set(new TextBlock().set(text), 0, text.length)).message.text;
      expect(made.mask(view).message.text).toBe(expected);
    }
  });

  it('a message that is found again is that of its own text, whatever came before', () => {
    const random = createRandom(4);
    const made = new MessageMasker(MASK_KINDS, '___', true);
    const view = new Excerpt();
    for (let turn = 0; turn < 20_000; turn++) {
      const text = Array.from({ length: 1 + random.below(3) }, () =>
        random.pick(['a', 'b', '1', '22', '___']),
      ).join(' ');
      const { message } = made.mask(view.set(view.whole.set(text), 0, text.length));
      expect(message.text).toBe(
        text.replaceAll(/\d+|_+/g, (found) => (found.startsWith('_') ? found : '___')),
      );
    }
  });

  it('the values of the first masks alone are counted', () => {
    const made = new MessageMasker(MASK_KINDS, '_', true);
    const view = new Excerpt();
    const text = '7 '.repeat(100);
    const { message, masked } = made.mask(view.set(view.whole.set(text), 0, text.length));
    expect(message.text).toBe('_ '.repeat(100));
    expect(masked?.spans.length).toBe(64);
  });
});
