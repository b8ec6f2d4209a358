import type { SourceLocation } from '../../base/place.js';
import { config } from '../../base/text/prose.js';
import { quote } from '../../base/text/quote.js';
import { type Exemption, readRange } from '../../queue/timed/exemptions.js';
import { MAX_DURATION, readDuration } from '../read/read-duration.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import { each, type Keyed, keyed, part, type Replacing } from './declare.js';
import { refuse } from './value-kinds.js';

const { raw } = String;

interface OfQueue {
  readonly queue: string;
  /** ms */
  readonly span: number;
  readonly place: SourceLocation;
}

interface ByGroups {
  /** Named groups; none: by host. */
  readonly by: readonly string[];
}

interface OfFleet extends ByGroups {
  /** It counts the hits of all nodes of the fleet together. */
  readonly fleet: boolean;
}

export interface WindowConfig extends OfQueue, OfFleet {
  readonly count: number;
}

export interface ThrottleConfig extends OfQueue, OfFleet {}

export type GatherConfig = OfQueue;

/** `set follows QUEUE OTHER`, and `set mutes OTHER QUEUE`: `queue` mutes, `other` is muted. */
export interface RelationConfig extends OfQueue, ByGroups {
  readonly other: string;
}

export type ExemptConfig = readonly (Exemption & { readonly place: SourceLocation })[];

/** So many hits are remembered of each key at most. */
const MAX_HITS_OF_KEY = 1000;
/** Groups of one key. */
const MAX_GROUPS = 4;

const TIMES = 'such as 90s, 10m, 24h or 7d; at most 366d';

const WINDOW_FORM =
  'write set window QUEUE N TIME [by GROUP[,GROUP]] [fleet], as in set window block 3 24h by ip';
const THROTTLE_FORM =
  'write set throttle QUEUE TIME [by GROUP[,GROUP]] [fleet], as in set throttle alarm 1h by ip';
const FOLLOWS_FORM =
  'write set follows QUEUE OTHER TIME [by GROUP], as in set follows breakin guessing 1h by ip';
const MUTES_FORM = 'write set mutes OTHER QUEUE TIME [by GROUP], as in set mutes unreachable linkdown 5m';
const GATHER_FORM = 'write set gather QUEUE TIME, as in set gather alarm 30s';
const EXEMPT_FORM = 'write set exempt GROUP VALUE..., as in set exempt ip 127.0.0.0/8 fe80::/10';

const window: Replacing<WindowConfig> = {
  grammar: 'QUEUE N TIME [by GROUP[,GROUP]] [fleet]',
  read: readWindow,
  replaced: anew('window'),
  order: 'of the last',
};

const throttle: Replacing<ThrottleConfig> = {
  grammar: 'QUEUE TIME [by GROUP[,GROUP]] [fleet]',
  read: readThrottle,
  replaced: anew('throttle'),
  order: 'of the last',
};

const gather: Replacing<GatherConfig> = {
  grammar: 'QUEUE TIME',
  read: readGather,
  replaced: anew('gather'),
  order: 'of the last',
};

