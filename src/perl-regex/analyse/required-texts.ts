import { type Node, widthOf } from '../parse/ast.js';

/** A literal that every match contains, or one of several of which every match contains one. */
export interface RequiredText {
  readonly text: string;
  /** In any case; `text` is then lower-case ASCII. */
  readonly anyCase: boolean;
}

/** Every text that matches contains at least one of these. */
export type Clause = readonly RequiredText[];

/** A larger clause says little, and each text costs a search. */
const MAX_CLAUSE_TEXTS = 64;
const FIRST_BEYOND_ASCII = 0x80;

/**
 * The literal prefilter of a regex: every text that matches contains one text of each clause, lookarounds included. In the
 * order of the regex.
 */
export function requiredClauses(root: Node): readonly Clause[] {
  const collector = new Collector();
  collector.visit(root);
  collector.endRun();
  return collector.clauses;
}

/** The stronger of two clauses: that whose shortest text is longer; the first of equals. */
export function bestOf(clauses: readonly Clause[]): Clause | null {
  let best: Clause | null = null;
  for (const clause of clauses) if (best === null || shortest(clause) > shortest(best)) best = clause;
  return best;
}

function shortest(clause: Clause): number {
  return clause.reduce((least, { text }) => Math.min(least, text.length), Number.POSITIVE_INFINITY);
}

/** Collects clauses, and characters in a row. */
class Collector {
  readonly clauses: Clause[] = [];
  #run = '';
  #anyCase = false;

  visit(node: Node): void {
    switch (node.kind) {
      case 'char':
        this.#add(String.fromCodePoint(node.code), false);
        return;
      case 'set': {
        const [first] = node.set;
        const letter = letterOf(node.set);
        if (letter !== null) this.#add(letter, true);
        else if (first && first[0] === first[1] && node.set.length === 1)
          this.#add(String.fromCodePoint(first[0]), false);
        else this.endRun();
        return;
      }
      case 'sequence':
        for (const item of node.items) this.visit(item);
        return;
      case 'capture':
      case 'atomic':
        this.visit(node.body);
        return;
      case 'choice':
        this.#visitChoice(node.branches);
        return;
      case 'repeat':
        this.endRun();
        if (node.min > 0) this.#visitApart(node.body);
        return;
      case 'look':
        // It has no width: its neighbours are adjacent.
        if (!node.negative) this.#visitApart(node.body);
        return;
      default:
        if (widthOf(node).max > 0 || node.kind === 'fail') this.endRun();
    }
  }

  endRun(): void {
    if (this.#run !== '') this.clauses.push([{ text: this.#run, anyCase: this.#anyCase }]);
    this.#run = '';
    this.#anyCase = false;
  }

  #visitApart(node: Node): void {
    this.clauses.push(...requiredClauses(node));
  }

  #visitChoice(branches: readonly Node[]): void {
    this.endRun();
    const each = branches.map((branch) => bestOf(requiredClauses(branch)));
    const texts = each.every((clause) => clause !== null) ? each.flat() : [];
    if (texts.length > 0 && texts.length <= MAX_CLAUSE_TEXTS) this.clauses.push(texts);
  }

  /** If one character of a row may have either case, all are searched in lower case; in ASCII only. */
  #add(char: string, anyCase: boolean): void {
    const mixes = this.#run !== '' && anyCase !== this.#anyCase;
    if (mixes && !isAscii(this.#run + char)) this.endRun();
    this.#anyCase = this.#run === '' ? anyCase : this.#anyCase || anyCase;
    this.#run += char;
    if (this.#anyCase) this.#run = this.#run.toLowerCase();
  }
}

/** The letter whose two cases a set is; null for any other set. */
function letterOf(set: readonly (readonly [number, number])[]): string | null {
  const [upper, lower] = set;
  if (!upper || !lower || set.length !== 2 || upper[0] !== upper[1] || lower[0] !== lower[1]) return null;
  if (lower[0] >= FIRST_BEYOND_ASCII) return null;
  const letter = String.fromCharCode(lower[0]);
  return letter.toUpperCase() === String.fromCharCode(upper[0]) && letter.toUpperCase() !== letter
    ? letter
    : null;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= FIRST_BEYOND_ASCII) return false;
  return true;
}

/** Whether a text lacks what some clause requires. */
export function lacks(text: string, clauses: readonly Clause[]): boolean {
  return clauses.some((clause) => !clause.some((one) => holds(text, one)));
}

function holds(text: string, required: RequiredText): boolean {
  return (required.anyCase ? inSmallLetters(text) : text).includes(required.text);
}

let lastText = '';
let lastLower = '';

/** Many regexes ask this of one text in turn. */
function inSmallLetters(text: string): string {
  if (text !== lastText) {
    lastText = text;
    lastLower = text.toLowerCase();
  }
  return lastLower;
}
