import { oneLine } from '../../base/text/escape.js';
import type { Letter, Parts } from '../letter.js';
import type { Words } from '../words/words.js';
import { briefly, happenings } from './headline.js';

/** What may stand between `{{` and `}}` in a subject. */
export const PLACEHOLDERS = [
  'count',
  'messages',
  'hosts',
  'host',
  'new',
  'louder',
  'gone',
  'worst',
  'verdict',
  'queue',
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

/** All that a subject may tell of its letter. */
export interface SubjectFacts extends Pick<Letter, 'queue' | 'hosts' | 'kind' | 'mask'> {
  /** `messages`: null when it is not known. */
  readonly total: Omit<Parts['total'], 'messages'> & { readonly messages: number | null };
  /** The name of the host, where there is one alone. */
  readonly onlyHost: string | null;
  readonly shared: Parts['shared'];
  /** null: the letter is not laid beside others. */
  readonly told: Pick<Parts, 'isFirst' | 'changes' | 'news'> | null;
  /** Of the letter that ends a storm: what was said in it ('': not known); else null. */
  readonly over: string | null;
}

/** A message is shortened to so many characters: what a phone shows of a subject. */
const MAX_SUBJECT_MESSAGE = 60;

/** Not known: nobody may take it for none. */
const UNKNOWN = '?';

const EACH = /\{\{(.*?)\}\}/g;

/** What stands between `{{` and `}}`, and at which character (from 0) of the subject. */
export function placeholdersIn(subject: string): { readonly name: string; readonly offset: number }[] {
  return [...subject.matchAll(EACH)].map((match) => ({ name: (match[1] ?? '').trim(), offset: match.index }));
}

export function isPlaceholder(name: string): name is Placeholder {
  return PLACEHOLDERS.some((known) => known === name);
}

/**
 * The subject with what its placeholders stand for. An unknown one, which `check` refuses, stays as it is. That of a
 * letter which ends a storm says so, whatever its placeholders are.
 */
export function fillSubject(subject: string, facts: SubjectFacts, words: Words): string {
  const filled = fillPlaceholders(subject, facts, words);
  const says = facts.over === null || placeholdersIn(subject).some(({ name }) => name === 'verdict');
  return says ? filled : words.subject.over(filled);
}

function fillPlaceholders(subject: string, facts: SubjectFacts, words: Words): string {
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
  const { total, told } = facts;
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
      return changed(told, name);
    case 'worst':
      return shortLine(worst(facts));
    case 'verdict':
      return verdict(facts, words.subject);
    case 'queue':
      return shortLine(facts.queue);
  }
}

/** `100000+`: there are too many to be told apart. */
function changed(told: SubjectFacts['told'], kind: 'new' | 'louder' | 'gone'): string {
  if (told === null || told.isFirst) return UNKNOWN;
  const { [kind]: count, atLeast } = told.changes;
  return `${count}${atLeast && kind !== 'gone' ? '+' : ''}`;
}

/** What the letter's first line says, in short. */
function verdict(facts: SubjectFacts, words: Words['subject']): string {
  const { told, total, hosts, shared, kind, mask, over } = facts;
  if (over !== null) return words.over(words.happens(total.lines, shortLine(over)).trimEnd());
  const [worst] = kind === 'trouble' ? happenings({ hosts, parts: { shared, news: told?.news ?? [] } }) : [];
  if (worst) return words.happens(worst.count, shortLine(briefly(worst, mask)));
  if (told === null) return words.lines(total.lines);
  if (told.isFirst) return words.first;
  const { new: fresh, louder, back, gone } = told.changes;
  return fresh + louder + back + gone === 0 ? words.unchanged : words.changes(told.changes);
}

/** What was said that is worth most: what is news, then what many hosts share, then what was said most often. */
function worst({ told, shared, hosts }: SubjectFacts): string {
  const [first] = [...(told?.news ?? []), ...shared];
  if (first) return first.message;
  const [most] = hosts.flatMap(({ messages }) => messages).sort((a, b) => b.count - a.count);
  return most?.message ?? '';
}

/** Log text in a subject: one line in which nothing acts, shortened. */
function shortLine(text: string): string {
  const line = oneLine(text.slice(0, 4 * MAX_SUBJECT_MESSAGE)).trim();
  const characters = [...line];
  if (characters.length <= MAX_SUBJECT_MESSAGE) return line;
  return `${characters
    .slice(0, MAX_SUBJECT_MESSAGE - 3)
    .join('')
    .trimEnd()}...`;
}
