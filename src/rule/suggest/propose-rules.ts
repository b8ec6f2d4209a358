import { compare } from '../../base/compare.js';
import { compile } from '../../perl-regex/perl-regex.js';
import { BUILT_INS } from '../built-in-patterns.js';
import { expandPatterns } from '../expand-patterns.js';
import {
  MASK,
  maskedBy,
  type Piece,
  type Proposal,
  piecesOf,
  prefixOf,
  quote,
  regexOf,
  ruleOf,
} from './propose-rule.js';
import type { Row } from './rows.js';
import { DATE } from './slot-pattern.js';

/** A rule that is being made, so that it takes its own kind and no other. */
interface Draft {
  readonly row: Row;
  pieces: readonly Piece[];
  unless: string[];
  regex: RegExp;
}

/** A rule that still takes messages of others after so many changes is let go. */
const MAX_CHANGES = 12;

/** No more whole kinds than these are named in a rule as what it must not take: nobody would read it. */
const MAX_UNLESS = 2;

/**
 * A rule for each kind that is asked for, in their order. Each takes the samples of its kind and of no other of all
 * kinds; a kind of which no such rule was found has none.
 */
export function proposeRules(rows: readonly Row[], asked: readonly Row[] = rows): (Proposal | null)[] {
  const work = proposing(rows, asked);
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

/** The same in pieces: it yields after each. */
export function* proposing(
  rows: readonly Row[],
  asked: readonly Row[],
): Generator<undefined, (Proposal | null)[]> {
  const draftsByRow = new Map<Row, Draft>();
  for (const row of rows) {
    draftsByRow.set(row, draftOf(row));
    yield;
  }
  const drafts = [...draftsByRow.values()];
  const samples = drafts
    .flatMap((draft) => draft.row.samples.map((text) => ({ text, draft })))
    .sort((a, b) => compare(a.text, b.text));
  const proposals: (Proposal | null)[] = [];
  for (const row of asked) {
    proposals.push(proposalFor(draftsByRow.get(row), samples));
    yield;
  }
  return proposals;
}

function proposalFor(draft: Draft | undefined, samples: readonly Sample[]): Proposal | null {
  if (draft === undefined || !isSteady(draft.pieces) || !saysSomething(draft.pieces)) return null;
  keepApart(draft, samples);
  return proposalOf(draft, samples);
}

interface Sample {
  readonly text: string;
  readonly draft: Draft;
}

/** More slots that take nearly anything, one behind the other, make a regex slow on long texts that it does not take. */
const MAX_WIDE = 2;

/** Whether a rule can be tried on any text: its slots cannot share out a text in too many ways. */
export function isSteady(pieces: readonly Piece[]): boolean {
  let anywhere = 0;
  let inWord = 0;
  for (const piece of pieces) {
    if (piece.kind === 'literal' ? /\s/.test(piece.text) : piece.kind.startsWith('blank')) inWord = 0;
    if (piece.kind !== 'slot') continue;
    if (piece.pattern.startsWith('.') || piece.pattern === DATE) anywhere += 1;
    else if (piece.pattern.startsWith('\\S')) inWord += 1;
    if (anywhere > MAX_WIDE || inWord > MAX_WIDE) return false;
  }
  return true;
}

/** `sshd: ` and `sshd[]: `, where the number between the brackets is a slot. */
const PROGRAM = /^[^\s:]*: /;

/** Whether a rule with a slot for nearly anything names a word of the message: else it would take all of a program. */
function saysSomething(pieces: readonly Piece[]): boolean {
  if (!pieces.some((piece) => piece.kind === 'slot' && /^(?:\.|\\S|\[\^)/.test(piece.pattern))) return true;
  const literals = pieces.map((piece) => (piece.kind === 'literal' ? piece.text : '')).join('');
  return /\p{L}/u.test(literals.replace(PROGRAM, ''));
}

/** Longer rules nobody reads; a thousand of them would take hundreds of megabytes to be tried. In UTF-16 units. */
const MAX_RULE = 600;

function draftOf(row: Row): Draft {
  const pieces = piecesOf(row);
  return { row, pieces, unless: [], regex: compiled(pieces, []) };
}

function compiled(pieces: readonly Piece[], unless: readonly string[]): RegExp {
  return new RegExp(regexOf(pieces, unless), 'd');
}

/** Changes a rule until it takes no sample of another kind. */
function keepApart(draft: Draft, samples: readonly Sample[]): void {
  for (let change = 0; change < MAX_CHANGES; change++) {
    const taken = firstTaken(draft, samples);
    if (taken === null) return;
    const { pieces, unless } = draft;
    draft.pieces = exceptLiteral(draft, taken) ?? pieces;
    if (draft.pieces === pieces) {
      if (unless.length === MAX_UNLESS) return;
      unless.push(restOf(taken.draft));
    }
    draft.regex = compiled(draft.pieces, unless);
  }
}

function firstTaken(draft: Draft, samples: readonly Sample[]): Sample | null {
  for (const sample of candidates(draft, samples))
    if (sample.draft !== draft && draft.regex.test(sample.text)) return sample;
  return null;
}

/** The samples that begin as a rule does; they are sorted. */
function* candidates({ pieces }: Draft, samples: readonly Sample[]): Generator<Sample> {
  const prefix = prefixOf(pieces);
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare((samples[middle] as Sample).text, prefix) < 0) low = middle + 1;
    else high = middle;
  }
  for (; low < samples.length && (samples[low] as Sample).text.startsWith(prefix); low++)
    yield samples[low] as Sample;
}

