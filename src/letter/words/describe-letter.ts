import { escapeControl } from '../../base/text/escape.js';
import { DAY, HOUR } from '../../base/time/duration.js';
import { hourOf } from '../../values/hours.js';
import { originalOf, showMessage } from '../build/show-message.js';
import { contentsOf, type Letter, type LetterMessage } from '../letter.js';
import { axisOf, hoursBar } from '../render/hours-bar.js';
import { createTimes, type Times } from '../render/times.js';
import { describeMasks } from './describe-values.js';
import type { Words } from './words.js';
import { wordsOf } from './words-of.js';

/** Puts the details of messages into words, for text and HTML. */
export interface Describer extends Times {
  readonly words: Words;
  /** Explains the columns of the bars; null if the letter is too short for them. */
  readonly axis: string | null;
  /** The hours of a message as a bar; empty if it would not help. */
  bar(message: LetterMessage): string;
  /** Its first line as it was logged; empty where that would say nothing more. */
  original(message: LetterMessage): string;
  /** The message with values in their place where each line had the same, and what stood under its other masks. `told`: values that are told elsewhere. */
  show(
    message: LetterMessage,
    told?: ReadonlySet<string>,
  ): { readonly message: string; readonly values: string[] };
}

/** How far bars reach back from the end of a letter (ms): a wrong clock must not stretch them over decades. */
const MAX_AXIS = 31 * DAY;

export function createDescriber(letter: Letter): Describer {
  const words = wordsOf(letter.language);
  const period = letter.parts?.period ?? seenIn(letter);
  const times = createTimes(period, letter, words);
  const axis = period && axisOf(stretched(period, letter));
  return {
    ...times,
    words,
    axis: axis && words.axis(axis.step, times.day(axis.from * HOUR)),
    bar: ({ detail }) => (axis && detail ? hoursBar(detail.hours, axis) : ''),
    original(item) {
      const line = originalOf(item, letter.mask);
      return line === null ? '' : words.original(escapeControl(line));
    },
    show(item, told) {
      const { message, masks } = showMessage(item, letter.mask);
      return { message: escapeControl(message), values: describeMasks(masks, words, told) };
    },
  };
}

interface Period {
  readonly from: number;
  readonly to: number;
}

/** Extends the period to older lines: a daemon that starts reads lines from before. */
function stretched({ from, to }: Period, letter: Letter): Period {
  let first = hourOf(from);
  for (const { detail } of messagesOf(letter)) first = Math.min(first, detail?.hours[0]?.[0] ?? first);
  return { from: Math.min(from, Math.max(first * HOUR, to - MAX_AXIS)), to };
}

/** The period of its messages, for a letter without a period. */
function seenIn(letter: Letter): Period | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { first, last } of messagesOf(letter)) {
    from = Math.min(from, first ?? from);
    to = Math.max(to, last ?? to);
  }
  return from <= to ? { from, to } : null;
}

function* messagesOf(letter: Letter): Generator<LetterMessage> {
  for (const { parts, hosts } of contentsOf(letter)) {
    if (parts) yield* parts.news;
    if (parts) yield* parts.shared;
    for (const { messages } of hosts) yield* messages;
  }
}
