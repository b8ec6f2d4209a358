import type { AnsweredHit, AskedHit, HitVerdict } from '../../queue/timed/asked-hit.js';
import { type FleetHits, MAX_ASKED_HITS, MAX_ASKED_TEXT } from '../ports/fleet-hits.js';
import {
  count,
  type Field,
  json,
  list,
  Misfit,
  mapOf,
  object,
  oneOf,
  orNull,
  rowDecoder,
  text,
  time,
  truth,
  whole,
} from './decode.js';
import type { Sqlite } from './open-sqlite.js';

const ALONE: HitVerdict = { kind: 'alone' };

const question = object({
  ...{ time: orNull(time), host: text, count: whole },
  window: orNull(object({ space: text, key: text, count: whole, span: time })),
  throttle: orNull(object({ space: text, key: text, span: time })),
});

const asked: Field<AskedHit> = json(
  object({
    ...{ queue: text, message: text, count, how: oneOf('add', 'set'), at: time, groups: mapOf(text) },
    masked: orNull(object({ text, spans: list(whole), names: list(orNull(text)) })),
    run: orNull(object({ message: text, line: text })),
    ...{ muted: truth, question },
  }),
);

const passes = object({
  kind: oneOf('passes'),
  pages: truth,
  fed: orNull(object({ times: list(time), hosts: list(text), repeats: whole })),
});
const alone = object({ kind: oneOf('alone') });

const verdict: Field<AnsweredHit['verdict']> = json((value) => {
  if (typeof value !== 'object' || value === null || !('kind' in value)) throw new Misfit(value, 'a verdict');
  return value.kind === 'alone' ? alone(value) : passes(value);
});

/** The table `fleet_hit`. */
export function fleetHits(db: Sqlite): FleetHits {
  const decode = rowDecoder(db.name, 'fleet_hit', { id: whole, hit: asked });
  const decodeAnswered = rowDecoder(db.name, 'fleet_hit', { id: whole, hit: asked, verdict });
  const waiting = db.prepare<[number]>(
    'SELECT id, hit FROM fleet_hit WHERE verdict IS NULL ORDER BY id LIMIT ?',
  );
  const first = db.prepare<[number]>('SELECT 1 FROM fleet_hit WHERE verdict IS NULL AND at <= ? LIMIT 1');
  const answered = db.prepare<[number]>(
    'SELECT id, hit, verdict FROM fleet_hit WHERE verdict IS NOT NULL ORDER BY id LIMIT ?',
  );
  const answer = db.prepare('UPDATE fleet_hit SET verdict = ? WHERE id = ? AND verdict IS NULL');
  const drop = db.prepare('DELETE FROM fleet_hit WHERE id = ? AND verdict IS NULL');
  return {
    askedHits: (limit) => waiting.all(limit).map(decode),
    hasAskedHits: (until = Number.MAX_SAFE_INTEGER) => first.get(until) !== undefined,
    answeredHits: (limit) => answered.all(limit).map(decodeAnswered),
    answerHits: db.transaction((verdicts: ReadonlyMap<number, HitVerdict>) => {
      for (const [id, said] of verdicts)
        if (said.kind === 'stopped') drop.run(id);
        else answer.run(JSON.stringify(said), id);
    }),
  };
}

/** Makes the function that writes hits that wait, and drops those that were counted; for use within a transaction. */
export function fleetHitWriter(
  db: Sqlite,
): (asked: readonly AskedHit[], answered: readonly number[]) => void {
  const add = db.prepare('INSERT INTO fleet_hit (at, size, hit) VALUES (?, ?, ?)');
  const drop = db.prepare('DELETE FROM fleet_hit WHERE id = ?');
  // Of those that wait, the latest stay: sums go from the end.
  const makeRoom = db.prepare(
    `UPDATE fleet_hit SET verdict = '${JSON.stringify(ALONE)}' WHERE id IN (
       SELECT id FROM (
         SELECT id, row_number() OVER latest AS place, total(size) OVER latest AS total FROM fleet_hit
           WHERE verdict IS NULL WINDOW latest AS (ORDER BY id DESC)
       ) WHERE place > ${MAX_ASKED_HITS} OR total > ${MAX_ASKED_TEXT})`,
  );
  return (hits, answered) => {
    for (const id of answered) drop.run(id);
    for (const hit of hits) {
      const stored = JSON.stringify({ ...hit, groups: Object.fromEntries(hit.groups) });
      add.run(hit.at, stored.length, stored);
    }
    if (hits.length > 0) makeRoom.run();
  };
}
