import { groupBy } from '../../base/group-by.js';
import { VALUE } from './cells.js';
import { mergeRows, type Row } from './rows.js';
import { type Decision, decideSlot, isHexLetters, pairsIn } from './slot.js';

/** Rounds of merging: what was merged may be merged with more. Most logs need two. */
const MAX_ROUNDS = 6;

/** Of the words of a message no more may vary, when several vary at once, for messages to be of one kind. */
const MAX_VARYING = 0.34;

/**
 * Makes one row of those that differ in values only. Three ways lead to it, from the surest to the boldest: rows that
 * are equal but for what looks like a value; rows that are equal but for one place; rows that are equal but for a few.
 * The order of rows decides nothing but the order of the result.
 */
export function mergeKinds(rows: readonly Row[]): Row[] {
  const merged: Row[] = [];
  for (const group of groupBy(rows, ({ keys }) => keys.length).values())
    for (const row of mergeOfLength(group)) merged.push(row);
  return merged;
}

function mergeOfLength(rows: readonly Row[]): readonly Row[] {
  let merged = mergeAlike(rows);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = merged.length;
    merged = mergeNear(mergeAlike(mergeNeighbours(merged)));
    if (merged.length === before) break;
  }
  return merged;
}

/** Rows that are equal wherever a word stands that is none behind `=` or in quotes, no name, and no value. */
function mergeAlike(rows: readonly Row[]): readonly Row[] {
  const groups = groupBy(rows, (row) =>
    row.keys.map((key, at) => (isSoft(row, at) ? VALUE : key)).join('\0'),
  );
  return [...groups.values()].flatMap((group) => splitWhereApart(group));
}

function isSoft(row: Row, at: number): boolean {
  const cell = row.places[at]?.cell;
  if (row.keys[at] === VALUE || cell?.kind === 'name') return true;
  if (cell?.kind === 'mark') return false;
  if (isHexLetters(row.keys[at] as string)) return true;
  const before = row.keys[at - 1];
  if (before === '=') return pairsIn(row) >= 2;
  return (before === '"' || before === "'") && row.places[at - 1]?.cell.isGlued === false;
}

interface Split {
  readonly at: number;
  readonly decision: Decision | null;
  readonly parts: number;
}

/** Splits rows at the place that makes the fewest parts, until each part may be one. */
function splitWhereApart(rows: readonly Row[]): readonly Row[] {
  if (rows.length === 1) return rows;
  let best: Split | null = null;
  for (const at of placesIn(rows)) {
    const decision = decideSlot(rows, at);
    const parts = new Set(rows.map((row) => classOf(row, at, decision))).size;
    if (parts > 1 && (best === null || parts < best.parts)) best = { at, decision, parts };
  }
  if (best === null) return [mergeRows(rows)];
  const { at, decision } = best;
  return [...groupBy(rows, (row) => classOf(row, at, decision)).values()].flatMap((part) =>
    splitWhereApart(part),
  );
}

function classOf(row: Row, at: number, decision: Decision | null): string {
  const key = row.keys[at] as string;
  return decision?.get(key) ?? key;
}

/** Where rows differ. */
function placesIn(rows: readonly Row[]): number[] {
  const [first] = rows as [Row, ...Row[]];
  return first.keys.flatMap((key, at) => (rows.some((row) => row.keys[at] !== key) ? [at] : []));
}

/** Rows that differ in one place only, which is no mark, and have a word in common. */
function mergeNeighbours(rows: readonly Row[]): readonly Row[] {
  const parents = rows.map((_, at) => at);
  const rootOf = (at: number): number => {
    let root = at;
    while (parents[root] !== root) root = parents[root] as number;
    return root;
  };
  let hasMerged = false;
  for (const { at, members } of neighbourhoods(rows)) {
    const decision = decideSlot(
      members.map((member) => rows[member] as Row),
      at,
    );
    if (decision === null) continue;
    const firsts = new Map<string, number>();
    for (const member of members) {
      const to = classOf(rows[member] as Row, at, decision);
      const one = rootOf(firsts.get(to) ?? member);
      const other = rootOf(member);
      firsts.set(to, Math.min(one, other));
      parents[Math.max(one, other)] = Math.min(one, other);
      hasMerged ||= one !== other;
    }
  }
  if (!hasMerged) return rows;
  return [...groupBy(rows.keys(), rootOf).values()].map((group) =>
    mergeRows(group.map((at) => rows[at] as Row)),
  );
}

