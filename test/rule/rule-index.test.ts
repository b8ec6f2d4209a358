import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRule } from '../../src/rule/find-rule.js';
import { createRuleIndex } from '../../src/rule/rule-index.js';
import { denseCase, type RuleCase, realisticCase, toRules } from './random-rules.js';

/** Automata that forget and simplify all the time are tested as well as roomy ones. */
const LIMITS = [
  { mostStates: 16_384, textsAState: 20 },
  { mostStates: 4, textsAState: 0 },
  { mostStates: 1, textsAState: 1_000_000 },
];

function agrees({ rules: texts, entries }: RuleCase): void {
  const rules = toRules(texts);
  const plain = entries.map((entry) => findRule(rules, entry, () => {}));
  for (const limits of LIMITS) {
    const index = createRuleIndex(rules, () => {}, limits);
    const found = entries.map((entry) => index.find(entry));
    expect(found.map((rule) => rule?.pattern.source)).toEqual(plain.map((rule) => rule?.pattern.source));
    for (const [i, rule] of found.entries()) expect(rule).toBe(plain[i]);
  }
}

describe('the index finds the rule that trying each in order finds', () => {
  it.each([
    ['dense regexes over three letters', denseCase(), 3000],
    ['rules as people write them', realisticCase(), 1500],
  ] as const)('%s', (_, cases, numRuns) => {
    fc.assert(fc.property(cases, agrees), { numRuns });
  });
});

it('never starts a regex that would run for ever on a text that cannot match it', () => {
  const rules = toRules([
    { kind: 'trash', regex: '^(?:(a+)+)+(?<=a)$' },
    { kind: 'queues', regex: 'a' },
  ]);
  const overrun: unknown[] = [];
  const index = createRuleIndex(rules, (rule) => overrun.push(rule));
  expect(index.find({ host: 'h', time: null, text: `${'a'.repeat(60_000)}!` })).toBe(rules[1]);
  expect(overrun).toEqual([]);
});
