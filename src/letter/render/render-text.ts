import { escapeControl } from '../../base/text/escape.js';
import {
  type RenderedItem,
  type RenderedPart,
  sizeOf,
  verdict,
  writeMasked,
  writeParts,
} from '../build/write-parts.js';
import type { HostSection, Letter } from '../letter.js';
import { createDescriber, type Describer } from '../words/describe-letter.js';
import type { Words } from '../words/words.js';
import { wordsOf } from '../words/words-of.js';
import { alignRight, columnsOf, fill } from './columns.js';

/**
 * The letter as text: the parts, if it has any; then Tenshi's layout, which is an empty line, `host: `, and lines of
 * `    COUNT: message`; then the notes.
 */
export function renderText(letter: Letter): string {
  const lines: string[] = [];
  if (letter.status !== null) lines.push(`*** Status: ${escapeControl(letter.status)} ***`);
  lines.push(...renderParts(letter));
  for (const section of letter.hosts)
    lines.push(...renderSection(section, letter.limit, wordsOf(letter.language)));
  if (letter.notes.length > 0)
    lines.push('', ...letter.notes.map((note) => `  *** ${escapeControl(note)} ***`));
  return `${lines.join('\n')}\n`;
}

/** The parts before the host blocks. Their lines do not look like those of host blocks: counts are in brackets. */
function renderParts(letter: Letter): string[] {
  const { parts } = letter;
  if (parts === null) return [];
  const describer = createDescriber(letter);
  const rendered = [...writeParts(parts, describer), ...writeMasked(parts, describer)];
  const hasBars = rendered.some(({ items }) => items.some(({ bar }) => bar !== ''));
  return [
    verdict(parts, describer.words),
    sizeOf(parts, describer),
    ...(hasBars && describer.axis !== null ? [describer.axis] : []),
    ...rendered.flatMap((part) => renderPart(part, describer)),
  ];
}

function renderPart({ title, items }: RenderedPart, { words }: Describer): string[] {
  const widest = Math.max(...items.map(({ label }) => columnsOf(label ?? NO_LABEL)));
  return ['', title, ...items.flatMap((item) => renderItem(item, widest, words))];
}

/** Marks items without a count, so that a number at their beginning is not taken for one. */
const NO_LABEL = '-';

/** The indent of details, below their message. */
const INDENT = ' '.repeat(7);

/** The width that mail programs show without wrapping. */
const MAX_LINE_COLUMNS = 78;

function renderItem(
  { label, message, details, when, bar, values }: RenderedItem,
  widest: number,
  words: Words,
): string[] {
  const time = [when, bar].filter((text) => text !== '').join('  ');
  const pieces = [...details, ...(time === '' ? [] : [time])];
  return [
    `  ${alignRight(label ?? NO_LABEL, widest)} ${message}`,
    ...fill(pieces, words.pieces, MAX_LINE_COLUMNS - INDENT.length).map((line) => INDENT + line),
    ...fill(values, words.comma, MAX_LINE_COLUMNS - INDENT.length).map((line) => INDENT + line),
  ];
}

/** As Tenshi writes it, for people and programs, in every language. */
function renderSection(
  { host, name, messages, more }: HostSection,
  limit: number | null,
  { notes }: Words,
): string[] {
  const title = name === null ? escapeControl(host) : `${escapeControl(host)} (${escapeControl(name)})`;
  const lines = [
    '',
    `${title}: `,
    ...messages.map(({ count, message }) => `    ${count}: ${escapeControl(message)}`),
  ];
  if (!more) return lines;
  const why = messages.length === limit ? `Too many alerts (limit: ${limit})` : 'Too many alerts';
  return [...lines, '', `  *** ${why}  ***`, `  *** ${notes.leftOut(more)} ***`];
}
