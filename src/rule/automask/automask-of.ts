import type { Rule } from '../rule.js';
import type { MaskKind } from './mask-kinds.js';
import { MessageMasker } from './message-masker.js';

type QueueRule = Extract<Rule, { readonly kind: 'queues' }>;

/** The kinds that queues mask by themselves. */
export type Automasks = ReadonlyMap<string, readonly MaskKind[]>;

/** What masks the messages of a rule: the same for all its queues, or something else for some of them. */
export type Automask =
  | { readonly kind: 'all'; readonly masker: MessageMasker }
  | { readonly kind: 'some'; readonly maskers: ReadonlyMap<string, MessageMasker> };

/**
 * What queues mask in the messages of a rule; null: nothing. A rule with groups says itself what is masked. `values`: the
 * queues that record masked values.
 */
export function automaskOf(
  { pattern, targets }: QueueRule,
  automasks: Automasks | undefined,
  mask: string,
  values: ReadonlySet<string> | undefined,
): Automask | null {
  if (pattern.groupCount > 0 || !automasks) return null;
  const queues = targets.map(({ queue }) => queue);
  const masked = queues.filter((queue) => automasks.has(queue));
  if (masked.length === 0) return null;
  const byKinds = new Map<string, MessageMasker>();
  const maskers = new Map<string, MessageMasker>();
  for (const queue of masked) {
    const kinds = automasks.get(queue) ?? [];
    const isSame = masked.filter((other) => automasks.get(other)?.join() === kinds.join());
    const records = isSame.some((other) => values?.has(other));
    const masker = byKinds.get(kinds.join()) ?? new MessageMasker(kinds, mask, records);
    byKinds.set(kinds.join(), masker);
    maskers.set(queue, masker);
  }
  const [masker] = byKinds.values();
  return byKinds.size === 1 && masked.length === queues.length && masker
    ? { kind: 'all', masker }
    : { kind: 'some', maskers };
}
