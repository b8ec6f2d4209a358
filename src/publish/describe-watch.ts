import type { Config } from '../config/config.js';
import type { Letter } from '../letter/letter.js';
import { createTimes } from '../letter/render/times.js';
import type { Words } from '../letter/words/words.js';
import { wordsOf } from '../letter/words/words-of.js';
import { isGlob } from '../source/file/expand-glob.js';
import type { Checkpoints } from '../store/ports/checkpoints.js';
import type { Edition } from '../store/ports/editions.js';
import type { Meta } from '../store/ports/meta.js';

/** What is followed, by name. */
export interface Followed {
  readonly sources: readonly string[];
  /** Logs of the config that are not there or cannot be read. */
  readonly unread: readonly string[];
}

/** So many sources are named in a letter. */
const MAX_NAMED = 5;

/** What the daemon followed at its last poll. */
export function followed(
  store: Pick<Checkpoints, 'positions'> & Pick<Meta, 'meta'>,
  config: Config,
): Followed {
  const { inlets, unreadable } = store.meta().sources;
  const live = store.positions().filter(({ stage }) => stage === 'live');
  const read = new Set(live.map(({ path }) => path));
  const without = new Set(unreadable.map(({ path }) => path));
  const missing = config.logfiles
    .map(({ value }) => value)
    .filter((path) => !isGlob(path) && !read.has(path));
  return {
    sources: [...[...read].filter((path) => !without.has(path)).sort(), ...inlets.map(({ name }) => name)],
    unread: [...new Set([...without, ...missing])].sort(),
  };
}

/** A letter of nothing says since when, and that tayori watched. */
export function withoutLines(letter: Letter, edition: Edition, followed: Followed | undefined): Letter {
  const words = wordsOf(letter.language);
  const nothing = words.verdict.nothing(createTimes(null, letter, words).day(letter.since ?? edition.since));
  const watched = followed ? watchNotes(edition, followed, letter) : [];
  if (letter.form === 'pager') {
    const message = [nothing, ...watched].join(' ');
    const messages = [{ count: 0, message, first: null, last: null }];
    return { ...letter, hosts: [{ host: '*', name: null, messages, more: null }] };
  }
  const said = letter.form === 'plain' ? [nothing] : [];
  return { ...letter, notes: [...said, ...watched, ...letter.notes] };
}

/** The notes of a letter that came though nothing did: that tayori watched, and what. */
function watchNotes(
  { counters }: Pick<Edition, 'counters'>,
  { sources, unread }: Followed,
  { language }: Pick<Letter, 'language'>,
): string[] {
  const { notes, comma } = wordsOf(language);
  const seconds = counters.get('unwatched') ?? 0;
  return [
    notes.watched({ lines: counters.get('lines') ?? 0, unwatched: seconds * 1000 }),
    notes.followed(listOf(sources, notes, comma)),
    ...(unread.length === 0 ? [] : [notes.notFollowed(listOf(unread, notes, comma))]),
  ];
}

function listOf(names: readonly string[], { andMore }: Words['notes'], comma: string): string {
  const more = names.length - MAX_NAMED;
  const named = names.slice(0, MAX_NAMED).join(comma);
  return more > 0 ? `${named}${comma}${andMore(more)}` : named;
}
