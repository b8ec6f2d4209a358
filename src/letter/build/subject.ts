import { oneLine } from '../../base/text/escape.js';
import type { Letter, Parts } from '../letter.js';
import type { Words } from '../words/words.js';
import { briefly, happenings } from './headline.js';
import { EACH, isPlaceholder, type Placeholder, placeholdersIn } from './placeholders.js';

/** All that a subject may tell of its letter. */
export interface SubjectFacts extends Pick<Letter, 'queue' | 'hosts' | 'kind' | 'mask'> {
  /** `messages`: null when it is not known. */
  readonly total: Omit<Parts['total'], 'messages'> & { readonly messages: number | null };
  /** The name of the host, if there is only one. */
  readonly onlyHost: string | null;
  readonly shared: Parts['shared'];
  /** null: the letter is not compared with others. */
  readonly compared: Pick<Parts, 'isFirst' | 'changes' | 'news'> | null;
  /** Of the letter that ends a storm: what was said in it ('': not known); else null. */
  readonly over: string | null;
}

/** The length to which a message is shortened (characters): what a phone shows of a subject. */
const MAX_SUBJECT_MESSAGE = 60;

/** Not known; it must not look like 0. */
const UNKNOWN = '?';

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
    case 'verdict':
      return verdict(facts, words.subject);
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

/** What the letter's first line says, in short. */
function verdict(facts: SubjectFacts, words: Words['subject']): string {
  const { compared, total, hosts, shared, kind, mask, over } = facts;
  if (over !== null) return words.over(words.happens(total.lines, shortLine(over)).trimEnd());
  const [worst] =
    kind === 'trouble' ? happenings({ hosts, parts: { shared, news: compared?.news ?? [] } }) : [];
  if (worst) return words.happens(worst.count, shortLine(briefly(worst, mask)));
  if (total.lines === 0 && !compared?.changes.gone) return words.nothing;
  if (compared === null) return words.lines(total.lines);
  if (compared.isFirst) return words.first;
  const { new: fresh, louder, back, gone } = compared.changes;
  return fresh + louder + back + gone === 0 ? words.unchanged : words.changes(compared.changes);
}

/** What was said that is worth most: what is news, then what many hosts share, then what was said most often. */
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
