import { showFleetAddress } from '../base/fleet-address.js';
import type { Config } from '../config/config.js';
import type { Editions } from '../store/ports/editions.js';
import type { Meta } from '../store/ports/meta.js';

/** How this node and its fleet stand. Times in ms. */
export interface FleetStatus {
  /** Where the nodes meet, without a password. */
  readonly address: string;
  /** The name of this node; null: that of this host, and it has not met the fleet yet. */
  readonly node: string | null;
  /** `not-met`: it has not met this fleet yet. */
  readonly state: 'met' | 'away' | 'name-taken' | 'not-met';
  /** Since when that is so; null: it has not met this fleet yet. */
  readonly since: number | null;
  /** Why it is away; null: it is not. */
  readonly reason: string | null;
  /** When the meeting place last answered, as far as it is noted; null: it never did. */
  readonly lastMet: number | null;
  /** How far the clock of this machine is ahead of the fleet's; negative: behind. */
  readonly ahead: number;
  /** Closed editions that wait to be handed in. */
  readonly waiting: number;
  /** Queues that other nodes define differently, and these nodes. */
  readonly differing: readonly { readonly queue: string; readonly nodes: readonly string[] }[];
}

/** null: the config has no fleet. */
export function fleetStatusOf(
  store: Pick<Meta, 'meta'> & Pick<Editions, 'closedEditions'>,
  config: Config | null,
): FleetStatus | null {
  const { fleet: noted } = store.meta();
  const address = config ? config.fleet.value && showFleetAddress(config.fleet.value) : noted?.address;
  if (!address) return null;
  const names = config && new Set(config.queues.map(({ name }) => name));
  const waiting = store.closedEditions().filter(({ queue }) => names?.has(queue) ?? true).length;
  const note = noted?.address === address ? noted : null;
  const { since = null, reason = null, lastMet = null, ahead = 0, differing = [] } = note ?? {};
  return {
    ...{ address, node: config?.node.value ?? note?.node ?? null, state: note?.state ?? 'not-met' },
    ...{ since, reason, lastMet, ahead, waiting, differing },
  };
}
