import { embeddedTemplate } from '../../base/package.js';
import { escapeControl } from '../../base/text/escape.js';
import {
  openingOf,
  type RenderedItem,
  type RenderedPart,
  sizeOfSection,
  writeAddresses,
  writeParts,
} from '../build/write-parts.js';
import type { Content, HostSection, Letter, LetterMessage } from '../letter.js';
import { createDescriber, type Describer } from '../words/describe-letter.js';
import type { PartKind } from '../words/words.js';
import { notesOf } from './render-text.js';
import { readTemplate, TemplateFault } from './template.js';

/** A letter as an HTML page; a note in the letter says if its own template had an error. */
export interface Page {
  readonly letter: Letter;
  readonly html: string;
}

/**
 * The letter as an HTML page: one column, no external resources, all untrusted text escaped by Handlebars. If a template
 * of the config has an error, the built-in one is used. Throws `TemplateFault` if that fails, too.
 */
export async function renderPage(letter: Letter): Promise<Page> {
  if (letter.template === null) return { letter, html: await renderWith(BUILT_IN, letter) };
  try {
    return { letter, html: await renderWith(letter.template, letter) };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    const noted = noteFault(letter, letter.template, error);
    return { letter: noted, html: await renderWith(BUILT_IN, noted) };
  }
}

/** `renderPage`, without the letter. */
export async function renderHtml(letter: Letter): Promise<string> {
  return (await renderPage(letter)).html;
}

/** The page that one template makes of a letter. Throws `TemplateFault`. */
export async function renderWith(template: string, letter: Letter): Promise<string> {
  const render = await readTemplate(template);
  return render(dataOf(letter));
}

const BUILT_IN = embeddedTemplate('letter.hbs');

function noteFault(letter: Letter, template: string, { message, line, column }: TemplateFault): Letter {
  const note = createDescriber(letter).words.notes.badTemplate(template, `${line}:${column}: ${message}`);
  return { ...letter, template: null, notes: [...letter.notes, note] };
}

/** Backgrounds of badges, dark enough for white letters on them (WCAG 2.2, 1.4.3). */
const COLORS: Readonly<Record<PartKind, string>> = {
  new: '#b3261e',
  louder: '#9a4a00',
  back: '#2858b8',
  gone: '#5f6368',
  shared: '#2e6b3e',
  addresses: '#6b3fa0',
  masked: '#5f6368',
};

/** The data for templates, documented in tenshi.conf(5). Every letter has all fields; they are empty if nothing is known. */
function dataOf(letter: Letter): unknown {
  const { queue, subject, status } = letter;
  const describer = createDescriber(letter);
  const { words, axis } = describer;
  const sections = sectionsOf(letter, describer);
  const hasBars = sections.some(({ parts, hosts }) =>
    [...parts.flatMap(({ items }) => items), ...hosts.flatMap(({ messages }) => messages)].some(
      ({ bar }) => bar !== '',
    ),
  );
  return {
    language: words.language,
    title: escapeControl(`${subject} [${queue}]`),
    subject: escapeControl(subject),
    queue: escapeControl(queue),
    status: status === null ? '' : escapeControl(words.status(status)),
    ...openingOf(letter, describer),
    axis: hasBars ? axis : '',
    words: words.columns,
    sections,
    // For templates of one queue.
    parts: sections.flatMap(({ title, parts }) => parts.map((part) => under(title, part))),
    hosts: sections.flatMap(({ title, hosts }) => hosts.map((host) => under(title, host))),
    notes: notesOf(letter).map(escapeControl),
    proposals: {
      title: letter.proposals ? words.proposals(letter.proposals.lookedAt) : '',
      rules: letter.proposals?.rules ?? [],
    },
  };
}

function under<T extends { readonly title: string }>(section: string, part: T): T {
  return section === '' ? part : { ...part, title: `${section}: ${part.title}` };
}

interface SectionData {
  /** Empty in a letter of one queue, and above the addresses of all. */
  readonly title: string;
  readonly size: string;
  readonly parts: readonly PartData[];
  readonly hosts: readonly HostData[];
}

/** A letter of one queue is one section without a title; behind several there is one for the addresses of all. */
function sectionsOf(letter: Letter, describer: Describer): SectionData[] {
  const addresses = letter.parts
    ? writeAddresses(letter, describer).map((part) => partOf(part, describer))
    : [];
  const one = (
    { parts, hosts }: Content,
    more: readonly PartData[],
  ): Pick<SectionData, 'parts' | 'hosts'> => ({
    parts: [...(parts ? writeParts(parts, describer).map((part) => partOf(part, describer)) : []), ...more],
    hosts: hosts.map((section) => hostOf(section, describer)),
  });
  if (letter.sections.length === 0) return [{ title: '', size: '', ...one(letter, addresses) }];
  const sections = letter.sections.map((section) => ({
    title: escapeControl(section.title),
    size: sizeOfSection(section, describer),
    ...one(section, []),
  }));
  return addresses.length === 0
    ? sections
    : [...sections, { title: '', size: '', parts: addresses, hosts: [] }];
}

interface PartData {
  readonly kind: PartKind;
  readonly title: string;
  readonly color: string;
  readonly items: readonly ItemData[];
}

interface ItemData {
  readonly count: number | null;
  readonly message: string;
  readonly details: string;
  readonly when: string;
  readonly bar: string;
  readonly values: string;
  readonly original: string;
  readonly id: string;
}

function partOf({ kind, title, items }: RenderedPart, describer: Describer): PartData {
  return { kind, title, color: COLORS[kind], items: items.map((item) => partItem(item, describer)) };
}

function partItem(
  { count, message, usual, details, when, bar, values, original, id }: RenderedItem,
  { words }: Describer,
): ItemData {
  return {
    count,
    message,
    details: [...details, usual].filter((text) => text !== '').join(words.pieces),
    when,
    bar,
    values: values.join(words.comma),
    original,
    id,
  };
}

interface HostData {
  readonly title: string;
  readonly messages: readonly RowData[];
  readonly more: string;
}

interface RowData {
  readonly count: number;
  readonly message: string;
  readonly when: string;
  readonly bar: string;
  readonly values: string;
  readonly id: string;
}

function hostOf({ host, name, messages, more }: HostSection, describer: Describer): HostData {
  return {
    title: escapeControl(name === null ? host : `${host} (${name})`),
    messages: messages.map((message) => rowOf(message, describer)),
    more: more ? describer.words.notes.leftOut(more) : '',
  };
}

function rowOf(message: LetterMessage, { span, bar, show, words }: Describer): RowData {
  const shown = show(message);
  return {
    count: message.count,
    message: shown.message,
    when: span(message.first, message.last),
    bar: bar(message),
    values: shown.values.join(words.comma),
    id: message.id ?? '',
  };
}
