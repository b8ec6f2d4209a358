import { addCounts } from '../../base/count.js';
import {
  type Amount,
  type Content,
  contentsOf,
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
export function countItems(letter: Letter): number {
  return contentsOf(letter).reduce((sum, content) => sum + itemsIn(content), 0);
}

function itemsIn({ parts, hosts }: Content): number {
  const inParts = parts ? parts.news.length + parts.gone.length + parts.shared.length : 0;
  return inParts + hosts.reduce((sum, { messages }) => sum + messages.length, 0);
}

/**
 * Keeps the most important `count` items of a letter: news, gone messages, shared messages, then the most frequent
 * messages of all hosts; of several queues those of the first one first. A note gives the exact amount that was cut.
 */
export function keepItems(letter: Letter, count: number): FittedLetter {
  if (count >= countItems(letter)) return { letter, left: { messages: 0, lines: 0 } };
  const room: Room = { items: count, left: { messages: 0, lines: 0 }, gone: 0 };
  const kept = withContents(letter, (content) => keepContent(content, room));
  const note = wordsOf(letter.language).notes.onlyAttached(room.left, room.gone);
  return { letter: { ...kept, notes: [note, ...letter.notes] }, left: room.left };
}

/** The room for items that is left, and what found none: messages with their lines, and gone messages. */
interface Room {
  items: number;
  readonly left: { messages: number; lines: number };
  gone: number;
}

/** The letter with its contents changed, one after the other. */
function withContents(letter: Letter, change: <C extends Content>(content: C) => C): Letter {
  if (letter.sections.length === 0) return change(letter);
  return { ...letter, sections: letter.sections.map((section) => change(section)) };
}

function keepContent<C extends Content>(content: C, room: Room): C {
  const { left } = room;
  const { parts } = content;
  const take = <T extends Item>(items: readonly T[]): T[] => {
    const kept = items.slice(0, room.items);
    room.items -= kept.length;
    for (const item of items.slice(kept.length)) addTo(left, { messages: hostsOf(item), lines: item.count });
    return kept;
  };
  const news = take(parts?.news ?? []);
  const gone = (parts?.gone ?? []).slice(0, room.items);
  room.items -= gone.length;
  room.gone += (parts?.gone.length ?? 0) - gone.length;
  const shared = take(parts?.shared ?? []);
  const hosts = keepMessages(content.hosts, room.items, left);
  room.items -= hosts.reduce((sum, { messages }) => sum + messages.length, 0);
  const shown = new Set(hosts.flatMap(({ messages }) => messages.map(({ message }) => message)));
  return {
    ...content,
    parts: parts && {
      ...parts,
      news,
      gone,
      shared,
      masked: parts.masked.filter(({ message }) => shown.has(message)),
    },
    hosts,
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
  return withContents(letter, (content) => ({
    ...content,
    parts: content.parts && {
      ...content.parts,
      news: content.parts.news.map(cut),
      gone: content.parts.gone.map(cut),
      shared: content.parts.shared.map(cut),
      masked: content.parts.masked.map(cut),
    },
    hosts: content.hosts.map((section) => ({ ...section, messages: section.messages.map(cut) })),
  }));
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