export const TIMED = part(
  'Rules that count in time',
  keyed(
    'window',
    'windows',
    window,
    'none',
    'QUEUE gets a message only with the N-th hit of a key within TIME, and then counts anew. The key: named groups of the rule, or the host.',
    'The other queues of the rule get every line as ever. The message says what filled the window, and its count, first and last time are those of the N hits. See RULES THAT COUNT IN TIME.',
    'With the word fleet the hits of all machines count together (`set fleet`): three logins that fail on three machines fill a window of 3. See RULES THAT COUNT IN TIME.',
    config(
      'set window critical 3 24h by ip',
      raw`critical,report ^sshd: Invalid user (?<user>\S+) from (?<ip>\S+)`,
    ),
  ),
  keyed(
    'throttle',
    'throttles',
    throttle,
    'none',
    'The first hit of a key makes a page of QUEUE at once; later ones within TIME are counted, and told with the next page.',
    'With the word fleet a key makes one page for all machines (`set fleet`), wherever its hits come.',
    'What comes within TIME of the last hit that made a page makes none by itself. Nothing is left out: a queue with a schedule has all of it in its letter anyway, so that there is nothing to throttle.',
    config('set throttle critical 1h by disk', raw`critical ^kernel: (?<disk>sd\w+): I/O error`),
  ),
  each(
    'follows',
    'follows',
    {
      grammar: 'QUEUE OTHER TIME [by GROUP[,GROUP]]',
      read: (text, report) => readRelation(text, report, FOLLOWS_FORM, 'first'),
    },
    'none',
    'QUEUE gets a line only if OTHER got a message of the same key within TIME of it. With several such lines for QUEUE, all must hold.',
    'If OTHER has a window, it is the filled window that counts: a login that succeeds after three that failed. Two logs are read in either order, so the message of OTHER may be a little later than the line, but it must have been read before.',
    config(
      'set window report 3 10m by ip',
      'set follows page report 1h by ip',
      raw`report ^sshd: Failed password for .* from (?<ip>\S+)`,
      raw`page ^sshd: Accepted password for .* from (?<ip>\S+)`,
    ),
  ),
  each(
    'mutes',
    'mutes',
    {
      grammar: 'OTHER QUEUE TIME [by GROUP[,GROUP]]',
      read: (text, report) => readRelation(text, report, MUTES_FORM, 'second'),
    },
    'none',
    'While QUEUE got a message of the same key within TIME, lines make no page of OTHER: they are counted, and told with its next page.',
    config(
      'set mutes page critical 5m by site',
      raw`critical ^router: link to (?<site>\S+) down`,
      raw`page ^monitor: (?<site>\S+) unreachable`,
    ),
  ),
  keyed(
    'gather',
    'gathers',
    gather,
    'none',
    'The first page of QUEUE waits for TIME, so that what belongs to it goes with it.',
    config('set gather page 30s'),
  ),
  each(
    'exempt',
    'exemptions',
    { grammar: 'GROUP VALUE|CIDR...', read: readExempt },
    'none',
    'A line whose named group has such a value feeds no window, throttle, follows or exec: a queue that has one does not get it. Its other queues get it as ever.',
    'A value is a text that must be equal, an address, or a range of addresses. ::ffff:10.1.2.3 is 10.1.2.3, and a zone such as %eth0 does not count. Further lines add further values.',
    config(
      'set window critical 3 24h by ip',
      'set exempt ip 127.0.0.0/8 10.0.0.0/8 192.168.0.0/16 fe80::/10',
      raw`critical ^sshd: Invalid user .* from (?<ip>\S+)`,
    ),
  ),
);

function anew(what: string): (queue: string) => { readonly seen: string; readonly instead: string } {
  return (queue) => ({
    seen: `${quote(queue)} has another ${what} above`,
    instead: 'this line replaces the earlier one',
  });
}

function readWindow(value: SourceText, report: Reporter): Keyed<WindowConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const { word: number, rest: behind } = splitWord(rest);
  if (number.text === '') return refuse(report, value, 'an incomplete window', WINDOW_FORM);
  const count = Number(number.text);
  if (!/^\d{1,4}$/.test(number.text) || count < 1 || count > MAX_HITS_OF_KEY)
    return refuse(report, number, quote(number.text), `write a number from 1 to ${MAX_HITS_OF_KEY}`);
  const spanned = readSpan(behind, report, WINDOW_FORM);
  const keys = spanned && readKeys(spanned.rest, report, WINDOW_FORM);
  if (!spanned || !keys) return undefined;
  const entry = { queue: queue.text, count, span: spanned.span, ...keys, place: value.place };
  return { key: queue.text, entry };
}

function readThrottle(value: SourceText, report: Reporter): Keyed<ThrottleConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const spanned = readSpan(rest, report, THROTTLE_FORM);
  const keys = spanned && readKeys(spanned.rest, report, THROTTLE_FORM);
  if (!spanned || !keys) return undefined;
  return { key: queue.text, entry: { queue: queue.text, span: spanned.span, ...keys, place: value.place } };
}

