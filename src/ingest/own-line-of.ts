import { asSubject, type OwnLine, type OwnLineName } from '../line/own-lines.js';
import type { Loss } from '../source/loss.js';
import type { SourceEvent } from '../source/source-event.js';

/** The line about a loss; letters tell the same by a counter. */
export function ownLineOfLoss({ kind, path, read }: Loss, counter: string): OwnLine {
  const lines = kind === 'vacuumed' ? 'entries' : 'lines';
  const before = read === undefined ? '' : `${read} bytes of it had been read; `;
  return {
    name: LOSSES[kind],
    subject: asSubject(path),
    detail: `${before}${lines} that were not read yet are lost`,
    path,
    counted: { counter, amount: 1 },
  };
}

const LOSSES = {
  emptied: 'emptied',
  replaced: 'replaced',
  deleted: 'deleted',
  unreadable: 'unread',
  vacuumed: 'vacuumed',
} as const satisfies Readonly<Record<Loss['kind'], OwnLineName>>;

/** The line about an event of a source; null: it is no trouble, or a loss tells it. */
export function ownLineOf(event: SourceEvent): OwnLine | null {
  switch (event.kind) {
    case 'tampered':
      return { ...about(event.how, event.path, event.what), path: event.path };
    case 'unreadable':
      if (event.log !== undefined) return null; // if it was to be read, that is a loss
      return { ...about('unreadable', event.path, event.reason), path: event.path };
    case 'line-cut':
      return { ...about('cut', event.path, `it has ${event.bytes} bytes`), path: event.path };
    case 'entry-cut':
      return { ...about('cut', event.path, `${event.entries} joined of many lines`), path: event.path };
    case 'few-descriptors':
      return about('too-many', 'logs', `no more than ${event.max} can be open at once`);
    case 'too-many-files':
      return about('too-many', 'logs', `no more than ${event.max} are followed`);
    case 'no-fifo':
      return about('not-a-fifo', event.path, null);
    case 'receive-failed':
    case 'redis-failed':
    case 'journal-failed':
      return about('unreadable', event.name, event.reason);
    case 'journal-partial':
      return about('partial', event.name, null);
    case 'journal-damaged':
      return about('damaged', event.name, null);
    case 'command-ended':
      return about('ended', event.name, event.reason);
    case 'foreign-host':
      return { ...about('foreign', event.host, `${event.named}; they count as its own`), host: event.host };
    case 'dropped':
      return {
        ...about('dropped', event.name, String(event.datagrams)),
        counted: { counter: 'dropped', amount: event.datagrams },
      };
    case 'repeatable':
      return {
        ...about('repeatable', event.name, `up to ${event.messages} of ${event.of}`),
        counted: { counter: 'repeatable', amount: event.messages },
      };
    default:
      return null;
  }
}

function about(name: OwnLineName, subject: string, detail: string | null): OwnLine {
  return { name, subject: asSubject(subject), detail };
}
