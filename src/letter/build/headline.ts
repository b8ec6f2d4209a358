import { compare } from '../../base/compare.js';
import { groupBy } from '../../base/group-by.js';
import { escapeControl } from '../../base/text/escape.js';
import { DAY } from '../../base/time/duration.js';
import { contentsOf, hostsOf, type Item, type Letter } from '../letter.js';
import { columnsOf, MAX_LINE_COLUMNS, shorten } from '../render/columns.js';
import { createTimes, type Times } from '../render/times.js';
import type { Words } from '../words/words.js';
import { wordsOf } from '../words/words-of.js';
import { WORTH } from './gathering.js';
import { itemOf } from './item-of.js';
import { showMessage } from './show-message.js';

/** So many of the things that happen stand in a letter's first lines: what a phone shows of it. */
const MAX_HEADLINES = 3;

/** A message is shortened no further than this, however long its host's name is (columns). */
const MIN_MESSAGE_COLUMNS = 30;

/** Of a longer name its beginning is shown. */
const HOST_COLUMNS = 30;

/** What was written so shortly before the letter was made (ms) is still going on. */
const GOING_ON = 2 * 60_000;

/** What happens, worst first: what is new, louder or back, then what was said most often; each on all its hosts. */
export function happenings({
  parts,
  hosts,
}: Pick<Letter, 'hosts'> & { readonly parts: HeadParts | null }): Item[] {
  const news = (parts?.news ?? []).toSorted(
    (a, b) => WORTH[a.news.kind] - WORTH[b.news.kind] || byCount(a, b),
  );
  const rows = hosts.flatMap(({ host, messages }) => messages.map((message) => ({ host, ...message })));
  const routine = [...groupBy(rows, ({ message }) => message).values()].map((of) => itemOf(of));
  return [...news, ...[...(parts?.shared ?? []), ...routine].sort(byCount)];
}

type HeadParts = Pick<NonNullable<Letter['parts']>, 'news' | 'shared'>;

/** The first lines of a letter that tells of trouble, that of its worst section first: `17x I/O error on sdb, web1, since 19:23, going on`. */
export function headlines(letter: Letter): string[] {
  const words = wordsOf(letter.language);
  const times = createTimes({ from: letter.made - DAY, to: letter.made }, letter, words);
  return contentsOf(letter)
    .filter(({ kind }) => kind === 'trouble')
    .flatMap(happenings)
    .slice(0, MAX_HEADLINES)
    .map((item) => headline(item, letter, times, words));
}

function headline(item: Item, { made, mask }: Letter, times: Times, words: Words): string {
  const of = { count: item.count, where: whereOf(item, words), when: whenOf(item, made, times, words) };
  const rest = columnsOf(words.happens.line({ ...of, message: '' }));
  const columns = Math.max(MIN_MESSAGE_COLUMNS, MAX_LINE_COLUMNS - rest);
  const whole = escapeControl(briefly(item, mask));
  const text = columnsOf(whole) > columns ? whole.replace(PROGRAM, '') : whole;
  const message = shorten(text, columns).replace(/[\s_,;:.]+…$/, '…');
  return words.happens.line({ ...of, message }).trimEnd();
}

/** A message with its values in their place. */
export function briefly(item: Item, mask: string): string {
  return withoutUptime(showMessage(item, mask).message);
}

/** The kernel's own clock before its messages tells nobody anything. */
export function withoutUptime(message: string): string {
  return message.replace(UPTIME, '$1');
}

/** Where there is little room, what happens is worth more than who says it. */
const PROGRAM = /^[\w./-]+: (?=.)/;

const UPTIME = /^(kernel: )\[[^\]]{1,20}\] /;

function whereOf(item: Item, words: Words): string {
  const [one] = item.hosts;
  const all = hostsOf(item);
  return all === 1 && one ? shorten(escapeControl(one.host), HOST_COLUMNS) : words.manyHosts(all);
}

function whenOf(
  { count, first, last }: Item,
  made: number,
  { span }: Times,
  { happens, period }: Words,
): string {
  if (first === null || last === null) return '';
  const [from, to] = [span(first, first), span(last, last)];
  if (count > 1 && last <= made && last > made - GOING_ON) return happens.goingOn(from);
  return from === to ? happens.at(from) : period(from, to);
}

function byCount(a: Item, b: Item): number {
  return b.count - a.count || compare(a.message, b.message);
}
