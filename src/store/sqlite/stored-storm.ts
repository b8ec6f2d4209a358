import type { Fresh, Storm, StormNote } from '../../queue/fold.js';
import {
  count,
  type Field,
  list,
  object,
  oneOf,
  optional,
  orNull,
  text,
  time,
  truth,
  whole,
} from './decode.js';

/** The column `storm.storm`, as JSON. */
export const storm: Field<Storm> = object({
  began: time,
  last: time,
  pages: list(time),
  told: whole,
  next: time,
  lines: count,
  followed: count,
  from: time,
  to: time,
  hosts: list(text),
  seen: list(text),
  texts: optional(list(text)),
});

const fresh: Field<Fresh> = object({ messages: whole, atLeast: truth, named: list(text) });

/** What a page tells of its storm, as `edition.storm` keeps it. */
export const stormNote: Field<StormNote> = object({
  kind: oneOf('page', 'end'),
  from: time,
  to: time,
  lines: count,
  hosts: whole,
  moreHosts: truth,
  held: count,
  fresh: orNull(fresh),
  names: optional(list(text)),
  texts: optional(list(text)),
  messages: optional(whole),
});
