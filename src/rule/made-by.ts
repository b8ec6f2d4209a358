import { maskedPattern, withinLimit } from '../perl-regex/perl-regex.js';
import type { Rule } from './rule.js';
import { type PlacedRule, placedRules } from './why-not.js';

/** An entry of a letter. */
export interface MadeEntry {
  readonly queue: string;
  readonly message: string;
  /** The hosts that it came from. */
  readonly hosts: readonly string[];
}

/**
 * The rules that can have made an entry, in their order: those of its queue whose regex matches the masked message, with
 * the mask in place of a group. Groups count as far as they can be asked: by the host.
 */
export function rulesOf(
  rules: readonly Rule[],
  { queue, message, hosts }: MadeEntry,
  mask: string,
): PlacedRule[] {
  return placedRules(rules).filter(
    ({ rule, groups }) =>
      rule.kind === 'queues' &&
      rule.targets.some((target) => target.queue === queue) &&
      groups.every(
        (group) =>
          group.on !== 'host' ||
          hosts.length === 0 ||
          hosts.some((host) => isMatch(() => group.pattern.test(host))),
      ) &&
      isMatch(() => maskedPattern(rule.pattern.source, mask).test(message)),
  );
}

function isMatch(test: () => boolean): boolean {
  return withinLimit(test, () => false);
}
