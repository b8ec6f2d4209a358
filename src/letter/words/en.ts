import { describeDuration } from '../../base/time/duration.js';
import type { Changes } from '../letter.js';
import { number } from './number.js';
import type { Change, FreshMention, Group, LinesLost, StormMention, ValueKind, Words } from './words.js';

export const EN: Words = {
  language: 'en',
  verdict: {
    first: 'The first letter of its kind: there is nothing to compare it with yet.',
    unchanged: (kind, since) => {
      const than = since === null ? '' : ` since ${since}`;
      return kind === 'report'
        ? `Nothing new${than}, nothing missing.`
        : `Nothing new${than || ': all of it was seen before'}.`;
    },
    nothing: (since) => `Nothing to report since ${since}.`,
    changes: (counts) => `${counts.atLeast ? 'At least ' : ''}${changes(counts)}; else as usual.`,
    glance: (verdict) => `Put aside, for a glance: ${verdict.charAt(0).toLowerCase()}${verdict.slice(1)}`,
    silent: ({ hosts, more }) =>
      `Fell silent: ${hosts.join(', ')}${more > 0 ? ` and ${plain(more, 'more host')}` : ''}; nearly every letter before had something of ${hosts.length + more > 1 ? 'them' : 'it'}.`,
    absent: ({ missing, all }) =>
      `${number(missing)} of ${number(all)} nodes ${missing === 1 ? 'has not reported in time, and is' : 'have not reported in time, and are'} missing here.`,
  },
  yesterday: 'yesterday',
  happens: {
    line: ({ count, message, where, when }) =>
      [`${number(count)}x ${message}`, where, when].filter((text) => text !== '').join(', '),
    at: (time) => time,
    goingOn: (since) => `since ${since}, going on`,
  },
  subject: {
    first: 'first letter',
    unchanged: 'nothing new',
    nothing: 'nothing to report',
    changes: (counts) => `${changes(counts)}${counts.atLeast ? ' or more' : ''}`,
    lines: (count) => amount(count, 'line'),
    happens: (count, message) => `${number(count)}x ${message}`,
    over: (text) => `over: ${text}`,
    secondWay: (subject) => `${subject} (second way)`,
  },
  proposals: (lookedAt) =>
    `RULES FOR MOST OF THIS${lookedAt === null ? '' : `, from its first ${number(lookedAt)} messages`} ("tayori suggest" shows more):`,
  titles: {
    new: 'NEW',
    louder: 'LOUDER',
    back: 'BACK',
    gone: 'GONE',
    shared: 'ON MANY HOSTS',
    addresses: 'BY ADDRESS',
    masked: 'UNDER THE MASK',
  },
  columns: { count: 'Count', message: 'Message' },
  times: (count) => `[${count}x]`,
  usuallyTimes: (count) => `[usually ${count}x]`,
  pieces: '; ',
  comma: ', ',

  day: (month, day, year) =>
    `${MONTHS[month - 1]} ${String(day).padStart(2, '0')}${year === null ? '' : ` ${fourDigits(year)}`}`,
  span: (first, last) => `${first} – ${last}`,
  period: (from, to) => `${from} to ${to}`,
  size: ({ lines, messages, hosts }) =>
    `${amount(lines, 'line')} in ${amount(messages, 'message')} of ${amount(hosts, 'host')}`,
  axis: (hours, from) => `A column of a bar is ${stretch(hours)}; the first begins ${from}.`,

  neverSeen: 'never seen before',
  original: (line) => `first: ${line}`,
  newHere: (hosts) => `new ${hosts === 1 ? 'here' : 'there'}, known on other hosts`,
  usually: (count) => `usually ${number(count)}`,
  lastSeen: (time) => `last seen ${time}`,
  hosts: (count, named) => `${amount(count, 'host')} (${named})`,
  where: (hosts) => (hosts.length === 1 ? (hosts[0] ?? '') : amount(hosts.length, 'host')),
  byAddress: (address, said, where) => `${address}: ${said}${where === '' ? '' : `; ${where}`}`,
  manyHosts: (count) => amount(count, 'host'),
  more: (count) => `${number(count)} more`,
  notOn: (hosts) => `not on ${hosts}`,
  group: (group) => `${howMany(group)}${listed(group)}`,
  nothing: '(nothing)',

  status: (status) => `Status: ${status}`,
  leftOut,
  notes: {
    leftOut: (left) => `${leftOut(left)} left out`,
    noRoom: (what, left) =>
      `the letter is full: ${leftOut(left)} ${{ news: 'with news', hosts: 'of further hosts' }[what]} left out`,
    onlyAttached: (left, gone) =>
      `only in the attached report, because of the size of the letter: ${leftOut(left)}${gone > 0 ? `, and ${gone} that are gone` : ''}`,
    cut: (characters) => `... (${number(characters)} more characters in the attached report)`,
    unprefixed: (lines) =>
      `${plain(lines, 'line')} had no known prefix and went to no queue; a queue named noprefix would show them`,
    unknown: (lines) =>
      `${plain(lines, 'line')} matched no rule and went to no queue; a last rule "misc .*" would show them`,
    unknownMost: ({ count, about, line }) =>
      `no rule, ${about ? 'about ' : ''}${count === 1 ? 'once' : `${number(count)} times`}: ${line}`,
    storm: ({ kind, lines, span, held, fresh, ...of }) => {
      const sum = `${number(lines)} times on ${stormHosts(of)}, ${span}`;
      return kind === 'end'
        ? `it is over: ${stormMessages(of)}${sum}`
        : `it goes on: ${sum}; held since the last page: ${number(held)}${freshly(fresh)}`;
    },
    droppedDatagrams: (count) =>
      `lost because they came faster than they could be read: ${plain(count, 'datagram')}`,
    snoozed: ({ id, message, lines, total, since, until, reason }) =>
      `snoozed until ${until} (${reason}): ${plain(lines, 'line')}, ${number(total)} since ${since}: ${message} [${id}]`,
    awake: ({ id, message, total, since, why, reason }) => {
      const left = total === 0 ? '' : `; left out since ${since}: ${plain(total, 'line')}`;
      return `no longer snoozed, as ${AWAKE[why]} (${reason})${left}: ${message} [${id}]`;
    },
    moreSnoozed: (count) =>
      `${count} more ${count === 1 ? 'entry is' : 'entries are'} snoozed; "tayori snooze" names them`,
    waited: (since, over) =>
      over === null
        ? `waited since ${since} for the hours of this queue (set hours)`
        : `sent outside of the hours of this queue (set hours): more than ${plain(over, 'line')} came since ${since}`,
    waits: (since, until) => `waits since ${since} for the hours of this queue (set hours), until ${until}`,
    selfMail: (lines) =>
      `counted separately, as the mail server wrote them about tayori's own letters: ${plain(lines, 'line')}`,
    overflowed: (lines) => `lost because the state could not be written: ${plain(lines, 'line')}`,
    repeatable: (messages) =>
      `perhaps counted twice, as connections broke before RELP senders had the answer: up to ${plain(messages, 'message')}`,
    capped: ({ lines, most, uncounted }) =>
      `${plain(lines, 'line')} said that a message was repeated more than ${number(most)} times; no line counts for more, so ${amount(uncounted, 'repeat')} ${uncounted === 1 ? 'is' : 'are'} left out`,
    trashGrew: ({ rule, lines, usual, line }) =>
      `thrown away by ${rule}: ${plain(lines, 'line')}, where ${usual === 0 ? 'hardly any are' : `about ${number(usual)} ${usual === 1 ? 'is' : 'are'}`} usual; one of them: ${line}`,
    trashNew: ({ rule, program, line }) =>
      `thrown away by ${rule}, for the first time of ${program}: ${line}`,
    moreTrash: (notes) =>
      `${plain(notes, 'more note')} of this kind; tayori rules --trash shows what is thrown away`,
    direct: (reason) =>
      `this machine has sent this alone, since its fleet could not be asked${reason === null ? '' : ` (${reason})`}: the same may come twice`,
    countedOut: (most) =>
      `no count goes above ${number(most)}: where it is reached, there may have been more`,
    linesLost: ({ how, log, times }) =>
      `${log ?? 'other logs'}: ${LOST[how]}${times > 1 ? ` (${number(times)} times)` : ''}`,
    moreLinesLost: (logs) => `lines of ${plain(logs, 'more log')} may be lost; "tayori status" names them`,
    said: ({ text, times }) => `tayori says: ${text}${times > 1 ? ` (${number(times)} times)` : ''}`,
    moreSaid: (lines) => `tayori says ${plain(lines, 'more line')} that no rule takes`,
    watched: ({ lines, unwatched }) =>
      `${unwatched > 0 ? `tayori did not watch for ${describeDuration(unwatched)} of this time, and else` : 'tayori watched all the time, and'} read ${plain(lines, 'line')}; none of them is told here`,
    followed: (sources) => `followed: ${sources === '' ? 'nothing' : sources}`,
    notFollowed: (logs) => `could not be read: ${logs}`,
    andMore: (count) => `${number(count)} more`,
    completeness: ({ lines, unparsed, lost, late, since }) =>
      `${plain(lines, 'line')} read since ${since}: ${unparsed} unparsed, ${lost} dropped, ${plain(late, 'message')} logged earlier`,
    belowThreshold: ({ messages, lines }) =>
      `${plain(messages, 'message')} (${plain(lines, 'line')}) below threshold`,
    valuesLeftOut: (messages) =>
      `the masked values of ${plain(messages, 'message')} are not shown: there was no room for more`,
    notRemembered: (messages) =>
      `${plain(messages, 'message')} of this letter cannot be remembered, because there are too many; they may be called new again`,
    ledgerFull: (messages, since) =>
      `no more than ${number(messages)} messages are remembered: one that was not seen since ${since} may be called new`,
    badTemplate: (template, reason) =>
      `the template ${template} has a fault (${reason}); this is the built-in form`,
    noPage: (reason) => `the HTML part could not be made: ${reason}`,
    postCut: (elsewhere) =>
      `… the whole letter is in ${elsewhere ? 'the mail, and in ' : ''}the list of "tayori letters"`,
    secondWay: (to) =>
      `this comes by the second way: it could not be sent to ${to.length === 1 ? to[0] : `all of ${to.join(', ')}`} in time`,
    overdueRule: ({ place, queues, note, day }) =>
      `is this rule still needed? ${place}, for ${queues}, until ${day}${note === '' ? '' : `: ${note}`}`,
    moreOverdue: (rules) => `${plain(rules, 'more rule')} whose day has passed; "tayori check" names them`,
  },
  fleet: {
    nodes: ({ all, counted, missing, more }) =>
      missing.length === 0
        ? `counted on ${all === 2 ? 'both nodes' : `all ${plain(all, 'node')}`}`
        : `counted on ${counted} of ${plain(all, 'node')}; not reported in time: ${named(
            missing.map(({ name, seen }) => `${name} (last heard of ${seen})`),
            more,
          )}; what they counted comes in a later letter`,
    only: (nodes, more) => `counted on ${named(nodes, more)} alone`,
    late: ({ node, lines, due }) => `late, from ${node}: ${plain(lines, 'line')} due ${due}`,
    moreLate: ({ nodes, lines }) => `late, from ${plain(nodes, 'more node')}: ${plain(lines, 'line')}`,
    clock: (node, ahead) =>
      `the clock of ${node} is ${describeDuration(Math.abs(ahead))} ${ahead < 0 ? 'slow' : 'fast'}`,
    moreClocks: (nodes) => `the clocks of ${plain(nodes, 'more node')} are wrong; "tayori fleet" names them`,
    differs: ({ nodes, more, there, here }) =>
      `${named(nodes, more)} ${nodes.length + more === 1 ? 'defines this queue' : 'define this queue'} differently, and so there are two letters of it: ${there}${here === '' ? '' : `; here: ${here}`}`,
    remark: (nodes, more, text) => `${named(nodes, more)}: ${text}`,
    moreRemarks: (count) => `${plain(count, 'more note')} of nodes`,
    node: (name) => `node ${name}`,
  },
};

