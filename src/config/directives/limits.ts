import { part, setting } from './declare.js';
import type { Kind } from './directive.js';
import { number } from './value-kinds.js';

const COUNT = number('N', { min: 0 });

/** A limit. 0 means no limit, and is null in the config. */
const limit: Kind<number | null> = {
  grammar: COUNT.grammar,
  read(text, report, context) {
    const count = COUNT.read(text, report, context);
    return count === 0 ? null : count;
  },
  print: (count) => (count === null ? '0 (none)' : String(count)),
};

export const LIMITS = part(
  'How much a letter shows',
  setting(
    'limit',
    limit,
    null,
    'Show at most N messages of each host in a letter, and say how many were left out. 0: no limit.',
    'The most frequent messages stay (see `sort_order` for the other end). A letter never shows more than 10,000 messages, nor more than mail servers accept; it says how many were left out.',
  ),
  setting('pager_limit', limit, null, 'Show at most N messages of each host in a pager letter. 0: no limit.'),
);
