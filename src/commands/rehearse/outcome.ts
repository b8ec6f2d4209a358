/** A message that a queue counts of a line. */
export interface Hit {
  readonly queue: string;
  readonly message: string;
  readonly host: string;
}

/** What becomes of a line by one config. */
export interface Outcome {
  /** No queue: trash, no rule, a window that is not full, and the like. */
  readonly hits: readonly Hit[];
  /** Whether it makes a letter that goes at once. */
  readonly pages: boolean;
}

export const NO_OUTCOME: Outcome = { hits: [], pages: false };

/** What changes for a line. `from` and `to` are queues, by commas; `''`: none. */
export interface LineChange {
  readonly kind: ChangeKind;
  readonly from: string;
  readonly to: string;
  /** The message now and then; null: there is none. */
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * `lost`, `paged`: a line that pages now and would not, or the other way round. `moved`: from queues to others.
 * `reworded`: it stays in a queue as another message.
 */
export type ChangeKind = 'lost' | 'paged' | 'moved' | 'reworded' | 'gone' | 'come';

/** What is different in the outcomes of one line; of a page that is lost or new nothing else is told. */
export function changesOf(now: Outcome, next: Outcome): LineChange[] {
  if (now.pages !== next.pages) return [whole(now.pages ? 'lost' : 'paged', now.hits, next.hits)];
  if (areSame(now.hits, next.hits)) return [];
  const stays = (hit: Hit, others: readonly Hit[]): boolean =>
    others.some(({ queue, message }) => queue === hit.queue && message === hit.message);
  const before = now.hits.filter((hit) => !stays(hit, next.hits));
  const after = next.hits.filter((hit) => !stays(hit, now.hits));
  const reworded = before.flatMap((hit) => {
    const other = after.find(({ queue }) => queue === hit.queue);
    return other ? [whole('reworded', [hit], [other])] : [];
  });
  const isElsewhere = ({ queue }: Hit): boolean => !reworded.some(({ from }) => from === queue);
  const [left, came] = [before.filter(isElsewhere), after.filter(isElsewhere)];
  if (left.length > 0 && came.length > 0) return [...reworded, whole('moved', left, came)];
  if (left.length > 0) return [...reworded, whole('gone', left, [])];
  return came.length > 0 ? [...reworded, whole('come', [], came)] : reworded;
}

/** Almost all lines are alike. */
function areSame(some: readonly Hit[], others: readonly Hit[]): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at++)
    if (some[at]?.queue !== others[at]?.queue || some[at]?.message !== others[at]?.message) return false;
  return true;
}

function whole(kind: ChangeKind, now: readonly Hit[], next: readonly Hit[]): LineChange {
  return {
    kind,
    from: queuesOf(now),
    to: queuesOf(next),
    before: now[0]?.message ?? null,
    after: next[0]?.message ?? null,
  };
}

function queuesOf(hits: readonly Hit[]): string {
  return [...new Set(hits.map(({ queue }) => queue))].join(',');
}
