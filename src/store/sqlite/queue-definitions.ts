import type { QueueDefinition, QueueDefinitions } from '../ports/queue-definitions.js';
import { columnDecoder, type Field, json, list, object, oneOf, orNull, text, truth } from './decode.js';
import type { Sqlite } from './open-sqlite.js';

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

export function queueDefinitions(db: Sqlite): QueueDefinitions {
  const read = db.prepare<[string]>('SELECT definition FROM queue WHERE name = ?').pluck();
  const decode = columnDecoder(db.name, 'queue.definition', orNull(json(queueDefinition)));
  const write = db.prepare(
    'UPDATE queue SET definition = @text WHERE name = @name AND definition IS NOT @text',
  );
  const define = db.transaction((queues: ReadonlyMap<string, QueueDefinition>) => {
    for (const [name, definition] of queues) write.run({ name, text: JSON.stringify(definition) });
  });
  return {
    definition: (queue) => decode(read.get(queue) ?? null),
    define: (queues) => define(queues),
  };
}
