import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextBlock } from '../../src/base/text/text-block.js';
import type { Entry } from '../../src/line/entry.js';
import { Excerpt, excerptOf } from '../../src/line/excerpt.js';
import { createClassifier } from '../../src/rule/classify.js';
import { findRule } from '../../src/rule/find-rule.js';
import type { Rule } from '../../src/rule/rule.js';
import { createRuleIndex } from '../../src/rule/rule-index.js';
import { RuleState } from '../../src/rule/rule-state.js';
import type { CountedVerdict, Verdict } from '../../src/rule/verdict.js';
import { denseCase, type RuleCase, type RuleText, realisticCase, toRules } from './random-rules.js';

const CASES = [
  ['dense regexes over three letters', 2000, denseCase()],
  ['rules as people write them', 1000, realisticCase()],
] as const;

/** Automata that forget and simplify all the time are tested as well as roomy ones. */
const LIMITS = [
  { maxStates: 16_384, textsAState: 20, maxWork: 200_000 },
  { maxStates: 4, textsAState: 0, maxWork: 200_000 },
  { maxStates: 1, textsAState: 1_000_000, maxWork: 200_000 },
  { maxStates: 16_384, textsAState: 0, maxWork: 150 },
];

/** Entries for which the index said the same as trying each rule. */
let compared = 0;

function agrees({ rules: texts, entries: all }: RuleCase): void {
  // Lines hold no newline; whoever asks the index keeps other texts from it.
  const entries = all.filter(({ text }) => !text.includes('\n'));
  const rules = toRules(texts);

  const plain = entries.map((entry) => findRule(rules, entry, () => {}));
  for (const limits of LIMITS) {
    const index = createRuleIndex(rules, () => {}, limits);
    const found = entries.map((entry) => index.flat[index.find(excerptOf(entry))]?.rule ?? null);
    expect(found.map((rule) => rule?.place.line)).toEqual(plain.map((rule) => rule?.place.line));
    for (const [i, rule] of found.entries()) expect(rule).toBe(plain[i]);
    compared += found.length;
    // The same where the text lies in a larger one, with a gap in it.
    const gapped = entries.map((entry) => index.flat[index.find(withGap(entry))]?.rule ?? null);
    for (const [i, rule] of gapped.entries()) expect(rule).toBe(plain[i]);
  }
}

function withGap({ host, text, file, priority }: Entry): Excerpt {
  const excerpt = new Excerpt();
  excerpt.host = host;
  excerpt.file = file ?? null;
  excerpt.priority = priority ?? null;
  const half = text.length >> 1;
  const whole = `before\n${text.slice(0, half)}[123]${text.slice(half)}\nabc`;
  return excerpt.setWithGap(new TextBlock().set(whole), 7, 7 + half, 12 + half, 12 + text.length);
}

/** A verdict that stays when the next one is asked for. */
type KeptVerdict =
  | Exclude<Verdict, CountedVerdict>
  | (Omit<CountedVerdict, 'message'> & { readonly message: string });

function keep(verdict: Verdict): KeptVerdict {
  return verdict.kind === 'counted' ? { ...verdict, message: verdict.message.text } : verdict;
}

/** Verdicts as they follow from the plain meaning of rules, one entry after another. */
function plainVerdicts(rules: readonly Rule[], entries: readonly Entry[]): KeptVerdict[] {
  const last = new Map<string, string | null>();
  return entries.map((entry): KeptVerdict => {
    const { host, text } = entry;
    const rule = findRule(rules, entry, () => {});
    if (rule?.kind === 'repeat') {
      const group = rule.pattern.exec(text)?.groups[0];
      const count = group ? Number.parseInt(text.slice(group.start, group.end), 10) : 0;
      const message = last.get(host) ?? null;
      if (message === null || !(count > 0)) return { kind: 'idle' };
      return {
        kind: 'counted',
        message,
        counts: [{ queue: 'a', count, how: 'add' }],
        masked: undefined,
        groups: undefined,
      };
    }
    const message = rule?.kind === 'queues' ? rule.pattern.mask(text, '___') : null;
    last.set(host, message);
    if (message === null) return { kind: rule ? 'trash' : 'unknown' };
    return {
      kind: 'counted',
      message,
      counts: [{ queue: 'a', count: 1, how: 'add' }],
      masked: undefined,
      groups: undefined,
    };
  });
}

