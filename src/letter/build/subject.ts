import { oneLine } from '../../base/text/escape.js';
import type { Letter, Parts } from '../letter.js';
import type { Words } from '../words/words.js';

/** The placeholders of a subject, written between `{{` and `}}`. */
export const PLACEHOLDERS = [
  'count',
  'messages',
  'hosts',
  'host',
  'new',
  'louder',
  'gone',
  'worst',
  'queue',
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

/** The data of a letter that its subject may show. */
export interface SubjectFacts extends Pick<Letter, 'queue' | 'hosts'> {
  /** `messages`: null if not known. */
  readonly total: Omit<Parts['total'], 'messages'> & { readonly messages: number | null };
  /** The name of the host, if there is only one. */
  readonly onlyHost: string | null;
  readonly shared: Parts['shared'];
  /** null: the letter is not compared with others. */
  readonly compared: Pick<Parts, 'isFirst' | 'changes' | 'news'> | null;
}

/** The length to which a message is shortened (characters): what a phone shows of a subject. */
const MAX_SUBJECT_MESSAGE = 60;

/** Not known; it must not look like 0. */
const UNKNOWN = '?';

const EACH = /\{\{(.*?)\}\}/g;

/** The names between `{{` and `}}`, and their offsets in the subject (characters, from 0). */
export function placeholdersIn(subject: string): { readonly name: string; readonly offset: number }[] {
  return [...subject.matchAll(EACH)].map((match) => ({ name: (match[1] ?? '').trim(), offset: match.index }));
}

export function isPlaceholder(name: string): name is Placeholder {
  return PLACEHOLDERS.some((known) => known === name);
}

/** Fills in the placeholders of a subject. An unknown one, which `check` rejects, stays as it is. */
export function fillSubject(subject: string, facts: SubjectFacts, words: Words): string {
  const values = new Map<Placeholder, string>();
  return subject.replace(EACH, (written, inner: string) => {
    const name = inner.trim();
    if (!isPlaceholder(name)) return written;
    const value = values.get(name) ?? wordFor(name, facts, words);
    values.set(name, value);
    return value;
  });
}

function wordFor(name: Placeholder, facts: SubjectFacts, words: Words): string {
  const { total, compared } = facts;
  switch (name) {
    case 'count':
      return String(total.lines);
    case 'messages':
      return total.messages === null ? UNKNOWN : String(total.messages);
    case 'hosts':
      return String(total.hosts);
    case 'host':
      return facts.onlyHost === null ? words.manyHosts(total.hosts) : shortLine(facts.onlyHost);
    case 'new':
    case 'louder':
    case 'gone':
      return changed(compared, name);
    case 'worst':
      return shortLine(worst(facts));
    case 'queue':
      return shortLine(facts.queue);
  }
}

/** `100000+` if there are too many to count exactly. */
function changed(compared: SubjectFacts['compared'], kind: 'new' | 'louder' | 'gone'): string {
  if (compared === null || compared.isFirst) return UNKNOWN;
  const { [kind]: count, atLeast } = compared.changes;
  return `${count}${atLeast && kind !== 'gone' ? '+' : ''}`;
}

/** The most important message: the first news, else the first shared message, else the most frequent one. */
function worst({ compared, shared, hosts }: SubjectFacts): string {
  const [first] = [...(compared?.news ?? []), ...shared];
  if (first) return first.message;
  const [most] = hosts.flatMap(({ messages }) => messages).sort((a, b) => b.count - a.count);
  return most?.message ?? '';
}

/** Log text in a subject: one line, control characters escaped, shortened. */
function shortLine(text: string): string {
  const line = oneLine(text.slice(0, 4 * MAX_SUBJECT_MESSAGE)).trim();
  const characters = [...line];
  if (characters.length <= MAX_SUBJECT_MESSAGE) return line;
  return `${characters
    .slice(0, MAX_SUBJECT_MESSAGE - 3)
    .join('')
    .trimEnd()}...`;
}
