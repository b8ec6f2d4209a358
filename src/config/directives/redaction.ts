import { config } from '../../base/text/prose.js';
import type { Pattern } from '../../perl-regex/perl-regex.js';
import type { Reporter } from '../read/report.js';
import type { SourceText } from '../read/source-text.js';
import type { Setting } from '../setting.js';
import { each, part } from './declare.js';
import type { ReadContext } from './directive.js';
import { readPattern } from './read-pattern.js';
import { refuse } from './value-kinds.js';

const { raw } = String;

export const REDACTION = part(
  'What is told to nobody',
  each(
    'redact',
    'redactions',
    { grammar: 'REGEX', read: readRedaction },
    'none',
    'Mask what the regex matches, wherever it stands in a message or a host, before rules see it. It may be repeated.',
    'Passwords, tokens, numbers of cards: neither letters nor the state, its samples of lines, values, csv, filters, nor what `tayori` prints of lines ever hold them. If the regex has capture groups, what these match is masked; a match in which none took part is masked whole. The text is what rules would see: decoded, joined, without its prefix. Lines without a known prefix are masked, too. The rules see the mask (`set mask`) in its place, so write them for that.',
    'A regex that exceeds its match limit on a line masks the whole line, and that is told; so does what follows the thousandth match of a line. Paths of logs, and what was counted before the directive was there, stay as they are; letters that were kept can be deleted by `set letters`.',
    config(
      raw`set redact (?i)\b(?:password|passwd|token|secret)[=:]\s*(\S+)`,
      raw`set redact \b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}\b`,
    ),
  ),
);

function readRedaction(
  text: SourceText,
  report: Reporter,
  context: ReadContext,
): Setting<Pattern> | undefined {
  if (text.text === '') return refuse(report, text, 'no regex', raw`write set redact password=(\S+)`);
  const pattern = readPattern(text, report, context);
  if (pattern?.test(''))
    return refuse(
      report,
      text,
      'the regex matches an empty text, too, and would pass over what it is for',
      raw`write one that must match something, such as \S+ instead of \S*`,
    );
  return pattern ? { value: pattern, place: text.place } : undefined;
}
