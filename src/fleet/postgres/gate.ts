import { answerHit, type GateAnswer } from '../../queue/timed/fleet-gate.js';
import type { Hits } from '../../queue/timed/window.js';
import { json, list, object, oneOf, orNull, text, time, truth, whole } from '../../store/sqlite/decode.js';
import type { FleetHit, GateAnswers, NodeId } from '../meeting-place.js';
import type { Queries } from './connection.js';
import { rowReader, stored } from './row.js';
import { NOW } from './schema.js';
import { storable } from './stored-text.js';

/** Keys of one directive that are remembered; of more, those whose last hit is the oldest are forgotten, and counted. */
const MAX_KEYS = 100_000;

/** So often (hits of a node) keys are counted. */
const COUNT_EVERY = 1000;

/** Keys whose time is over that are deleted with each call: more than a call adds in the long run. */
const MAX_SWEPT = 2000;

/** Keys may be swept between two statements: so many times they are added again. */
const MAX_ATTEMPTS = 5;

const hits = json(object({ t: list(time), h: list(text) }));
const keyRow = rowReader('timed_key', { space: stored, key: stored, hits });

const answer = json(
  object({
    kind: oneOf('stopped', 'passes'),
    why: orNull(oneOf('late', 'counted')),
    pages: truth,
    fed: orNull(object({ times: list(time), hosts: list(text), repeats: whole })),
  }),
);
const answerRow = rowReader('gate_answer', { hit: whole, answer });

interface Key {
  readonly space: string;
  readonly key: string;
}

/** The keys of some hits, as they were when they were locked, and what becomes of them. */
class LockedKeys {
  readonly #keys = new Map<string, Key & { hits: Hits | null; expires: number }>();

  constructor(rows: readonly (Key & { readonly hits: Hits })[]) {
    for (const row of rows)
      this.#keys.set(nameOf(row), { ...row, hits: row.hits.times.length > 0 ? row.hits : null, expires: 0 });
  }

  get size(): number {
    return this.#keys.size;
  }

  get(space: string, key: string): Hits | null {
    return this.#keys.get(nameOf({ space, key }))?.hits ?? null;
  }

  set(space: string, key: string, hits: Hits): void {
    const found = this.#keys.get(nameOf({ space, key }));
    if (found) found.hits = hits;
  }

  /** A row stays until it is swept: who waits for its lock would count anew otherwise. */
  delete(space: string, key: string): void {
    this.set(space, key, { times: [], hosts: [] });
  }

  /** A key is needed until then (ms). */
  keepUntil({ space, key }: Key, at: number): void {
    const found = this.#keys.get(nameOf({ space, key }));
    if (found) found.expires = Math.max(found.expires, at);
  }

