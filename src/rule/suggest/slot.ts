import { NUMBER_MARK, VALUE } from './cells.js';
import { MIN_OPEN, type Row } from './rows.js';
import { CUES, isState, SWITCHES } from './words.js';

/**
 * How many different words a place must take before they are for values, not for what makes the message another one.
 * Where nothing speaks for a value, more than a handful; first words are mostly verbs or programs.
 */
const MIN_WORDS = {
  anywhere: 9,
  first: 24,
  /** The first word of a message that has so many others that it is known by them. */
  firstOfMany: 10,
  firstNames: 8,
  /** Behind a colon. */
  announced: 6,
  /** In brackets. */
  bracketed: 5,
  /** Behind ` = `. */
  spacedAssigned: 5,
  /** Behind `=`. */
  assigned: 4,
  /** Beside a `/` or `@`. */
  joined: 4,
  quoted: 3,
};

/** What each of these counts for as a word. */
const WEIGHTS = { word: 1, identifier: 1.5, name: 2, values: 3, switches: 3 };

/** From so many `=` on, a message is a record. */
const MIN_PAIRS = 2;
/** The same, where the message has other words as well. */
const MIN_RECORD_PAIRS = 3;

/**
 * What becomes of the different values of a place: by value, what it is compared by from now on. Equal ones are one,
 * so that `VALUE` for all makes one message of them. null: each stays as it is.
 */
export type Decision = ReadonlyMap<string, string>;

/** Decides about a place where messages differ that are equal everywhere else, or wherever it matters. */
export function decideSlot(rows: readonly Row[], at: number): Decision | null {
  const [first] = rows as [Row, ...Row[]];
  const seen = readValues(rows, at);
  if (seen === null) return null;
  const { words, held, names, numbered, switches } = seen;
  const values = seen.all.has(VALUE) ? WEIGHTS.values : 0;
  const have =
    words +
    numbered +
    values +
    names * (at === 0 && words > 0 ? 1 : WEIGHTS.name) +
    (switches > 0 ? WEIGHTS.switches : 0);
  const needed = neededAt(first, at, words === 0);
  const isFree = words === 0 && held.size === 0 && (values > 0 || (at > 0 && numbered === 0));
  const isBeside = at > 0 && words === 0 && values > 0 && names + switches > 0;
  if (have < needed && !isFree && !isBeside) return null;
  const isSwept = words >= MIN_OPEN && words >= 3 * held.size;
  return new Map([...seen.all].map((value) => [value, held.has(value) && !isSwept ? value : VALUE]));
}

interface Seen {
  readonly all: ReadonlySet<string>;
  /** The weight of plain words, those that were made one before among them. */
  readonly words: number;
  /** Words that must stay apart. */
  readonly held: ReadonlySet<string>;
  readonly names: number;
  readonly numbered: number;
  readonly switches: number;
}

function readValues(rows: readonly Row[], at: number): Seen | null {
  const [first] = rows as [Row, ...Row[]];
  const isAssigned = first.keys[at - 1] === '=';
  const pairs = isAssigned ? pairsIn(first) : 0;
  const all = new Set<string>();
  const names = new Set<string>();
  let merged = 0;
  for (const row of rows) {
    const key = row.keys[at] as string;
    const kind = key === VALUE ? 'value' : row.places[at]?.cell.kind;
    if (kind === 'mark') return null;
    all.add(key);
    if (key === VALUE) merged = Math.max(merged, (row.places[at]?.spread ?? 1) - 1);
    if (kind === 'name') names.add(key);
  }
  const opposed = opposedIn(all);
  const held = new Set<string>();
  let words = merged;
  let numbered = 0;
  let switches = 0;
  let named = 0;
  for (const key of all) {
    if (key === VALUE) continue;
    if (opposed.has(key) || isFailure(key)) held.add(key);
    else if (names.has(key)) named += 1;
    else if (pairs >= MIN_PAIRS && SWITCHES.has(key.toLowerCase())) switches += 1;
    else if (key.endsWith(NUMBER_MARK) || (all.has(VALUE) && isHexLetters(key))) numbered += 1;
    else if (isState(key) || (isAllCapitals(key) && pairs < MIN_RECORD_PAIRS)) held.add(key);
    else words += at > 0 && isIdentifier(key) ? WEIGHTS.identifier : WEIGHTS.word;
  }
  return { all, words, held, names: named, numbered, switches };
}

