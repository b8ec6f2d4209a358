import type { SourceLocation } from '../../base/place.js';
import { config } from '../../base/text/prose.js';
import { quote } from '../../base/text/quote.js';
import { MASK_KINDS, type MaskKind } from '../../rule/automask/mask-kinds.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { from, type SourceText, splitWord } from '../read/source-text.js';
import { type Keyed, keyed, part, type Replacing } from './declare.js';
import { refuse } from './value-kinds.js';

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
