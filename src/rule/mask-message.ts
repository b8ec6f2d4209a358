import { ComposedText } from '../base/text/composed-text.js';
import { TextBlock } from '../base/text/text-block.js';
import type { Entry } from '../line/entry.js';
import { Excerpt } from '../line/excerpt.js';
import {
  composeMasked,
  composeWhole,
  type MaskedSpans,
  type Match,
  maskSpans,
  withinLimit,
} from '../perl-regex/perl-regex.js';
import type { PlacedSpans } from './read-groups.js';
import type { Rule } from './rule.js';
import type { NamedMaskedSpans } from './verdict.js';

/** What `maskerOf` needs of a rule set. */
export interface Masking {
  /** The text that replaces each masked group. */
  readonly mask: string;
  onOverrun(rule: Rule): void;
}

type QueueRule = Extract<Rule, { readonly kind: 'queues' }>;

/** Valid until the next entry. */
export interface MaskedMessage {
  readonly message: ComposedText;
  readonly masked: NamedMaskedSpans | undefined;
  /** For who reads groups, else null. */
  readonly spans: PlacedSpans | null;
}

/** Makes what composes the message of a rule's entries; a mask that exceeds the match limit leaves the text as it is. */
export function maskerOf(
  rule: QueueRule,
  { mask, onOverrun }: Masking,
  { records, readsGroups }: { readonly records: boolean; readonly readsGroups: boolean },
): (entry: Entry) => MaskedMessage {
  const { pattern } = rule;
  const message = new ComposedText();
  const unmasked: MaskedMessage = { message, masked: undefined, spans: null };
  const whole = (entry: Entry): MaskedMessage => {
    if (entry instanceof Excerpt) composeWhole(message, entry);
    else message.set(entry.text);
    return unmasked;
  };
  // Without groups there is nothing to mask, and the rule is known to match.
  if (pattern.groupCount === 0) return whole;
  const named = spanNamerOf(rule);
  const alone = new TextBlock();
  const maskUnits = new ComposedText().set(mask).copy();
  return (entry) => {
    const inPlace = entry instanceof Excerpt ? pattern.maskedSpansIn(entry) : null;
    if (inPlace && entry instanceof Excerpt) {
      composeMasked(message, entry, inPlace, maskUnits);
      const spans = readsGroups ? { text: entry.whole.text, masked: inPlace } : null;
      if (!records && !spans) return unmasked;
      return { message, masked: records ? named(entry.whole, inPlace) : undefined, spans };
    }
    const { text } = entry;
    const masked = orElse(rule, onOverrun, () => pattern.maskedSpans(text));
    if (!masked) return whole(entry);
    message.set(maskSpans(text, masked, mask));
    const spans = readsGroups ? { text, masked } : null;
    return { message, masked: records ? named(alone.set(text), masked) : undefined, spans };
  };
}

/** Finds the masked values where the message is fixed; exceeding the match limit then only loses the values. */
export function valueFinderOf(rule: QueueRule): (entry: Entry) => NamedMaskedSpans | undefined {
  const named = spanNamerOf(rule);
  const alone = new TextBlock();
  return (entry) => {
    if (entry instanceof Excerpt) {
      const inPlace = rule.pattern.maskedSpansIn(entry);
      if (inPlace) return named(entry.whole, inPlace);
    }
    const { text } = entry;
    const masked = orElse(
      rule,
      () => {},
      () => rule.pattern.maskedSpans(text),
    );
    return masked ? named(alone.set(text), masked) : undefined;
  };
}

function spanNamerOf({ pattern }: QueueRule): (whole: TextBlock, masked: MaskedSpans) => NamedMaskedSpans {
  const { groupNames } = pattern;
  if (groupNames.every((name) => name === null))
    return (whole, { spans }) => ({ whole, spans, names: NO_NAMES });
  return (whole, { spans, groups }) => ({
    whole,
    spans,
    names: groups.map((group) => groupNames[group] ?? null),
  });
}

const NO_NAMES: readonly string[] = [];

/** Without a report: exceeding the match limit here only loses the values of groups. */
export function execOf(rule: QueueRule, text: string): Match | null {
  return orElse(
    rule,
    () => {},
    () => rule.pattern.exec(text),
  );
}

/** The result of a regex, or null if it exceeded its match limit. */
export function orElse<T>(rule: Rule, onOverrun: Masking['onOverrun'], find: () => T | null): T | null {
  return withinLimit(find, () => {
    onOverrun(rule);
    return null;
  });
}
