import type { Meta, MetaValues, ReloadNote, SourcesNote } from '../ports/meta.js';
import {
  columnDecoder,
  count,
  json,
  list,
  object,
  oneOf,
  optional,
  orNull,
  text,
  time,
  whole,
} from './decode.js';
import type { Sqlite } from './open-sqlite.js';

/** Reads and writes the table `fact`. */
export function meta(db: Sqlite): Meta {
  const find = db.prepare<[string], unknown>('SELECT value FROM fact WHERE name = ?').pluck();
  const write = db.prepare('REPLACE INTO fact (name, value) VALUES (?, ?)');
  const read = <T>(name: keyof MetaValues, decode: (value: unknown) => T): T | null => {
    const value = find.get(name);
    return value === undefined ? null : decode(value);
  };
  const began = columnDecoder(db.name, 'the fact "began"', json(time));
  const daemon = columnDecoder(
    db.name,
    'the fact "daemon"',
    json(object({ pid: whole, version: text, config: text, started: time })),
  );
  const held = columnDecoder(db.name, 'the fact "held"', json(list(object({ queue: text, reason: text }))));
  const sources = columnDecoder(
    db.name,
    'the fact "sources"',
    json(
      object({
        turns: orNull(whole),
        inlets: list(object({ name: text, status: text, lines: count })),
        unreadable: optional(list(object({ path: text, reason: text }))),
      }),
    ),
  );
  const reload = columnDecoder(
    db.name,
    'the fact "reload"',
    json(object({ refused: orNull(time), reason: optional(orNull(text)), inForce: optional(orNull(time)) })),
  );
  const ended = columnDecoder(db.name, 'the fact "ended"', json(object({ pid: whole, boot: orNull(text) })));
  const heartbeats = columnDecoder(
    db.name,
    'the fact "heartbeats"',
    json(list(object({ to: text, at: time, sent: orNull(time), trouble: orNull(text) }))),
  );
  const stateId = columnDecoder(db.name, 'the fact "stateId"', json(text));
  const fleet = columnDecoder(db.name, 'the fact "fleet"', json(fleetNote));
  const fleetSecret = columnDecoder(db.name, 'the fact "fleetSecret"', json(text));
  const mirrored = columnDecoder(
    db.name,
    'the fact "mirrored"',
    json(list(object({ id: text, host: text, digest: text }))),
  );
  return {
    meta: () => ({
      began: read('began', began),
      daemon: read('daemon', daemon),
      held: read('held', held) ?? [],
      sources: withUnreadable(read('sources', sources)),
      reload: withReasons(read('reload', reload)),
      ended: read('ended', ended),
      heartbeats: read('heartbeats', heartbeats) ?? [],
      stateId: read('stateId', stateId),
      fleet: read('fleet', fleet),
      fleetSecret: read('fleetSecret', fleetSecret),
      mirrored: read('mirrored', mirrored) ?? [],
    }),
    setMeta: (name, value) => void write.run(name, JSON.stringify(value)),
  };
}

const fleetNote = object({
  address: text,
  node: text,
  state: oneOf('met', 'away', 'name-taken'),
  since: time,
  reason: orNull(text),
  lastMet: orNull(time),
  ahead: time,
  differing: list(object({ queue: text, nodes: list(text) })),
});

/** A version before this one noted no logs that cannot be read. */
function withUnreadable(
  noted:
    | (Omit<SourcesNote, 'unreadable'> & { readonly unreadable: SourcesNote['unreadable'] | undefined })
    | null,
): SourcesNote {
  return noted
    ? { ...noted, unreadable: noted.unreadable ?? [] }
    : { turns: null, inlets: [], unreadable: [] };
}

/** A version before this one noted neither why nor which config is in force. */
function withReasons(
  noted: {
    readonly refused: number | null;
    readonly reason: string | null | undefined;
    readonly inForce: number | null | undefined;
  } | null,
): ReloadNote {
  return {
    refused: noted?.refused ?? null,
    reason: noted?.reason ?? null,
    inForce: noted?.inForce ?? null,
  };
}