function neededAt(row: Row, at: number, hasNamesOnly: boolean): number {
  const before = row.keys[at - 1] ?? '';
  const behind = row.places[at + 1]?.cell.isGlued ? (row.keys[at + 1] ?? '') : '';
  if (behind === '/' || behind === '@') return MIN_WORDS.joined;
  if (at === 0 && hasNamesOnly) return MIN_WORDS.firstNames;
  // Behind `program:` a text begins anew.
  if (at === 0 || (at === 2 && before === ':' && !hasNamesOnly))
    return wordsIn(row, at) >= MANY_WORDS ? MIN_WORDS.firstOfMany : MIN_WORDS.first;
  if (before === '=') return row.places[at - 1]?.cell.isGlued ? MIN_WORDS.assigned : MIN_WORDS.spacedAssigned;
  if (before === '"' || before === "'") return MIN_WORDS.quoted;
  if (before === '/' || before === '@') return MIN_WORDS.joined;
  if (before === '[' || before === '(' || before === '<' || before === '{') return MIN_WORDS.bracketed;
  return before === ':' ? MIN_WORDS.announced : (CUES.get(before.toLowerCase()) ?? MIN_WORDS.anywhere);
}

const MANY_WORDS = 5;

/** How many words a message has for good, but for one place. */
function wordsIn({ keys, places }: Row, but: number): number {
  return keys.filter((key, at) => at !== but && key !== VALUE && places[at]?.cell.kind === 'word').length;
}

/** How many `key=value` there are in a message. */
export function pairsIn(row: Row): number {
  return row.keys.reduce((count, key) => count + (key === '=' ? 1 : 0), 0);
}

/** `abcdefa`: where other values stand, a number that happens to have no digit. */
export function isHexLetters(key: string): boolean {
  return /^[a-f]{5,}$/.test(key);
}

function isAllCapitals(key: string): boolean {
  return /^[A-Z][A-Z_]+$/.test(key);
}

/** Names of exceptions and errors say what happened. */
function isFailure(key: string): boolean {
  return /[a-z](?:Exception|Error|Failure|Fault)$/.test(key);
}

function isIdentifier(key: string): boolean {
  return /[a-z][A-Z]|_|[a-z]-[a-z]/.test(key);
}

/** Values that differ from another one in a state only: `SCREEN_ON` and `SCREEN_OFF`, `valid` and `invalid`. */
function opposedIn(values: ReadonlySet<string>): ReadonlySet<string> {
  const opposed = new Set<string>();
  const bySkeleton = new Map<string, string>();
  for (const value of values) {
    for (const prefix of NEGATIONS) {
      const positive = value.slice(prefix.length);
      if (positive.length >= 4 && value.startsWith(prefix) && values.has(positive))
        opposed.add(value).add(positive);
    }
    for (const skeleton of skeletonsOf(value)) {
      const other = bySkeleton.get(skeleton);
      if (other === undefined) bySkeleton.set(skeleton, value);
      else opposed.add(value).add(other);
    }
  }
  return opposed;
}

const NEGATIONS = ['un', 'in', 'dis', 'non', 'de', 'Un', 'In', 'Dis', 'Non'];

/** An identifier with each state in it replaced, one at a time. */
function skeletonsOf(value: string): string[] {
  if (value === VALUE) return [];
  const parts = value.split(/([_.\-:/ ]|(?<=[a-z])(?=[A-Z]))/);
  if (parts.length < 2) return [];
  return parts.flatMap((part, at) =>
    part !== undefined && isState(part) ? [parts.toSpliced(at, 1, '?').join('')] : [],
  );
}
