/** How well messages were put into groups. Both are 1 when each group holds the messages of one event, and all of them. */
export interface GroupScore {
  /** The share of messages whose group is exactly their event (Zhu et al., ICSE-SEIP 2019). */
  readonly ga: number;
  /** The F1 of groups: exact ones of those found, and of the true events (Jiang et al., ISSTA 2024). */
  readonly fga: number;
  readonly found: number;
  readonly events: number;
}

/** `events` and `groups`: what each message is, and where it was put, in the same order. */
export function scoreGroups(events: readonly unknown[], groups: readonly unknown[]): GroupScore {
  const sizes = countOf(events);
  const found = countOf(groups);
  const eventOf = new Map<unknown, unknown>();
  const mixed = new Set<unknown>();
  for (const [at, group] of groups.entries()) {
    if (!eventOf.has(group)) eventOf.set(group, events[at]);
    else if (eventOf.get(group) !== events[at]) mixed.add(group);
  }
  const exact = [...found].filter(
    ([group, size]) => !mixed.has(group) && sizes.get(eventOf.get(group)) === size,
  );
  const precision = exact.length / found.size;
  const recall = exact.length / sizes.size;
  return {
    ga: exact.reduce((sum, [, size]) => sum + size, 0) / events.length,
    fga: exact.length === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    found: found.size,
    events: sizes.size,
  };
}

function countOf(items: readonly unknown[]): Map<unknown, number> {
  const counts = new Map<unknown, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
