import { isUtf8 } from 'node:buffer';
import PostalMime from 'postal-mime';
import { compare } from '../../src/base/compare.js';
import type { Delivery } from './post-office.js';

/** A letter of either program, in a form in which the two can be compared. */
export interface Report {
  readonly queue: string;
  readonly subject: string;
  readonly from: string;
  /** The To field, address by address as written. */
  readonly to: readonly string[];
  /** The envelope. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** X-tenshi-hostname. */
  readonly hostname: string;
  /** Whether it says since when it counts (X-tenshi-report-start): all letters but those of now queues do. */
  readonly dated: boolean;
  readonly body: Body;
}

/** Hosts are in the order of their names: Tenshi's order is random. */
export interface Body {
  readonly status: string | null;
  readonly hosts: readonly Section[];
  /** What stands behind `***` after the messages of a host, and at the end. */
  readonly notes: readonly string[];
  /** The text itself, when it is no list of messages: what a filter made of it. */
  readonly other: string | null;
}

export interface Section {
  /** What stands before the colon: the host, and its name in brackets. Null in pager letters. */
  readonly title: string | null;
  readonly host: string;
  /** In the order of the letter, but that messages of the same count are sorted: Tenshi's order is random. */
  readonly messages: readonly Message[];
}

export interface Message {
  readonly count: number;
  readonly message: string;
}

/** Reads a mail as an administrator's mail reader would, and takes Tenshi's layout apart. */
export async function readReport(delivery: Delivery): Promise<Report> {
  const mail = await PostalMime.parse(delivery.mail);
  const field = (name: string): string => mail.headers.find(({ key }) => key === name)?.value ?? '';
  const subject = mail.subject ?? '';
  return {
    queue: /\[([^\]]*)\]$/.exec(subject)?.[1] ?? '',
    subject,
    from: field('from'),
    to: field('to').split(/,\s*/),
    sender: delivery.from,
    recipients: delivery.to,
    hostname: field('x-tenshi-hostname'),
    dated: /^\w{3} \w{3} \d\d \d\d:\d\d:\d\d [+-]\d{4} \d{4}$/.test(field('x-tenshi-report-start')),
    body: readBody(field('mime-version') === '' ? bareBody(delivery.mail) : (mail.text ?? '')),
  };
}

/** The body of a mail without MIME, which may hold any bytes: as Latin-1 when it is not UTF-8. */
function bareBody(mail: Buffer): string {
  const body = mail.subarray(mail.indexOf('\r\n\r\n') + 4);
  return body.toString(isUtf8(body) ? 'utf8' : 'latin1').replaceAll('\r\n', '\n');
}

const STATUS = /^\*\*\* Status: (.*) \*\*\*$/;
const TITLE = /^(.*): $/;
const MESSAGE = /^ {4}(\d+): (.*)$/s;
const NOTE = /^ {2}\*\*\* (.*?) {1,2}\*\*\*$/;
const PAGER = /^([^,\s]+),(\d+),(.*)$/s;

function readBody(text: string): Body {
  const lines = text.replace(/\n+$/, '').split('\n');
  return (
    readPager(lines) ?? readFull(lines) ?? { status: null, hosts: [], notes: [], other: lines.join('\n') }
  );
}

function readPager(lines: readonly string[]): Body | null {
  const byHost = new Map<string, Message[]>();
  for (const line of lines) {
    const [, host = '', count, message = ''] = PAGER.exec(line) ?? [];
    if (count === undefined) return null;
    byHost.set(host, [...(byHost.get(host) ?? []), { count: Number(count), message }]);
  }
  const hosts = [...byHost].map(([host, messages]) => ({ title: null, host, messages }));
  return { status: null, hosts: inOrder(hosts), notes: [], other: null };
}

/** Null when a line is none of Tenshi's layout, or not in its place. */
function readFull(lines: readonly string[]): Body | null {
  const hosts: (Section & { readonly messages: Message[] })[] = [];
  const notes: string[] = [];
  const status = STATUS.exec(lines[0] ?? '')?.[1] ?? null;
  let before = 'nothing';
  for (const line of status === null ? lines : lines.slice(1)) {
    const message = MESSAGE.exec(line);
    const note = NOTE.exec(line)?.[1];
    const title = TITLE.exec(line)?.[1];
    if (line === '') before = 'empty';
    else if (message && before === 'title')
      hosts.at(-1)?.messages.push({ count: Number(message[1]), message: message[2] ?? '' });
    else if (note !== undefined && before !== 'nothing') notes.push(note);
    else if (title !== undefined && before === 'empty') {
      hosts.push({ title, host: title.replace(/ \(.*\)$/, ''), messages: [] });
      before = 'title';
    } else return null;
  }
  return { status, hosts: inOrder(hosts), notes, other: null };
}

function inOrder(hosts: readonly Section[]): Section[] {
  return hosts
    .map((section) => ({ ...section, messages: sortTies(section.messages) }))
    .sort((a, b) => compare(a.host, b.host));
}

/** Sorts within each run of the same count, and leaves the runs where they are. */
function sortTies(messages: readonly Message[]): Message[] {
  const runs: Message[][] = [];
  for (const message of messages) {
    const run = runs.at(-1);
    if (run?.[0]?.count === message.count) run.push(message);
    else runs.push([message]);
  }
  return runs.flatMap((run) => run.sort((a, b) => compare(a.message, b.message)));
}
