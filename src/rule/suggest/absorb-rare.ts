import { piecesOf, prefixOf, regexOf } from './propose-rule.js';
import { isSteady } from './propose-rules.js';
import type { Row } from './rows.js';
import { isState } from './words.js';

/** Kinds that may absorb others: so many, the most frequent ones, of at least so many messages. It bounds the work. */
const MAX_ABSORBING = 200;
const MIN_MESSAGES = 100;

/** A kind is rare beside another that has so many times its messages: when only marks differ, and when letters do. */
const RARE_IN_MARKS = 10;
const RARE_IN_LETTERS = 100;

/**
 * Finds rare kinds that are others in disguise: `user adfdcdbb`, which looks like a number in hexadecimal, beside
 * thousands of `user ann`; a key that holds a `+` by chance. By the number of a rare kind, the kind that absorbs it: the
 * rule of that takes it as it is, and masks no word of it that says what happened.
 */
export function absorbRare(rows: readonly Row[]): ReadonlyMap<Row, Row> {
  const forms = new Map<Row, Form>();
  const formOf = (row: Row): Form => {
    const form = forms.get(row) ?? new Form(row);
    forms.set(row, form);
    return form;
  };
  const absorbed = new Map<Row, Row>();
  const byCount = rows.toSorted((a, b) => b.count - a.count);
  for (const row of byCount.slice(0, MAX_ABSORBING)) {
    if (row.count < MIN_MESSAGES) break;
    const form = formOf(row);
    if (absorbed.has(row) || !form.isSteady) continue;
    for (const other of byCount) {
      if (row.count < RARE_IN_MARKS * other.count || absorbed.has(other) || !form.mayTake(other)) continue;
      if (form.absorbs(formOf(other))) absorbed.set(other, row);
    }
  }
  return absorbed;
}

/** From where to where, in UTF-16 units. */
type Span = readonly [start: number, end: number];

/** A kind as its rule is, without changes. */
class Form {
  readonly row: Row;
  readonly isSteady: boolean;
  readonly #regex: RegExp;
  readonly #prefix: string;

  constructor(row: Row) {
    const pieces = piecesOf(row);
    this.row = row;
    this.isSteady = isSteady(pieces);
    this.#regex = new RegExp(regexOf(pieces, []), 'd');
    this.#prefix = prefixOf(pieces);
  }

  /** Whether the first message of a kind is taken; false for most at once. */
  mayTake({ samples: [sample] }: Row): boolean {
    return sample.startsWith(this.#prefix) && this.#regex.test(sample);
  }

  absorbs(other: Form): boolean {
    const isRare = RARE_IN_LETTERS * other.row.count <= this.row.count;
    return other.row.samples.every((text) => this.#absorbsText(other, text, isRare));
  }

  #absorbsText(other: Form, text: string, isRare: boolean): boolean {
    const mine = this.#spansIn(text);
    const theirs = other.#spansIn(text);
    if (mine === null || theirs === null) return false;
    const isWithin = ([start, end]: Span) => mine.some((span) => span[0] <= start && end <= span[1]);
    if (other.row.count > 1 && !theirs.every(isWithin)) return false;
    return mine.every((span) => isValue(text, span, theirs, isRare));
  }

  #spansIn(text: string): Span[] | null {
    const match = this.#regex.exec(text);
    return match && (match.indices ?? []).slice(1).filter((span) => span !== undefined);
  }
}

/**
 * Whether what a slot takes is a value in the other kind, too: but for marks it is masked there, or, in a rare one, it
 * is one run without a word that says what happened.
 */
function isValue(text: string, [start, end]: Span, theirs: readonly Span[], isRare: boolean): boolean {
  const inside = theirs.filter((span) => span[0] < end && span[1] > start);
  const literals = literalsBetween(text, [start, end], inside);
  if (!literals.some((literal) => /[\p{L}\d]/u.test(literal))) return true;
  if (!isRare || /\s/.test(text.slice(start, end))) return false;
  return literals.every((literal) => literal.split(/[^\p{L}]+/u).every((word) => !isState(word)));
}

function literalsBetween(text: string, [start, end]: Span, inside: readonly Span[]): string[] {
  const literals: string[] = [];
  let from = start;
  for (const [begin, stop] of inside) {
    if (begin > from) literals.push(text.slice(from, begin));
    from = Math.max(from, stop);
  }
  if (end > from) literals.push(text.slice(from, end));
  return literals;
}