/**
 * The pieces of a rule with a slot that no longer takes the text that makes a sample one of another kind; null when
 * no such text is found in it.
 */
function exceptLiteral(draft: Draft, { text, draft: other }: Sample): readonly Piece[] | null {
  const spans = draft.regex.exec(text)?.indices?.slice(1) ?? [];
  let group = -1;
  for (const [at, piece] of draft.pieces.entries()) {
    if (piece.kind === 'slot' || piece.kind === 'note') group += 1;
    if (piece.kind !== 'slot') continue;
    const [start, end] = spans[group] ?? [0, 0];
    const literal = literalIn(other, text, start, end);
    if (literal === null) continue;
    const except = `${quote(literal)}${end === start + literal.length ? behind(draft.pieces[at + 1]) : ''}`;
    if (piece.except.includes(except)) continue;
    const pieces = draft.pieces.toSpliced(at, 1, { ...piece, except: [...piece.except, except] });
    if (draft.row.samples.every((sample) => compiled(pieces, draft.unless).test(sample))) return pieces;
  }
  return null;
}

/** What another kind says for good at a place where a rule takes any value; null when it is a value there, too. */
function literalIn(other: Draft, text: string, start: number, end: number): string | null {
  if (end === start) return null;
  const spans = other.regex.exec(text)?.indices?.slice(1) ?? [];
  const cut = spans.find((span) => span !== undefined && span[1] > start && span[0] < end);
  const until = cut === undefined ? end : cut[0];
  return until > start ? text.slice(start, until) : null;
}

/** What must follow a text for it to be the whole of a slot. */
function behind(next: Piece | undefined): string {
  if (next === undefined) return '$';
  return next.kind === 'literal' ? quote(next.text.slice(0, 1)) : '';
}

/** What a rule takes, behind the beginning of a message and without groups. */
function restOf({ pieces, unless }: Draft): string {
  return regexOf(pieces, unless, false).slice(1);
}

function proposalOf(draft: Draft, samples: readonly Sample[]): Proposal | null {
  const { row, pieces, unless, regex } = draft;
  const [sample] = row.samples;
  const result = maskedBy(regex, sample);
  if (result === null || row.samples.some((text) => !regex.test(text))) return null;
  if (firstTaken(draft, samples) !== null) return null;
  const source = regexOf(pieces, unless);
  if (source.length > MAX_RULE) return null;
  const rule = namedRule(draft) ?? source;
  return { pieces, regex: source, rule, sample, result, count: row.count };
}

/** A rule with named patterns that makes the same of all samples; null where it would not. */
function namedRule({ row, pieces, unless, regex }: Draft): string | null {
  const rule = ruleOf(pieces, unless);
  const compiled = compile(expandPatterns(rule, BUILT_INS).text);
  if (!compiled.ok) return null;
  const isSame = row.samples.every((text) => compiled.pattern.mask(text, MASK) === maskedBy(regex, text));
  return isSame ? rule : null;
}
