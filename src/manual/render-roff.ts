import { type Block, isSubheading, type Term } from '../base/text/prose.js';
import { type Page, REVISED, type Section } from './page.js';
import { type Span, spansOf, termSpansOf } from './spans.js';

/** Longest line of roff: `mandoc -Tlint` minds longer ones, and so does who reads it in an editor. */
const LONGEST_LINE = 78;

/** A page as man(7) source: ASCII only, understood by groff and mandoc alike. */
export function renderRoff(page: Page, version: string): string {
  const lines = [
    '.\\" Made by "tayori manual --roff" of what the program itself reads.',
    `.TH ${argument(page.name.toUpperCase())} ${page.section} ${REVISED} ${argument(`tayori ${version}`)} ${argument(page.volume)}`,
    '.nh',
    '.ad l',
    '.SH NAME',
    `${escapeRoff(page.name)} \\- ${escapeRoff(page.title)}`,
    ...page.sections.flatMap(renderSection),
  ];
  return `${lines.join('\n')}\n`;
}

function renderSection({ heading, blocks }: Section): string[] {
  return [`.SH ${argument(heading)}`, ...renderBlocks(blocks)];
}

/** The first text behind a heading or a term is its first paragraph: it needs no request of its own. */
function renderBlocks(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block, at) => renderBlock(block, at === 0 || isSubheading(blocks[at - 1])));
}

function renderBlock(block: Block, first: boolean): string[] {
  if (typeof block === 'string') return [...(first ? [] : ['.PP']), ...fill(spansOf(block))];
  switch (block.kind) {
    case 'subheading':
      return [`.SS ${argument(block.text)}`];
    case 'sample':
      return [...(first ? [] : ['.PP']), '.RS 2', '.nf', ...block.lines.map(renderSampleLine), '.fi', '.RE'];
    case 'terms':
      return block.terms.flatMap(renderTerm);
  }
}

/** What follows the first paragraph stands in a block that is moved in as far as that is. */
function renderTerm([term, first, ...rest]: Term): string[] {
  const lines = ['.TP', termSpansOf(term).map(renderSpan).join('')];
  if (first !== undefined)
    lines.push(...(typeof first === 'string' ? renderBlock(first, true) : ['\\&', ...moved([first])]));
  return rest.length > 0 ? [...lines, ...moved(rest)] : lines;
}

function moved(blocks: readonly Block[]): string[] {
  return ['.RS', ...blocks.flatMap((block) => renderBlock(block, false)), '.RE'];
}

function renderSampleLine(line: string): string {
  return line === '' ? '\\&' : guard(escapeRoff(line));
}

/** Words in lines that are not too long; each sentence begins one, so that roff sees where sentences end. */
function fill(spans: readonly Span[]): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of spans.map(renderSpan).join('').split(/ +/)) {
    if (line !== '' && (endsSentence(line, word) || line.length + 1 + word.length > LONGEST_LINE)) {
      lines.push(endLine(line, word));
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map(guard);
}

function endsSentence(line: string, next: string): boolean {
  return (
    /[.?!](?:\\fR)?\)?$/.test(line) && !/\be\\?\.g\.$/.test(line) && /^(?:\\f.|\()?[A-Z0-9"\\]/.test(next)
  );
}

/** A full stop at the end of a line would end a sentence for roff. */
function endLine(line: string, next: string): string {
  return /[.?!]\)?$/.test(line) && !endsSentence(line, next) ? `${line}\\&` : line;
}

const FONTS = { literal: '\\fB', variable: '\\fI', plain: '' } as const;

function renderSpan({ kind, text }: Span): string {
  return kind === 'plain' ? escapeRoff(text) : `${FONTS[kind]}${escapeRoff(text)}\\fR`;
}

/** An argument of a request, in quotation marks where it needs them. */
function argument(text: string): string {
  const escaped = escapeRoff(text);
  return /[ \t]/.test(escaped) ? `"${escaped}"` : escaped;
}

/** A line that begins with a dot or a quotation mark would be a request. */
function guard(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

/** Characters that roff understands as something else, or shows as something that one cannot type (groff_man_style(7)). */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

function escapeRoff(text: string): string {
  return [...text].map((char) => ESCAPES[char] ?? (char < '\x7f' ? char : beyondAscii(char))).join('');
}

function beyondAscii(char: string): string {
  return `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
}
