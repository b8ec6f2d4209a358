import type { WinningRule } from './find-rule.js';
import type { Rule, Subject } from './rule.js';

/** A rule or group, in the order of the config; the rules of a group follow the group. */
export type FlatRule =
  | { readonly kind: 'winner'; readonly rule: WinningRule; readonly parent: number }
  | { readonly kind: 'group'; readonly rule: Extract<Rule, { kind: 'group' }>; readonly parent: number };

/** No group around it. */
const NO_PARENT = -1;

/** Rules and groups as one list; `parent` is the index of the group around one, or `NO_PARENT`. */
export function flattenRules(rules: readonly Rule[]): readonly FlatRule[] {
  const flat: FlatRule[] = [];
  const add = (some: readonly Rule[], parent: number): void => {
    for (const rule of some) {
      if (rule.kind !== 'group') {
        flat.push({ kind: 'winner', rule, parent });
        continue;
      }
      const index = flat.push({ kind: 'group', rule, parent }) - 1;
      add(rule.rules, index);
    }
  };
  add(rules, NO_PARENT);
  return flat;
}

/** Whether a group asks for this of an entry. */
export function asksFor(rules: readonly Rule[], subject: Subject): boolean {
  return flattenRules(rules).some(({ rule }) => rule.kind === 'group' && rule.on === subject);
}
