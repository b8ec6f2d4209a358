import { createHash } from 'node:crypto';
import type { Snooze } from '../queue/snooze.js';
import type { Meta, MirroredSnooze } from '../store/ports/meta.js';
import type { Snoozes } from '../store/ports/snoozes.js';
import type { MeetingPlace } from './meeting-place.js';

/** The changes on one side after which both sides have the same snoozes. */
interface Changes {
  readonly put: readonly Snooze[];
  readonly drop: readonly Snooze[];
}

export interface SnoozeComparison {
  readonly here: Changes;
  readonly there: Changes;
  /** The snoozes that both sides have then. */
  readonly mirrored: readonly MirroredSnooze[];
}

/**
 * Compares the snoozes of a state with those of its fleet, and both with what they had in common last: what one side has
 * changed since then holds. `queues`: those of the config; snoozes of others are nothing to this node.
 */
export function compareSnoozes(
  mirrored: readonly MirroredSnooze[],
  here: readonly Snooze[],
  there: readonly Snooze[],
  queues: ReadonlySet<string>,
): SnoozeComparison {
  const before = new Map(mirrored.map((one) => [keyOf(one), one.digest]));
  const ours = byKey(here, queues);
  const theirs = byKey(there, queues);
  const changes = { here: noChanges(), there: noChanges() };
  const common: Snooze[] = [];
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const [own, other] = [ours.get(key) ?? null, theirs.get(key) ?? null];
    const agreed = agree(own, other, before.get(key) ?? null);
    note(changes.here, own, agreed && own ? { ...agreed, ...dayOf(own, agreed) } : agreed);
    note(changes.there, other, agreed);
    if (agreed) common.push(agreed);
  }
  const next = common.map((one) => ({ id: one.id, host: one.host, digest: digestOf(one) }));
  return { ...changes, mirrored: next };
}

function noChanges(): { readonly put: Snooze[]; readonly drop: Snooze[] } {
  return { put: [], drop: [] };
}

function byKey(snoozes: readonly Snooze[], queues: ReadonlySet<string>): Map<string, Snooze> {
  return new Map(snoozes.filter(({ queue }) => queues.has(queue)).map((one) => [keyOf(one), one]));
}

function keyOf({ id, host }: Pick<Snooze, 'id' | 'host'>): string {
  return `${id} ${host}`;
}

/** The snooze that both sides are to have; null: none. `before`: the digest of the one that both had; null: they had none. */
function agree(here: Snooze | null, there: Snooze | null, before: string | null): Snooze | null {
  if (!here || !there) {
    const left = here ?? there;
    if (!left || before === null) return left;
    const isChanged = digestOf(left) !== before;
    // One that has ended meanwhile was dropped on the other side because a letter has told it.
    return isChanged && left.ended === null ? left : null;
  }
  if (digestOf(here) === before) return there;
  if (digestOf(there) === before) return here;
  if (here.began !== there.began) return here.began > there.began ? here : there;
  const over = there.ended === null ? here : there;
  return { ...there, held: Math.max(here.held, there.held), ended: over.ended, why: over.why };
}

function note(
  changes: { readonly put: Snooze[]; readonly drop: Snooze[] },
  has: Snooze | null,
  agreed: Snooze | null,
): void {
  if (agreed && (!has || digestOf(has) !== digestOf(agreed))) changes.put.push(agreed);
  if (!agreed && has) changes.drop.push(has);
}

/** Each node counts the lines of a day by itself. */
function dayOf(own: Snooze, agreed: Snooze): Pick<Snooze, 'day' | 'before'> {
  const { day, before } = own.began === agreed.began ? own : agreed;
  return { day, before };
}

function digestOf({ day: _, before: __, ...rest }: Snooze): string {
  const fields = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url').slice(0, 22);
}

/** Brings the snoozes of a state and those of its fleet together. Rejects with `Away`. */
export async function mirrorSnoozes(
  place: Pick<MeetingPlace, 'snoozes' | 'keepSnoozes'>,
  store: Snoozes & Pick<Meta, 'meta' | 'setMeta'>,
  queues: ReadonlySet<string>,
): Promise<void> {
  const there = await place.snoozes();
  const { mirrored } = store.meta();
  const compared = compareSnoozes(mirrored, store.snoozes(), there, queues);
  for (const snooze of compared.here.drop) store.dropSnooze(snooze);
  for (const snooze of compared.here.put) store.addSnooze(snooze);
  const { put, drop } = compared.there;
  if (put.length + drop.length > 0) await place.keepSnoozes(put, drop);
  if (JSON.stringify(compared.mirrored) !== JSON.stringify(mirrored))
    store.setMeta('mirrored', compared.mirrored);
}
