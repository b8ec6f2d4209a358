import type { SourceLocation } from '../../base/place.js';
import { config, terms } from '../../base/text/prose.js';
import { quote } from '../../base/text/quote.js';
import { compile } from '../../perl-regex/perl-regex.js';
import { MASK_KINDS, type MaskKind } from '../../rule/automask/mask-kinds.js';
import { BUILT_IN_PATTERNS } from '../../rule/built-in-patterns.js';
import { expandPatterns } from '../../rule/expand-patterns.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { from, type SourceText, splitWord } from '../read/source-text.js';
import { type Keyed, keyed, part, type Replacing } from './declare.js';
import type { ReadContext } from './directive.js';
import { readPattern } from './read-pattern.js';
import { onOff, refuse } from './value-kinds.js';

export interface AutomaskConfig {
  readonly queue: string;
  /** In the order of the manual, each once. */
  readonly kinds: readonly MaskKind[];
  readonly place: SourceLocation;
}

/** `QUEUE [KIND,...]`, or `QUEUE off`. */
const automask: Replacing<AutomaskConfig> = {
  grammar: 'QUEUE [KIND,...]|off',
  read: readAutomask,
  replaced: (queue) => ({
    seen: `another automask of ${quote(queue)}`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the last',
};

export interface SuggestConfig {
  /** null: all queues that have no line of their own. */
  readonly queue: string | null;
  readonly on: boolean;
  readonly place: SourceLocation;
}

/** `on|off [QUEUE]`. */
const suggest: Replacing<SuggestConfig> = {
  grammar: 'on|off [QUEUE]',
  read: readSuggest,
  replaced: () => null,
  order: 'of the last',
};

/** A named pattern. Its names of others are replaced. */
export interface PatternConfig {
  readonly name: string;
  readonly regex: string;
  /** null: it is built in. */
  readonly place: SourceLocation | null;
}

const pattern: Replacing<PatternConfig> = {
  grammar: 'NAME REGEX',
  read: readNamedPattern,
  replaced: (name) => ({
    seen: `another pattern ${quote(name)}`,
    instead: BUILT_IN_PATTERNS.some(([known]) => known === name)
      ? 'this line replaces the built-in one'
      : 'this line replaces the earlier one',
  }),
  order: 'of the last',
};

const builtIn = (): Map<string, PatternConfig> =>
  new Map(BUILT_IN_PATTERNS.map(([name, regex]) => [name, { name, regex, place: null }]));

/** A longer regex (characters) is not printed by the manual: it does not fit on a line. */
const MAX_SHOWN = 60;

const NAMED = keyed(
  'pattern',
  'patterns',
  pattern,
  'IP, HOST, USER, MAIL, PATH, NUMBER, HEX, UUID, MAC',
  'A regex with a name. %{NAME} in a regex stands for it; %{NAME:group} is a group of that name, which is masked.',
  'It holds for the whole config, above and below, in every regex. A pattern may use others that stand above it. It has no capture groups, which are named where it is used; write `(?:...)` in it. Modifiers of the rule, such as `(?i)`, do not hold in it. Built in are:',
  terms(
    ...BUILT_IN_PATTERNS.map(([name, regex, takes]): [string, string] => [
      name,
      regex.length > MAX_SHOWN ? `${takes}.` : `${takes}: \`${regex}\``,
    ]),
  ),
  'Everything else stays what it is to Perl: `%{` in front of a name that no pattern has (a warning says so), in a class such as `[%{]`, and behind a backslash.',
  config(
    String.raw`set pattern JOB [a-z]+-\d+`,
    'report ^backup: job %{JOB:job} of %{IP:address} took (?:%{NUMBER} s)',
  ),
);

export const RULE_HELP = part(
  'Help for rules',
  keyed(
    'automask',
    'automasks',
    automask,
    'off',
    'Mask, in messages that come to QUEUE by a rule without groups, what is a value by its look. KIND: number, address, hex, id, uuid, time, path; without KIND, all of them.',
    'For a queue such as `misc`, whose rule `misc .*` masks nothing: without it each line with another number is another message. A plain word is never masked, so `started` and `stopped` stay apart. The letter shows the values under their masks, as for capture groups. Values that stand side by side, joined by a dot, a dash or an underscore, are one; of a name with a number (`eth0`) the number is masked. Numbers in the name of the program at the beginning stay (`python3:`), and so do names of standards (`sha256`, `ipv6`).',
    'number: with sign, unit (`12ms`) and groups behind dots (`1.2.3`). address: of IPv4, IPv6, hardware and mail. hex: six digits and more, or behind `0x`. id: letters and digits mixed, keys in Base64. time: a clock, a date, or both. path: a path or URL with a number in it. What belongs to a KIND that is not named stays as it is. A rule that feeds several queues masks for each as its line says. Lines of the queue noprefix, which no rule brings, are masked, too.',
    config('set automask report', 'set automask critical number,address,time'),
  ),
  keyed(
    'suggest',
    'suggests',
    suggest,
    'off',
    'End the letters of QUEUE with the three best rules for what they tell. Without QUEUE: those of all queues that have no such line of their own.',
    'For a queue such as `misc`, which a rule without groups such as `misc .*` fills: others propose nothing. What a rule of its own takes is not proposed again. Each rule comes with a comment on what it would take, a sample line and what becomes of it, and can be copied into a file of rules as it stands; that file must stand in front of the rule that takes everything else. The rules name the queue that the lines come to now: write another queue, or `trash`, in its place. They are made, as `tayori suggest` makes them, of what the letter tells, of its first 20,000 messages at most (which the letter says), and of kinds with three lines or more. Samples show values that were masked, but not those of `set values QUEUE off`. Plain and pager letters propose nothing.',
    config(
      'set queue misc logs@example.org me@example.org [35 12 * * *] Unknown',
      'set automask misc',
      'set suggest on misc',
      'misc .*',
    ),
  ),
  { ...NAMED, start: builtIn },
);

function readAutomask(value: SourceText, report: Reporter): Keyed<AutomaskConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const { word: list, rest: more } = splitWord(rest);
  reportRest(more, report);
  if (queue.text === '')
    return refuse(report, value, 'no queue', 'write set automask QUEUE, or set automask QUEUE number,time');
  const key = queue.text;
  if (list.text === 'off') return { key, entry: null };
  const kinds = list.text === '' ? MASK_KINDS : readKinds(list, report);
  return kinds && { key, entry: { queue: key, kinds, place: value.place } };
}

function readSuggest(
  value: SourceText,
  report: Reporter,
  context: ReadContext,
): Keyed<SuggestConfig> | undefined {
  const { word, rest } = splitWord(value);
  const { word: queue, rest: more } = splitWord(rest);
  reportRest(more, report);
  const on = onOff.read(word, report, context);
  if (on === undefined) return undefined;
  const named = queue.text === '' ? null : queue.text;
  return { key: named ?? '', entry: { queue: named, on, place: value.place } };
}

function readNamedPattern(
  value: SourceText,
  report: Reporter,
  context: ReadContext,
): Keyed<PatternConfig> | undefined {
  const { word, rest } = splitWord(value);
  const name = word.text;
  if (!/^[A-Za-z]\w{0,31}$/.test(name))
    return refuse(report, word, `${quote(name)} as a name`, 'write a letter, then letters, digits and _');
  if (rest.text === '') return refuse(report, value, 'no regex', `write set pattern ${name} \\S+`);
  const found = readPattern(rest, report, context);
  if (!found) return undefined;
  if (found.groupCount > 0)
    return refuse(
      report,
      rest,
      'a capture group in a named pattern',
      'write (?:...) here, and %{NAME:group} in rules',
    );
  const regex = expandPatterns(rest.text, context.patterns).text;
  if (!compile(`(?^:${regex})`).ok)
    return refuse(
      report,
      rest,
      'a regex that cannot stand in another one',
      'take the comment at its end out',
    );
  return { key: name, entry: { name, regex, place: value.place } };
}

function readKinds(list: SourceText, report: Reporter): readonly MaskKind[] | undefined {
  const named = new Set<string>();
  let at = list;
  let isSound = true;
  for (const word of list.text.split(',')) {
    if (!isKind(word)) {
      isSound = false;
      report.error(
        { ...at, text: word },
        word === '' ? 'a comma without a kind' : `unknown kind ${quote(word)}`,
        `write some of ${MASK_KINDS.join(', ')}, with commas and without blanks; or off`,
      );
    }
    named.add(word);
    at = from(at, word.length + 1);
  }
  return isSound ? MASK_KINDS.filter((kind) => named.has(kind)) : undefined;
}

function isKind(word: string): word is MaskKind {
  return MASK_KINDS.some((kind) => kind === word);
}
