import { type Block, sample, type Term, terms } from '../base/text/prose.js';
import type { Dialect } from '../line/dialect.js';
import { DIALECTS } from '../line/dialects.js';
import { FORMATS } from '../line/format/formats.js';

/** The table of dialects, as the manual prints it: who writes it, an example, and what is read of that. */
export function dialectTerms(): Block {
  return terms(...DIALECTS.map(termOf));
}

function termOf({ name, from, example, yields }: Dialect): Term {
  const parts = [
    `host ${yields.host === null ? '(none)' : quoted(yields.host)}`,
    `time ${yields.time === null ? '(none)' : quoted(yields.time)}`,
    ...(yields.priority === undefined ? [] : [`priority ${quoted(yields.priority)}`]),
    ...(yields.program === undefined ? [] : [`program ${quoted(yields.program)}`]),
    ...(yields.pid === undefined ? [] : [`pid ${quoted(yields.pid)}`]),
  ];
  return [
    name,
    `${from}. In this example: ${parts.join(', ')}.`,
    sample(shortened(example.replaceAll('\t', '    '))),
  ];
}

/** A page has 80 columns, and a sample in a table is indented. */
const MAX_EXAMPLE = 60;

function shortened(example: string): string {
  return example.length <= MAX_EXAMPLE ? example : `${example.slice(0, MAX_EXAMPLE).trimEnd()} ...`;
}

function quoted(text: string): string {
  return `\`${text}\``;
}

/** The table of formats, as the manual prints it: who writes it, an example, and the text that rules get. */
export function formatTerms(): Block {
  return terms(
    ...FORMATS.map(
      ({ name, from, example, yields }): Term => [
        `\`${name}\``,
        `${from}. Rules get:`,
        sample(shortened(yields)),
        'of',
        sample(shortened(example)),
      ],
    ),
  );
}
