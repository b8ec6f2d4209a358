import type { HostSection, Letter } from '../letter/letter.js';

/** A pager letter has no notes: what must be said all the same stands in a line, of every host. */
export function noteLine(note: string): HostSection {
  return {
    host: '*',
    name: null,
    messages: [{ count: 1, message: note, first: null, last: null }],
    more: null,
  };
}

/** The letter with these notes as its last lines. */
export function withLastLines(letter: Letter, notes: readonly string[]): Letter {
  return notes.length === 0 ? letter : { ...letter, hosts: [...letter.hosts, ...notes.map(noteLine)] };
}
