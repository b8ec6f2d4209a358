import { type Block, isSubheading, type Term } from '../base/text/prose.js';
import { type Page, REVISED, referenceOf } from './page.js';
import { type Span, spansOf } from './spans.js';

/** Columns: a terminal has 80, and the last ones are left free, as man does. */
const WIDTH = 78;
const INDENT = 4;
const SAMPLE_INDENT = 2;

/** A page as text for a terminal without man, or a pipe: no control characters, no line over 80 columns. */
export function renderPlain(page: Page, version: string): string {
  const reference = referenceOf({ ...page, name: page.name.toUpperCase() });
  const lines = [
    spread(reference, page.volume, reference),
    '',
    'NAME',
    ...wrap(`${page.name} - ${page.title}`, INDENT),
    ...page.sections.flatMap(({ heading, blocks }) => ['', heading, ...renderBlocks(blocks, INDENT)]),
    '',
    spread(`tayori ${version}`, REVISED, reference),
  ];
  return `${lines.join('\n')}\n`;
}

/** Three pieces: at the left, in the middle, at the right. */
function spread(left: string, middle: string, right: string): string {
  const before = Math.max(1, Math.floor((WIDTH - middle.length) / 2) - left.length);
  const after = Math.max(1, WIDTH - left.length - before - middle.length - right.length);
  return `${left}${' '.repeat(before)}${middle}${' '.repeat(after)}${right}`;
}

/** An empty line between blocks, but none behind a heading. */
function renderBlocks(blocks: readonly Block[], indent: number): string[] {
  return blocks.flatMap((block, at) => {
    const close = at === 0 || isSubheading(blocks[at - 1]);
    return [...(close ? [] : ['']), ...renderBlock(block, indent)];
  });
}

function renderBlock(block: Block, indent: number): string[] {
  if (typeof block === 'string') return wrap(plain(spansOf(block)), indent);
  switch (block.kind) {
    case 'subheading':
      return [`${' '.repeat(indent / 2)}${block.text}`];
    case 'sample':
      return block.lines.map((line) => (line === '' ? '' : ' '.repeat(indent + SAMPLE_INDENT) + line));
    case 'terms':
      return block.terms.flatMap((term, at) => [...(at === 0 ? [] : ['']), ...renderTerm(term, indent)]);
  }
}

function renderTerm([term, ...blocks]: Term, indent: number): string[] {
  return [...wrap(term.replaceAll('`', ''), indent), ...renderBlocks(blocks, indent + INDENT)];
}

/** Literal words that could be taken for words of the sentence, or for its full stop, stand in quotation marks. */
function plain(spans: readonly Span[]): string {
  return spans.map(({ kind, text }) => (kind === 'literal' && !isWord(text) ? `"${text}"` : text)).join('');
}

function isWord(text: string): boolean {
  return /^[\w\-/.:@=*|[\],]*\w[\w\-/]*\]?$/.test(text);
}

/** Breaks text between words so that no line is too long, each line moved in. */
function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => ' '.repeat(indent) + one);
}