interface Neighbourhood {
  readonly at: number;
  /** Indexes of rows, at least two different ones. */
  readonly members: readonly number[];
}

/** All sets of rows that are equal but for one place. */
function neighbourhoods(rows: readonly Row[]): Neighbourhood[] {
  const numbers = new Map<string, number>();
  const hashes = rows.map(({ keys }) => keys.map((key, at) => hashOf(key, at, numbers)));
  const found = new Map<number, Neighbourhood[]>();
  for (const [index, row] of rows.entries()) {
    const all = (hashes[index] as number[]).reduce((sum, hash) => sum + hash, 0);
    const words = row.keys.filter((key, at) => isWord(row, key, at)).length;
    for (const [at, key] of row.keys.entries()) {
      if (row.places[at]?.cell.kind === 'mark' || words - (isWord(row, key, at) ? 1 : 0) < 1) continue;
      const hash = (all - (hashes[index]?.[at] as number)) * 512 + at;
      enterNeighbour(found, hash, { rows, index, at });
    }
  }
  return [...found.values()].flat().filter(({ at, members }) => isVaried(rows, at, members));
}

interface Neighbour {
  readonly rows: readonly Row[];
  readonly index: number;
  readonly at: number;
}

/** Puts a row to those that are equal to it but for a place; a hash may be that of others, too. */
function enterNeighbour(
  found: Map<number, Neighbourhood[]>,
  hash: number,
  { rows, index, at }: Neighbour,
): void {
  const row = rows[index] as Row;
  const held = found.get(hash);
  for (const one of held ?? [])
    if (one.at === at && isEqualBut(rows[one.members[0] as number] as Row, row, at)) {
      (one.members as number[]).push(index);
      return;
    }
  const entered = { at, members: [index] };
  if (held) held.push(entered);
  else found.set(hash, [entered]);
}

function isEqualBut(one: Row, other: Row, at: number): boolean {
  return one.keys.every((key, place) => place === at || key === other.keys[place]);
}

function isVaried(rows: readonly Row[], at: number, members: readonly number[]): boolean {
  const first = rows[members[0] as number]?.keys[at];
  return members.some((member) => rows[member]?.keys[at] !== first);
}

function isWord(row: Row, key: string, at: number): boolean {
  return key !== VALUE && row.places[at]?.cell.kind !== 'mark';
}

/** A number below 2^32 for a key at a place. Sums of them, times the places, stay below 2^53, so they are exact. */
function hashOf(key: string, at: number, numbers: Map<string, number>): number {
  let number = numbers.get(key);
  if (number === undefined) {
    number = numbers.size + 1;
    numbers.set(key, number);
  }
  const mixed = Math.imul(number, 0x9e3779b1) ^ Math.imul(at + 1, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 0;
}

/** Rows that are equal in their marks and their first word, and differ in a few places at once. */
function mergeNear(rows: readonly Row[]): readonly Row[] {
  return [...groupBy(rows, frameOf).values()].flatMap((group) => splitWhereFar(group));
}

function frameOf(row: Row): string {
  const first = row.keys.findIndex((key, at) => isWord(row, key, at));
  return row.keys
    .map((key, at) => (row.places[at]?.cell.kind === 'mark' || at === first ? key : '\0'))
    .join('\x01');
}

/** Fewer rows show nothing. */
const MIN_NEAR = 3;

/** Splits rows at places that keep them apart, and then at others, until few enough vary. */
function splitWhereFar(rows: readonly Row[]): readonly Row[] {
  if (rows.length < MIN_NEAR) return rows;
  const varying = placesIn(rows);
  if (varying.length === 0) return [mergeRows(rows)];
  const words =
    rows[0]?.keys.filter((_, at) => rows.some((row) => isWord(row, row.keys[at] as string, at))).length ?? 0;
  const apart = varying.filter((at) => !isOne(rows, at));
  const isFar = apart.length > 0 || varying.length > MAX_VARYING * words;
  if (!isFar) return [mergeRows(rows)];
  const at = fewestValues(rows, apart.length > 0 ? apart : varying);
  return [...groupBy(rows, ({ keys }) => keys[at]).values()].flatMap((part) => splitWhereFar(part));
}

function isOne(rows: readonly Row[], at: number): boolean {
  const decision = decideSlot(rows, at);
  return decision !== null && new Set(decision.values()).size === 1;
}

function fewestValues(rows: readonly Row[], places: readonly number[]): number {
  const counts = places.map((at) => new Set(rows.map(({ keys }) => keys[at])).size);
  return places[counts.indexOf(Math.min(...counts))] as number;
}
