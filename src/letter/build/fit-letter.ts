import { addCounts } from '../../base/count.js';
import {
  type Amount,
  type HostSection,
  hostsOf,
  type Item,
  type Letter,
  type LetterMessage,
} from '../letter.js';
import { wordsOf } from '../words/words-of.js';

/** A letter cut to its most important items, and the amount that was cut. */
export interface FittedLetter {
  readonly letter: Letter;
  readonly left: Amount;
}

/** How many items a letter has: those of its parts, and the messages of its host blocks. */
export function countItems({ parts, hosts }: Letter): number {
  const inParts = parts ? parts.news.length + parts.gone.length + parts.shared.length : 0;
  return inParts + hosts.reduce((sum, { messages }) => sum + messages.length, 0);
}

/**
 * Keeps the most important `count` items of a letter: news, gone messages, shared messages, then the most frequent
 * messages of all hosts. A note gives the exact amount that was cut.
 */
export function keepItems(letter: Letter, count: number): FittedLetter {
  if (count >= countItems(letter)) return { letter, left: { messages: 0, lines: 0 } };
  const left = { messages: 0, lines: 0 };
  let room = count;
  const take = <T extends Item>(items: readonly T[]): T[] => {
    const kept = items.slice(0, room);
    room -= kept.length;
    for (const item of items.slice(kept.length)) addTo(left, { messages: hostsOf(item), lines: item.count });
    return kept;
  };
  const news = take(letter.parts?.news ?? []);
  const gone = (letter.parts?.gone ?? []).slice(0, room);
  room -= gone.length;
  const shared = take(letter.parts?.shared ?? []);
  const hosts = keepMessages(letter.hosts, room, left);
  const shown = new Set(hosts.flatMap(({ messages }) => messages.map(({ message }) => message)));
  const goneLeft = (letter.parts?.gone.length ?? 0) - gone.length;
  return {
    letter: {
      ...letter,
      parts: letter.parts && {
        ...letter.parts,
        news,
        gone,
        shared,
        masked: letter.parts.masked.filter(({ message }) => shown.has(message)),
      },
      hosts,
      notes: [wordsOf(letter.language).notes.onlyAttached(left, goneLeft), ...letter.notes],
    },
    left,
  };
}

/** Longer messages are cut in a letter that does not fit, so that they do not push out all others (UTF-16 units). */
const MAX_SHOWN_LENGTH = 1000;

/** Cuts the long messages of a letter; each says how much was cut. */
export function cutMessages(letter: Letter): Letter {
  const { notes } = wordsOf(letter.language);
  const cut = <T extends { readonly message: string }>(item: T): T => {
    const { message } = item;
    if (message.length <= MAX_SHOWN_LENGTH) return item;
    const shown = message.slice(0, MAX_SHOWN_LENGTH).replace(/[\ud800-\udbff]$/, ''); // half a character is none
    return { ...item, message: `${shown}${notes.cut(message.length - shown.length)}` };
  };
  return {
    ...letter,
    parts: letter.parts && {
      ...letter.parts,
      news: letter.parts.news.map(cut),
      gone: letter.parts.gone.map(cut),
      shared: letter.parts.shared.map(cut),
      masked: letter.parts.masked.map(cut),
    },
    hosts: letter.hosts.map((section) => ({ ...section, messages: section.messages.map(cut) })),
  };
}

function keepMessages(
  hosts: readonly HostSection[],
  room: number,
  left: { messages: number; lines: number },
): HostSection[] {
  const kept = new Set(
    hosts
      .flatMap(({ messages }) => messages)
      .sort((a, b) => b.count - a.count)
      .slice(0, Math.max(0, room)),
  );
  const isKept = (message: LetterMessage): boolean => {
    if (!kept.has(message)) addTo(left, { messages: 1, lines: message.count });
    return kept.has(message);
  };
  return hosts
    .map((section) => ({ ...section, messages: section.messages.filter(isKept) }))
    .filter(({ messages, more }) => messages.length > 0 || more !== null);
}

function addTo(sum: { messages: number; lines: number }, { messages, lines }: Amount): void {
  sum.messages += messages;
  sum.lines = addCounts(sum.lines, lines);
}
