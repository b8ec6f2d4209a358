import { addCounts } from '../../base/count.js';
import type { Changes, Letter, LetterSection, Parts } from '../letter.js';
import { wordsOf } from '../words/words-of.js';
import type { LetterFrame, QueueContent } from './build-letter.js';
import { fillSubject } from './subject.js';

/** A queue of a letter, and what it has to tell: something. */
export interface ComposedSection extends Pick<LetterSection, 'queue' | 'title' | 'kind'> {
  readonly content: QueueContent;
}

/**
 * Makes one letter of several queues, which come in the order of reading, the worst first; at least one. `hosts`: how many
 * different hosts they have, and the name of the only one.
 */
export function composeLetter(
  { sortOrder: _, before, ...frame }: LetterFrame,
  composed: readonly ComposedSection[],
  hosts: { readonly count: number; readonly only: string | null },
): Letter {
  const [worst] = composed;
  if (!worst) throw new Error('a letter of no section');
  const total = { ...totalOf(composed), hosts: hosts.count };
  const changes = changesOf(composed);
  const parts = before && {
    ...before,
    ...NO_ITEMS,
    period: before.period ?? periodOf(composed),
    total,
    changes,
  };
  const { kind, content } = worst;
  const compared = parts && { isFirst: parts.isFirst, changes, news: content.compared?.news ?? [] };
  const facts = {
    queue: frame.queue,
    kind,
    mask: frame.mask,
    total,
    onlyHost: hosts.only,
    compared,
    over: null,
  };
  return {
    ...frame,
    kind,
    subject: fillSubject(
      frame.subject,
      { ...facts, hosts: content.hosts, shared: content.shared },
      wordsOf(frame.language),
    ),
    parts,
    sections: composed.map(({ queue, title, kind, content: { parts, hosts } }) => ({
      ...{ queue, title, kind, parts, hosts },
    })),
    hosts: [],
    notes: [
      ...frame.notes,
      ...composed.flatMap(({ title, content }) => content.notes.map((note) => `${title}: ${note}`)),
    ],
    proposals: null,
  };
}

const NO_ITEMS: Pick<Parts, 'news' | 'gone' | 'shared' | 'masked'> = {
  news: [],
  gone: [],
  shared: [],
  masked: [],
};

function totalOf(composed: readonly ComposedSection[]): { messages: number; lines: number } {
  const sum = { messages: 0, lines: 0 };
  for (const { total } of composed.map(({ content }) => content)) {
    sum.messages += total.messages;
    sum.lines = addCounts(sum.lines, total.lines);
  }
  return sum;
}

function changesOf(composed: readonly ComposedSection[]): Changes {
  const all = composed.flatMap(({ content }) => content.compared?.changes ?? []);
  const sum = (kind: 'new' | 'louder' | 'back' | 'gone'): number =>
    all.reduce((total, { [kind]: count }) => total + count, 0);
  return {
    new: sum('new'),
    louder: sum('louder'),
    back: sum('back'),
    gone: sum('gone'),
    atLeast: all.some(({ atLeast }) => atLeast),
  };
}

function periodOf(composed: readonly ComposedSection[]): Parts['period'] {
  const periods = composed.flatMap(({ content }) => content.parts?.period ?? []);
  if (periods.length === 0) return null;
  return {
    from: Math.min(...periods.map(({ from }) => from)),
    to: Math.max(...periods.map(({ to }) => to)),
  };
}