function judgesAlike({ rules: texts, entries }: RuleCase): void {
  const rules = toRules(texts);
  const memory = new RuleState({ last: [], hits: [] });
  const judge = createClassifier({ rules, mask: '___', state: memory, onOverrun() {} });
  expect(entries.map((entry) => keep(judge(entry)))).toEqual(plainVerdicts(rules, entries));
}

const NOTHING_MASKED = { masked: undefined, groups: undefined };

/** Keeping values changes no verdict, and the masked values, put back, give the text. */
function keepsAlike({ rules: texts, entries }: RuleCase): void {
  const rules = toRules(texts);
  const judge = (values: ReadonlySet<string>) =>
    createClassifier({
      rules,
      mask: '\u0001',
      state: new RuleState({ last: [], hits: [] }),
      values,
      onOverrun() {},
    });
  const [without, keeping] = [judge(new Set()), judge(new Set(['a']))];
  for (const entry of entries) {
    const plain = without(entry);
    const kept = keeping(entry);
    expect(keep({ ...kept, ...(kept.kind === 'counted' ? NOTHING_MASKED : {}) })).toEqual(keep(plain));
    if (kept.kind !== 'counted' || !kept.masked) continue;
    const { whole, spans } = kept.masked;
    const { text } = whole;
    const values = Array.from({ length: spans.length / 2 }, (_, i) =>
      text.slice(spans[2 * i], spans[2 * i + 1]),
    );
    expect(kept.message.text.replaceAll('\u0001', () => values.shift() ?? 'too few')).toBe(entry.text);
    expect(values).toEqual([]);
  }
}

describe('masked values', () => {
  it.each(CASES)('%s: %i sets of rules', (_, numRuns, cases) => {
    fc.assert(fc.property(cases, keepsAlike), { numRuns });
  });
});

describe('the index finds the rule that trying each in order finds', () => {
  it.each(CASES)('%s: %i sets of rules', (_, numRuns, cases) => {
    const before = compared;
    fc.assert(fc.property(cases, agrees), { numRuns });
    expect(compared - before).toBeGreaterThan(5 * numRuns);
  });
});

describe('rule sets for which the index once found another rule', () => {
  const group = (regex: string, ...rules: RuleText[]): RuleText => ({
    kind: 'group',
    on: 'text',
    regex,
    rules,
  });
  const any: RuleText = { kind: 'queues', regex: '|' };
  it.each([
    ['a sure group within one whose regex may run too long', group('(.)(?<=c)|', group('^[^a]', any))],
    ['the same with a repeated capture', group('(.)(?<=ab|c)|', group('^([^a]){2,}', any))],
  ])('%s', (_, rule) => {
    agrees({
      rules: [rule],
      entries: ['AA', 'bb', 'a', ''].map((text) => ({ host: 'a', text, time: null })),
    });
  });
});

describe('judged through the index, entries have the verdict and the masks of the plain rules', () => {
  it.each(CASES)('%s: %i sets of rules', (_, numRuns, cases) => {
    fc.assert(fc.property(cases, judgesAlike), { numRuns });
  });
});

it('never starts a regex that would run for ever on a text that cannot match it', () => {
  const rules = toRules([
    { kind: 'trash', regex: '^(?:(a+)+)+(?<=a)$' },
    { kind: 'queues', regex: 'a' },
  ]);
  const overrun: unknown[] = [];
  const index = createRuleIndex(rules, (rule) => overrun.push(rule));
  expect(index.find(excerptOf({ host: 'h', time: null, text: `${'a'.repeat(60_000)}!` }))).toBe(1);
  expect(overrun).toEqual([]);
});
