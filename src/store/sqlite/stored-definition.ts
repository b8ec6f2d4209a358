import type { QueueDefinition } from '../ports/queue-definitions.js';
import { type Field, list, object, oneOf, orNull, text, truth } from './decode.js';

const letterDefinition = object({
  kind: oneOf('letter'),
  from: text,
  to: list(text),
  pager: truth,
  subject: text,
  filter: orNull(text),
});
const csvDefinition = object({ kind: oneOf('csv'), command: text });

/** The column `queue.definition`, as JSON. */
export const queueDefinition: Field<QueueDefinition> = (value) =>
  object({ kind: oneOf('letter', 'csv') })(value).kind === 'csv'
    ? csvDefinition(value)
    : letterDefinition(value);
