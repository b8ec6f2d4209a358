import { escapeControl } from '../base/text/escape.js';
import type { Entry } from './entry.js';

/** The program of lines that tayori writes itself. */
const PROGRAM = 'tayori';

/** One kind of line that tayori writes about what it notices. Users write rules for these texts: they never change. */
interface OwnText {
  /** What stands behind the subject. */
  readonly text: string;
  /** What the subject is, for the manual. */
  readonly subject: string;
  /** When it is written, for the manual. */
  readonly when: string;
}

/** All of them, by name, in the order of the manual. */
export const OWN_TEXTS = {
  emptied: {
    text: 'was emptied',
    subject: 'LOG',
    when: 'it is shorter than it was, and no copy of the old lines is found',
  },
  replaced: {
    text: 'was replaced',
    subject: 'LOG',
    when: 'another file has its place, and the old one is neither beside it nor packed; or lines were taken out of it',
  },
  deleted: {
    text: 'was deleted',
    subject: 'LOG',
    when: 'it has been gone for a minute, and is neither beside its place nor packed',
  },
  unread: {
    text: 'has a rotated file that cannot be read',
    subject: 'LOG',
    when: 'unread lines may be in it',
  },
  vacuumed: {
    text: 'lost entries before they were read',
    subject: 'JOURNAL',
    when: 'the entry at which reading stopped is gone',
  },
  unreadable: { text: 'cannot be read', subject: 'LOG or receiver', when: 'it is there, or was' },
  damaged: { text: 'holds a damaged entry', subject: 'JOURNAL', when: 'it is passed over' },
  partial: {
    text: 'shows only messages of one user',
    subject: 'JOURNAL',
    when: 'the rights for the others are missing',
  },
  cut: { text: 'has a line that was cut', subject: 'LOG or receiver', when: 'it is too long' },
  dropped: { text: 'lost datagrams', subject: 'LISTENER', when: 'the kernel had no room for them' },
  foreign: {
    text: 'sent lines of another host',
    subject: 'HOST',
    when: 'its certificate names it, and `set listen_host certificate` holds',
  },
  overflowed: {
    text: 'could not be counted',
    subject: 'lines',
    when: 'they came while the state could not be written, and the buffer was full',
  },
  repeatable: {
    text: 'may have messages that are counted twice',
    subject: 'LISTENER',
    when: 'a sender of RELP went away before it was sure to have their answers, and sends them again',
  },
  ended: { text: 'ended', subject: 'COMMAND', when: 'it is started again' },
  'not-a-fifo': { text: 'is not a FIFO', subject: 'PATH', when: 'set fifo names it' },
  'too-many': {
    text: 'are too many',
    subject: 'logs',
    when: 'more than can be open or followed; the former are read in turns',
  },
  'state-failed': {
    text: 'could not be written',
    subject: 'state',
    when: 'it can be written again; nothing was lost',
  },
  overrun: {
    text: 'holds a regex that ran too long',
    subject: 'FILE:LINE',
    when: 'it was given up on a line: once for each rule and start',
  },
  'reload-refused': { text: 'was not taken up', subject: 'CONFIG', when: 'a reload found a fault in it' },
  rejected: {
    text: 'was rejected',
    subject: 'letter [QUEUE] to ADDRESS',
    when: 'the mail server refuses it for good: once until a letter of that queue reaches the address',
  },
  ran: { text: 'ran', subject: 'program of [QUEUE]', when: 'it ended with status 0' },
  'run-failed': {
    text: 'failed',
    subject: 'program of [QUEUE]',
    when: 'it could not be started, ended with another status, or took too long',
  },
  'run-refused': {
    text: 'was not run',
    subject: 'program of [QUEUE]',
    when: 'a value cannot be an argument, or the config has no program for the queue any more',
  },
  'run-interrupted': {
    text: 'was interrupted',
    subject: 'program of [QUEUE]',
    when: 'tayori ended while it ran: it may or may not have done its work, and is not run again',
  },
  'run-left-out': {
    text: 'was not run for all hits',
    subject: 'program of [QUEUE]',
    when: 'too many waited for it',
  },
  'snooze-dropped': {
    text: 'was dropped',
    subject: 'snooze ID of [QUEUE]',
    when: 'the config does not define its queue any more',
  },
  'fleet-away': {
    text: 'cannot be used',
    subject: 'fleet ADDRESS',
    when: 'the database of set fleet does not answer, or refuses: pages go directly, all else waits',
  },
  'fleet-back': { text: 'can be used again', subject: 'fleet ADDRESS', when: 'it could not' },
  'clock-wrong': {
    text: 'is more than a minute wrong',
    subject: 'clock',
    when: 'that of this machine is, by the one of the fleet',
  },
  'name-taken': {
    text: 'has a name that is taken',
    subject: 'node NAME',
    when: 'two nodes of a fleet have one name: the letters of the second one wait',
  },
  'queue-differs': {
    text: 'is defined differently',
    subject: 'queue [QUEUE]',
    when: 'nodes of a fleet do not agree on it, so each writes letters of its own',
  },
  silent: { text: 'is silent', subject: 'what set expect names', when: 'it had no line for that time' },
  alive: {
    text: 'is alive',
    subject: 'HOST',
    when: 'it is time for set heartbeat QUEUE, which has this line whatever the rules say',
  },
  back: { text: 'is heard again', subject: 'what set expect names', when: 'it was silent' },
} as const satisfies Readonly<Record<string, OwnText>>;

export type OwnLineName = keyof typeof OWN_TEXTS;

/** Something that tayori has noticed, to be sorted like a line of a log. */
export interface OwnLine {
  readonly name: OwnLineName;
  /** What it is about: blanks in it are written `\x20` where they could be taken for the text behind it. */
  readonly subject: string;
  /** What may differ each time: bytes, a reason. */
  readonly detail: string | null;
  /** The log that it is about: its host is that of the line. */
  readonly path?: string;
  /** The host that it is about, where that is known otherwise. */
  readonly host?: string;
  /** The queue that has it, whatever the rules say; left out: they say. */
  readonly queue?: string;
  /** The counter by which letters tell the same, and how much of it this line tells. */
  readonly counted?: { readonly counter: string; readonly amount: number };
  /** The queue whose program it is about. */
  readonly runOf?: string;
}

/** Longer details are cut (UTF-16 units). */
const MAX_DETAIL = 500;

/** How much of a path or name is written (UTF-16 units): its end says more. */
const MAX_SUBJECT = 300;

/** The line as an entry. `time` in ms. */
export function ownEntry(line: OwnLine, host: string, time: number): Entry {
  const detail = line.detail === null ? '' : `: ${escapeControl(line.detail).slice(0, MAX_DETAIL)}`;
  return { host, time, text: `${PROGRAM}: ${ownText(line.name, line.subject)}${detail}` };
}

/** What it says, without what differs each time. */
export function ownText(name: OwnLineName, subject: string): string {
  return `${subject} ${OWN_TEXTS[name].text}`;
}

/** A path or name as the subject of a line: one word without control characters, whatever somebody has named a file. */
export function asSubject(name: string): string {
  const word = escapeControl(name).replaceAll(' ', '\\x20');
  return word.length <= MAX_SUBJECT ? word : `...${word.slice(3 - MAX_SUBJECT)}`;
}

export function isOwnLineName(name: string): name is OwnLineName {
  return Object.hasOwn(OWN_TEXTS, name);
}
