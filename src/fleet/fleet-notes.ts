import { addCounts } from '../base/count.js';
import { groupBy } from '../base/group-by.js';
import { differenceOf } from '../base/text/definition-difference.js';
import { escapeControl } from '../base/text/escape.js';
import type { Config } from '../config/config.js';
import { zoneOf } from '../config/zones.js';
import { shorten } from '../letter/render/columns.js';
import { createTimes } from '../letter/render/times.js';
import type { Words } from '../letter/words/words.js';
import { wordsOf } from '../letter/words/words-of.js';
import { MAX_CLOCK_ERROR } from './fleet-clock.js';
import type { LetterAsked, LetterContent, MissingNode, StoredContribution } from './meeting-place.js';

/** What the notes of a letter are about. */
export interface NotedLetter {
  readonly asked: LetterAsked;
  readonly queue: string;
  /** How this node defines the queue, in words. */
  readonly definition: string;
  readonly missing: readonly MissingNode[];
  readonly content: LetterContent;
  /** When it is made (ms). */
  readonly made: number;
}

/** So many nodes a note names; the others are counted. */
const MAX_NAMED = 5;

/** So many notes of one kind stand in a letter. */
const MAX_NOTES = 5;

/** So many notes that nodes have added; each of them has bounds of its own. */
const MAX_REMARKS = 20;

/** Columns of a definition, or of what of it differs. */
const COLUMNS = 100;

/**
 * What a letter says of its nodes: which have not reported, what came late, clocks that are wrong, configs that differ, and
 * what the nodes themselves have noted.
 */
export function fleetNotes(letter: NotedLetter, config: Config): string[] {
  const words = wordsOf(config.language.value);
  const { day } = createTimes(null, { timezone: zoneOf(letter.queue, config), made: letter.made }, words);
  return [
    ...nodesNote(letter, config, words.fleet, day),
    ...lateNotes(letter, words.fleet, day),
    ...clockNotes(letter.content, words.fleet),
    ...differingNotes(letter, words.fleet),
    ...remarks(letter.content, words.fleet),
  ];
}

type FleetWords = Words['fleet'];

function nodesNote(
  { asked, missing, content }: NotedLetter,
  config: Config,
  words: FleetWords,
  day: (time: number) => string,
): string[] {
  const all = content.nodes.length;
  if (all < 2) return [];
  if (asked.due === null) return onlyNote(content, words);
  if (missing.length === 0 && config.letter.value !== 'full') return [];
  const { first, more } = someOf(missing);
  const named = first.map(({ name, seen }) => ({ name: escapeControl(name), seen: day(seen) }));
  return [words.nodes({ all, counted: all - missing.length, missing: named, more })];
}

/** A signal has asked some nodes for what they had. A page is of all: each hands in what it has at once. */
function onlyNote({ contributions, nodes }: LetterContent, words: FleetWords): string[] {
  if (contributions.length === 0 || contributions.some(({ status }) => status === null)) return [];
  const names = [...new Set(contributions.map(({ node }) => node.name))];
  if (names.length >= nodes.length) return [];
  const { first, more } = someOf(names);
  return [words.only(first.map(escapeControl), more)];
}

function lateNotes(
  { asked: { due }, content }: NotedLetter,
  words: FleetWords,
  day: (time: number) => string,
): string[] {
  if (due === null) return [];
  const late = content.contributions.flatMap((one) =>
    one.due !== null && one.due < due && linesOf(one) > 0
      ? [{ node: one.node.name, lines: linesOf(one), due: one.due }]
      : [],
  );
  const byNode = [...groupBy(late, ({ node }) => node)].map(([node, of]) => ({
    node: escapeControl(node),
    lines: sum(of),
    due: Math.min(...of.map((one) => one.due)),
  }));
  const { first, rest } = someOf(byNode, MAX_NOTES);
  const told = first.map((one) => words.late({ ...one, due: day(one.due) }));
  return rest.length === 0 ? told : [...told, words.moreLate({ nodes: rest.length, lines: sum(rest) })];
}

function linesOf({ parts }: StoredContribution): number {
  return sum(parts);
}

function sum(of: readonly { readonly lines: number }[]): number {
  return of.reduce((total, { lines }) => addCounts(total, lines), 0);
}

function clockNotes({ nodes }: LetterContent, words: FleetWords): string[] {
  const wrong = nodes.filter(({ ahead }) => Math.abs(ahead) > MAX_CLOCK_ERROR);
  const { first, more } = someOf(wrong, MAX_NOTES);
  const told = first.map(({ name, ahead }) => words.clock(escapeControl(name), ahead));
  return more === 0 ? told : [...told, words.moreClocks(more)];
}

function differingNotes({ content, definition }: NotedLetter, words: FleetWords): string[] {
  return someOf(content.differing, MAX_NOTES).first.map((one) => {
    const { first, more } = someOf(one.nodes);
    const shown = (text: string): string => shorten(escapeControl(text), COLUMNS);
    const { there, here } = differenceOf(one.definition, definition);
    return words.differs({
      nodes: first.map(escapeControl),
      more,
      there: shown(there),
      here: shown(here),
    });
  });
}

/** Each note once, with the nodes that have it; where the fleet has one node, as it is. */
function remarks({ contributions, nodes }: LetterContent, words: FleetWords): string[] {
  const said = contributions.flatMap(({ node, remarks }) =>
    remarks.map((text) => ({ node: node.name, text })),
  );
  const each = [...groupBy(said, ({ text }) => text)];
  const { first, more } = someOf(each, MAX_REMARKS);
  const told = first.map(([text, of]) => {
    if (nodes.length < 2) return text;
    const { first, more } = someOf([...new Set(of.map(({ node }) => escapeControl(node)))]);
    return words.remark(first, more, text);
  });
  return more === 0 ? told : [...told, words.moreRemarks(more)];
}

function someOf<One>(all: readonly One[], most = MAX_NAMED) {
  const rest = all.slice(most);
  return { first: all.slice(0, most), rest, more: rest.length };
}