  get all(): (Key & { readonly hits: Hits; readonly expires: number })[] {
    return [...this.#keys.values()].map((one) => ({ ...one, hits: one.hits ?? { times: [], hosts: [] } }));
  }
}

/** Counts hits in their order. Whose answer was lost gets it again: a node asks about its hits in the order of their ids. */
export async function gate(
  queries: Queries,
  { name, state }: NodeId,
  asked: readonly FleetHit[],
): Promise<GateAnswers> {
  const [first] = asked;
  if (!first) return { answers: new Map(), forgotten: 0 };
  // An earlier call, whose answer was lost, may still be under way.
  await queries.query('SELECT 1 FROM tayori.node WHERE name = $1 FOR UPDATE', [storable(name)]);
  const answers = await knownAnswers(queries, state, asked);
  const fresh = asked.filter(({ id }) => !answers.has(id));
  if (fresh.length === 0) return { answers, forgotten: 0 };
  const [row] = await queries.query(`SELECT ${NOW} AS now`);
  const now = Number(row?.now);
  const keys = await lockKeys(queries, fresh, now);
  for (const { id, question } of fresh) {
    answers.set(id, answerHit(question, keys, now));
    for (const one of [question.window, question.throttle]) if (one) keys.keepUntil(one, now + one.span);
  }
  await writeKeys(queries, keys, now);
  await writeAnswers(queries, state, fresh, answers);
  await sweep(queries, now);
  return { answers, forgotten: await makeRoom(queries, fresh) };
}

async function knownAnswers(
  queries: Queries,
  state: string,
  asked: readonly FleetHit[],
): Promise<Map<number, GateAnswer>> {
  await queries.query('DELETE FROM tayori.gate_answer WHERE state = $1 AND hit < $2', [
    storable(state),
    asked[0]?.id ?? 0,
  ]);
  const rows = await queries.query(
    'SELECT hit, answer FROM tayori.gate_answer WHERE state = $1 AND hit = ANY($2::bigint[])',
    [storable(state), asked.map(({ id }) => id)],
  );
  return new Map(
    rows
      .map(answerRow)
      .map(({ hit, answer: { kind, why, pages, fed } }) => [
        hit,
        kind === 'stopped' ? { kind, why: why ?? 'counted' } : { kind, pages, fed },
      ]),
  );
}

/** In one order for all, so that nobody waits for somebody who waits for him. */
async function lockKeys(queries: Queries, asked: readonly FleetHit[], now: number): Promise<LockedKeys> {
  const all = asked.flatMap(({ question: { window, throttle } }) => [window, throttle]);
  const wanted = new Map(all.flatMap((one) => (one ? [[nameOf(one), one] as const] : [])));
  const names = [
    [...wanted.values()].map(({ space }) => storable(space)),
    [...wanted.values()].map(({ key }) => storable(key)),
  ];
  for (let attempt = 1; ; attempt++) {
    await queries.query(
      `INSERT INTO tayori.timed_key (space, key, hits, latest, expires)
       SELECT space, key, '{"t":[],"h":[]}', $3::bigint, $3::bigint
       FROM unnest($1::text[], $2::text[]) AS given (space, key) ORDER BY space COLLATE "C", key COLLATE "C"
       ON CONFLICT DO NOTHING`,
      [...names, now],
    );
    const rows = await queries.query(
      `SELECT space, key, hits FROM tayori.timed_key
       WHERE (space, key) IN (SELECT * FROM unnest($1::text[], $2::text[])) ORDER BY space, key FOR UPDATE`,
      names,
    );
    const locked = rows.map(keyRow).map(({ space, key, hits: { t, h } }) => ({
      ...{ space, key, hits: { times: t, hosts: h } },
    }));
    if (locked.length === wanted.size || attempt === MAX_ATTEMPTS) return new LockedKeys(locked);
  }
}

async function writeKeys(queries: Queries, keys: LockedKeys, now: number): Promise<void> {
  const all = keys.all;
  await queries.query(
    `UPDATE tayori.timed_key AS one SET hits = given.hits, latest = $5, expires = given.expires
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS given (space, key, hits, expires)
     WHERE one.space = given.space AND one.key = given.key`,
    [
      all.map(({ space }) => storable(space)),
      all.map(({ key }) => storable(key)),
      all.map(({ hits: { times, hosts } }) => JSON.stringify({ t: times, h: hosts })),
      all.map(({ expires }) => expires),
      now,
    ],
  );
}

async function writeAnswers(
  queries: Queries,
  state: string,
  fresh: readonly FleetHit[],
  answers: ReadonlyMap<number, GateAnswer>,
): Promise<void> {
  const none = { why: null, pages: false, fed: null };
  await queries.query(
    `INSERT INTO tayori.gate_answer (state, hit, answer)
     SELECT $1, hit, answer FROM unnest($2::bigint[], $3::text[]) AS given (hit, answer)`,
    [
      storable(state),
      fresh.map(({ id }) => id),
      fresh.map(({ id }) => JSON.stringify({ ...none, ...answers.get(id) })),
    ],
  );
}

/** Deletes keys that no hit can need any more, except for those that another transaction has locked, since it uses them. */
async function sweep(queries: Queries, now: number): Promise<void> {
  await queries.query(
    `DELETE FROM tayori.timed_key WHERE (space, key) IN (
       SELECT space, key FROM tayori.timed_key WHERE expires < $1 LIMIT ${MAX_SWEPT} FOR UPDATE SKIP LOCKED)`,
    [now],
  );
}

/** Whoever invents keys must not fill the database. Returns how many were forgotten. */
async function makeRoom(queries: Queries, fresh: readonly FleetHit[]): Promise<number> {
  const pages = fresh.map(({ id }) => Math.floor(id / COUNT_EVERY));
  if (pages[0] === pages.at(-1) && (fresh[0]?.id ?? 0) % COUNT_EVERY !== 0) return 0;
  const spaces = fresh.flatMap(({ question: { window, throttle } }) => [window, throttle]);
  let forgotten = 0;
  for (const space of [...new Set(spaces.flatMap((one) => (one ? [storable(one.space)] : [])))].sort()) {
    const rows = await queries.query(
      `DELETE FROM tayori.timed_key WHERE (space, key) IN (
         SELECT space, key FROM tayori.timed_key WHERE space = $1 AND latest < (
           SELECT latest FROM tayori.timed_key WHERE space = $1 ORDER BY latest DESC OFFSET ${MAX_KEYS} LIMIT 1)
         FOR UPDATE SKIP LOCKED) RETURNING 1 AS gone`,
      [space],
    );
    forgotten += rows.length;
  }
  return forgotten;
}

function nameOf({ space, key }: Key): string {
  return `${space}\n${key}`;
}
