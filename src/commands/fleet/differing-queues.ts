import type { FleetOverview } from '../../fleet/meeting-place.js';

/** A queue that not all nodes define alike: each definition in words, and the names of those that have it. */
export interface DifferingDefinition {
  readonly queue: string;
  readonly definitions: readonly { readonly definition: string; readonly nodes: readonly string[] }[];
}

/** By queue and in the order of their names; the definition that most nodes have comes first. */
export function differingQueues(nodes: FleetOverview['nodes']): DifferingDefinition[] {
  const queues = new Map<string, Map<string, { definition: string; nodes: string[] }>>();
  for (const node of nodes)
    for (const { id, queue, definition } of node.queues) {
      const series = queues.get(queue) ?? new Map();
      queues.set(queue, series);
      const held = series.get(id) ?? { definition, nodes: [] };
      series.set(id, held);
      held.nodes.push(node.name);
    }
  return [...queues]
    .filter(([, series]) => series.size > 1)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([queue, series]) => ({
      queue,
      definitions: [...series.values()].sort((a, b) => b.nodes.length - a.nodes.length),
    }));
}
