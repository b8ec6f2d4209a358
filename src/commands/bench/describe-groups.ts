import type { Pattern } from '../../perl-regex/perl-regex.js';
import type { Phase } from './describe-line.js';

/** The second phase: what the capture groups of a rule took from a text that it matches. */
export function describeGroups(pattern: Pattern, text: string): Phase {
  const title = '2. The groups';
  const found = pattern.exec(text);
  const masked = new Set(pattern.maskedSpans(text)?.groups ?? []);
  const rows = (found?.groups ?? []).map((span, at) => {
    const name = pattern.groupNames[at];
    return [
      `$${at + 1}`,
      name ?? '',
      span === null ? '' : text.slice(span.start, span.end),
      span === null
        ? 'took no part'
        : masked.has(at) || masked.has(-1)
          ? 'masked'
          : 'within another, which is masked',
    ];
  });
  return { title, rows: rows.length > 0 ? rows : [['none', 'nothing of the line is masked']] };
}
