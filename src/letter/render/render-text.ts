import { escapeControl } from '../../base/text/escape.js';
import { showMessage } from '../build/show-message.js';
import {
  openingOf,
  type RenderedItem,
  type RenderedPart,
  sizeOfSection,
  writeParts,
  writeValues,
} from '../build/write-parts.js';
import {
  contentsOf,
  type HostSection,
  type Letter,
  type LetterMessage,
  type LetterSection,
} from '../letter.js';
import { createDescriber, type Describer } from '../words/describe-letter.js';
import type { Words } from '../words/words.js';
import { alignRight, columnsOf, fill, MAX_LINE_COLUMNS } from './columns.js';

/**
 * The letter as text: what it is for and what changed, if it tells that; then Tenshi's layout, an empty line, `host: `,
 * and `    COUNT: message` a line; then what masks hid, and what must be known. Several queues stand under their titles.
 */
export function renderText(letter: Letter): string {
  const lines: string[] = [];
  if (letter.status !== null) lines.push(`*** Status: ${escapeControl(letter.status)} ***`);
  const describer = createDescriber(letter);
  lines.push(...renderOpening(letter, describer), ...renderContents(letter, describer));
  const notes = notesOf(letter);
  if (notes.length > 0) lines.push('', ...notes.flatMap((note) => renderNote(escapeControl(note), letter)));
  lines.push(...renderProposals(letter, describer));
  return `${lines.join('\n')}\n`;
}

/** Rules as they stand in a file of rules: nothing is folded or indented. */
function renderProposals({ proposals }: Letter, { words }: Describer): string[] {
  if (proposals === null) return [];
  return ['', words.proposals(proposals.lookedAt), ...proposals.rules.flatMap((rule) => ['', rule])];
}

/** A note as Tenshi writes one; in our own form it is folded where mail programs would do it. */
function renderNote(note: string, { form }: Letter): string[] {
  if (form !== 'full') return [`  *** ${note} ***`];
  const lines = fill(`*** ${note} ***`.split(' '), ' ', MAX_LINE_COLUMNS - NOTE_INDENT.length);
  return lines.map((line, at) => (at === 0 ? `  ${line}` : `${NOTE_INDENT}${line}`));
}

const NOTE_INDENT = '      ';

/** Where a letter has no first lines, what it tells of a storm is a note. */
export function notesOf({ form, storm, notes }: Letter): readonly string[] {
  return storm !== null && form !== 'full' ? [storm, ...notes] : notes;
}

/** The first lines. */
function renderOpening(letter: Letter, describer: Describer): string[] {
  if (letter.parts === null && letter.storm === null) return [];
  const { verdict, more, size } = openingOf(letter, describer);
  return [verdict, ...more, size].filter((line) => line !== '').flatMap(folded);
}

/** Each queue under its title: what stands before the host blocks, these, and what masks hid; then addresses. */
function renderContents(letter: Letter, describer: Describer): string[] {
  const { addresses, maskedOf } = writeValues(letter, describer);
  const titles = letter.sections.map((section) => renderTitle(section, letter, describer));
  const contents = contentsOf(letter);
  const rendered = contents.map(({ parts }) => (parts ? writeParts(parts, describer) : []));
  const hasBars = rendered.flat().some(({ items }) => items.some(({ bar }) => bar !== ''));
  const parts = (all: readonly RenderedPart[]): string[] =>
    all.flatMap((part) => renderPart(part, letter, describer));
  // In a letter of one queue addresses stand before what masks hid.
  const isOne = titles.length === 0;
  return [
    ...(hasBars && describer.axis !== null ? [describer.axis] : []),
    ...contents.flatMap((content, at) => [
      ...(titles[at] ?? []),
      ...parts(rendered[at] ?? []),
      ...content.hosts.flatMap((section) => renderSection(section, letter, describer)),
      ...(isOne ? parts(addresses) : []),
      ...parts(maskedOf(content)),
    ]),
    ...(isOne ? [] : parts(addresses)),
  ];
}

/** The title of a section, underlined, and how much it tells. */
function renderTitle(section: LetterSection, letter: Letter, describer: Describer): string[] {
  const title = escapeControl(section.title);
  const size = letter.form === 'full' ? sizeOfSection(section, describer) : '';
  return ['', title, '-'.repeat(columnsOf(title)), ...(size === '' ? [] : folded(size))];
}

/** A sentence in lines that mail programs show as they are. No blank stands at the end of one. */
function folded(sentence: string): string[] {
  return fill(sentence.split(' '), ' ', MAX_LINE_COLUMNS);
}

function renderPart({ title, items }: RenderedPart, letter: Letter, { words }: Describer): string[] {
  const widest = Math.max(...items.map(({ label }) => columnsOf(label ?? NO_LABEL)));
  return ['', title, ...items.flatMap((item) => renderItem(item, widest, letter, words))];
}

/** When a message came, behind it, in a letter that has waited: `set hours`. */
export function timeBehind({ first, last }: LetterMessage, { waited }: Letter, { span }: Describer): string {
  const when = waited === null ? '' : span(first, last);
  return when === '' ? '' : ` (${when})`;
}

/** The id of an entry, behind its message: `set ids`. */
export function idBehind({ id = '' }: { readonly id?: string }, { ids }: Letter): string {
  return ids && id !== '' ? ` [${id}]` : '';
}

/** Marks items without a count, so that a number at their beginning is not taken for one. */
const NO_LABEL = '-';

/** The indent of details, below their message. */
const INDENT = ' '.repeat(7);

function renderItem(
  { label, message, details, when, bar, values, original, id }: RenderedItem,
  widest: number,
  letter: Letter,
  words: Words,
): string[] {
  const time = [when, bar].filter((text) => text !== '').join('  ');
  const pieces = [...details, ...(time === '' ? [] : [time])];
  return [
    `  ${alignRight(label ?? NO_LABEL, widest)} ${message}${idBehind({ id }, letter)}`,
    ...fill(pieces, words.pieces, MAX_LINE_COLUMNS - INDENT.length).map((line) => INDENT + line),
    ...fill(values, words.comma, MAX_LINE_COLUMNS - INDENT.length).map((line) => INDENT + line),
    ...(original === '' ? [] : [INDENT + original]),
  ];
}

/** As Tenshi writes it, for people and programs, in every language. */
function renderSection(
  { host, name, messages, more }: HostSection,
  letter: Letter,
  describer: Describer,
): string[] {
  const { notes } = describer.words;
  const { limit, mask } = letter;
  const title = name === null ? escapeControl(host) : `${escapeControl(host)} (${escapeControl(name)})`;
  const lines = [
    '',
    `${title}: `,
    ...messages.map(
      (one) =>
        `    ${one.count}: ${escapeControl(showMessage(one, mask).message)}${timeBehind(one, letter, describer)}${idBehind(one, letter)}`,
    ),
  ];
  if (!more) return lines;
  const why = messages.length === limit ? `Too many alerts (limit: ${limit})` : 'Too many alerts';
  return [...lines, '', `  *** ${why}  ***`, `  *** ${notes.leftOut(more)} ***`];
}
