import { hashMessage } from '../../base/hash-message.js';
import type { FlatRule } from '../flat-rules.js';
import type { Rule } from '../rule.js';

/** 84 bits: two rules of a config never share a key by chance. States hold keys, so the number must not change. */
const KEY_CHARACTERS = 14;

/**
 * The key of a rule: it stays the same as long as its queues, its regex and the groups around it are written the same,
 * wherever they stand.
 */
export function ruleKey(flat: readonly FlatRule[], number: number): string {
  const chain: string[] = [];
  for (let one = flat[number]; one; one = flat[one.parent]) chain.push(textOf(one.rule));
  return hashMessage(chain.join('\n'), KEY_CHARACTERS);
}

/** What a rule feeds, as it is written: `trash`, or `a,b:10`. For a group: its directive. */
export function feedsOf(rule: Rule): string {
  switch (rule.kind) {
    case 'group':
      return rule.on === 'text' ? 'group' : `group_${rule.on}`;
    case 'queues':
      return rule.targets.map(({ queue, every }) => (every === null ? queue : `${queue}:${every}`)).join();
    default:
      return rule.kind;
  }
}

function textOf(rule: Rule): string {
  return `${feedsOf(rule)} ${rule.pattern.source}`;
}