/** `a, b and 3 more` */
function named(names: readonly string[], more: number): string {
  return `${names.join(', ')}${more > 0 ? ` and ${number(more)} more` : ''}`;
}

const AWAKE = {
  time: 'its time is over',
  grown: 'it has grown tenfold',
  hand: 'somebody ended it',
} as const;

/** In the order of the letter. */
const CHANGES: readonly Change[] = ['new', 'louder', 'back', 'gone'];

const LOST: Readonly<Record<LinesLost['how'], string>> = {
  emptied: 'truncated or rewritten, and no copy was found; unread lines are lost',
  replaced: 'replaced by another file, and the old one was not found; unread lines are lost',
  deleted: 'deleted or moved, and not found; unread lines are lost',
  unreadable: 'a rotated file could not be read to its end; its lines are lost',
  vacuumed: 'entries were thrown away (vacuumed) before they were read, and are lost',
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const ONE: Readonly<Record<ValueKind, string>> = { addresses: 'address', numbers: 'number', values: 'value' };

function amount(count: number, what: string): string {
  return `${number(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** Without separators, for programs. */
function plain(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** As ISO 8601 writes years. */
function fourDigits(year: number): string {
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`;
}

function leftOut({ messages, lines }: { readonly messages: number; readonly lines: number }): string {
  return `${messages} more ${messages === 1 ? 'message' : 'messages'} (${plain(lines, 'line')})`;
}

/** `3 new, 2 louder` */
function changes(counts: Changes): string {
  const told = CHANGES.filter((change) => counts[change] > 0);
  return told.map((change) => `${number(counts[change])} ${change}`).join(', ');
}

/** `web1`, `2 hosts (db1, web1)`, or `at least 1,000 hosts`. */
function stormHosts({
  hosts,
  moreHosts,
  names,
}: Pick<StormMention, 'hosts' | 'moreHosts' | 'names'>): string {
  if (names.length === 1 && hosts === 1) return names[0] ?? '';
  const named = names.length === hosts && hosts > 0 ? ` (${names.join(', ')})` : '';
  return `${moreHosts ? 'at least ' : ''}${amount(hosts, 'host')}${named}`;
}

function stormMessages({ what, moreMessages }: Pick<StormMention, 'what' | 'moreMessages'>): string {
  if (what === '') return '';
  return `${what}${moreMessages > 0 ? ` and ${amount(moreMessages, 'more message')}` : ''}, `;
}

function freshly(fresh: FreshMention | null): string {
  if (fresh === null) return '; too many different messages to tell which are new in this storm';
  const { messages, atLeast, named } = fresh;
  if (messages === 0) return ', nothing new';
  const more = messages - named.length;
  const rest = more > 0 || atLeast ? [`${atLeast ? 'at least ' : ''}${number(more)} more`] : [];
  return `; new in this storm: ${[...named, ...rest].join('; ')}`;
}

function stretch(hours: number): string {
  if (hours === 1) return 'an hour';
  if (hours === 24) return 'a day';
  return hours % 24 === 0 ? `${hours / 24} days` : `${hours} hours`;
}

function howMany({ what, distinct, about, atLeast }: Group): string {
  const [one, many] = 'name' in what ? [what.name, plural(what.name)] : [ONE[what.kind], what.kind];
  const sure = `${atLeast ? 'at least ' : ''}${about ? 'about ' : ''}`;
  return `${sure}${number(distinct)} ${distinct === 1 ? one : many}`;
}

function listed({ listed, more, isMoreKnown }: Group): string {
  if (listed.length === 0) return '';
  const rest = more === 0 ? [] : [isMoreKnown ? `${number(more)} more` : '...'];
  return ` (${[...listed, ...rest].join(', ')})`;
}

/** A group may be named for one of its values or for all of them. */
function plural(name: string): string {
  if (/(?:[^s]s|_\d+)$/i.test(name)) return name;
  if (/(?:ss|sh|ch|x|z)$/i.test(name)) return `${name}es`;
  return /[^aeiou]y$/i.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}