function readGather(value: SourceText, report: Reporter): Keyed<GatherConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const spanned = readSpan(rest, report, GATHER_FORM);
  if (!spanned) return undefined;
  reportRest(spanned.rest, report);
  return { key: queue.text, entry: { queue: queue.text, span: spanned.span, place: value.place } };
}

/** `queueIs`: which of the two words is the field `queue`. */
function readRelation(
  value: SourceText,
  report: Reporter,
  form: string,
  queueIs: 'first' | 'second',
): RelationConfig | undefined {
  const { word: first, rest } = splitWord(value);
  const { word: second, rest: behind } = splitWord(rest);
  const spanned = readSpan(behind, report, form);
  const by = spanned && readBy(spanned.rest, report, form);
  if (!spanned || !by) return undefined;
  if (first.text === second.text)
    return refuse(report, second, `${quote(second.text)} twice`, 'name two different queues');
  const [queue, other] = queueIs === 'first' ? [first.text, second.text] : [second.text, first.text];
  return { queue, other, span: spanned.span, by, place: value.place };
}

function readSpan(
  text: SourceText,
  report: Reporter,
  form: string,
): { readonly span: number; readonly rest: SourceText } | undefined {
  const { word, rest } = splitWord(text);
  if (word.text === '') return refuse(report, text, 'no time', form);
  const span = readDuration(word.text) ?? 0;
  if (span > 0 && span <= MAX_DURATION) return { span, rest };
  return refuse(report, word, `${quote(word.text)} as a time`, `write one ${TIMES}`);
}

/** `by ip,user`, or nothing. */
function readBy(text: SourceText, report: Reporter, form: string): readonly string[] | undefined {
  const { word, rest } = splitWord(text);
  if (word.text === '') return [];
  if (word.text !== 'by') return refuse(report, word, quote(word.text), form);
  const { word: list, rest: more } = splitWord(rest);
  reportRest(more, report);
  return readGroups(list, report);
}

/** `by ip,user`, `fleet`, both in this order, or nothing. */
function readKeys(text: SourceText, report: Reporter, form: string): OfFleet | undefined {
  const { word, rest } = splitWord(text);
  const { word: list, rest: behind } = splitWord(rest);
  const hasGroups = word.text === 'by';
  const by = hasGroups ? readGroups(list, report) : [];
  if (!by) return undefined;
  const { word: last, rest: more } = splitWord(hasGroups ? behind : text);
  if (last.text !== '' && last.text !== 'fleet') return refuse(report, last, quote(last.text), form);
  if (splitWord(more).word.text === 'by')
    return refuse(report, more, `${quote(more.text)} behind fleet`, `write ${more.text} fleet`);
  reportRest(more, report);
  return { by, fleet: last.text === 'fleet' };
}

function readGroups(list: SourceText, report: Reporter): readonly string[] | undefined {
  const groups = [...new Set(list.text.split(','))];
  const odd = groups.find((name) => !isGroupName(name));
  if (odd !== undefined)
    return refuse(report, list, `${quote(odd)} as a group`, 'write the name of a group, as in (?<ip>\\S+)');
  if (groups.length > MAX_GROUPS)
    return refuse(report, list, `${groups.length} groups`, `name at most ${MAX_GROUPS}`);
  return groups;
}

/** As Perl names groups (perlre, "Capture groups"). */
function isGroupName(text: string): boolean {
  return /^[A-Za-z_]\w{0,31}$/.test(text);
}

function readExempt(value: SourceText, report: Reporter): ExemptConfig | undefined {
  const { word: group, rest } = splitWord(value);
  if (!isGroupName(group.text) || rest.text === '')
    return refuse(report, value, 'an incomplete exemption', EXEMPT_FORM);
  const exempt: (Exemption & { place: SourceLocation })[] = [];
  for (let { word, rest: more } = splitWord(rest); word.text !== ''; { word, rest: more } = splitWord(more)) {
    if (/^[\d.:a-f]+\/\d+$/i.test(word.text) && !readRange(word.text))
      return refuse(
        report,
        word,
        `${quote(word.text)} as a range of addresses`,
        'write one such as 10.0.0.0/8',
      );
    exempt.push({ group: group.text, value: word.text, place: value.place });
  }
  return exempt;
}
