import { isWebAddress } from '../base/text/web-address.js';
import type { Config } from '../config/config.js';
import { throughAliases } from '../config/directives/aliases.js';
import { recipientsTyped } from './typed-addresses.js';

/** One test letter: who it is from, as the config writes it, and who gets it. */
export interface Parcel {
  readonly from: string;
  readonly to: readonly string[];
}

export interface Parcels {
  readonly parcels: readonly Parcel[];
  /** Senders of queues that are not tried: all their recipients get a letter from another one. */
  readonly untried: readonly string[];
}

/**
 * The mails that try what the config says: for each sender one, to the recipients of its queues, each of whom gets one
 * in all. `typed`: only to these addresses; undefined: to all.
 */
export function parcelsOf(config: Config, typed: string | undefined, host: string): Parcels {
  const { queues, fallbacks, aliases, mailfrom } = config;
  const mailboxes = (to: readonly string[]): string[] =>
    throughAliases(to, aliases).filter((address) => !isWebAddress(address));
  const mails = queues.map(({ name, from, to }) => ({
    from: mailfrom.value ?? from,
    to: mailboxes([...to, ...fallbacks.filter(({ queue }) => queue === name).flatMap((way) => way.to)]),
  }));
  if (typed !== undefined) {
    const to = recipientsTyped(typed, config).filter((address) => !isWebAddress(address));
    if (to.length === 0) return { parcels: [], untried: [] };
    const asked = mails.find((mail) => mail.to.some((address) => to.includes(address))) ?? mails[0];
    const from = asked?.from ?? mailfrom.value ?? `tayori@${host}`;
    return { parcels: [{ from, to }], untried: [] };
  }
  const served = new Set<string>();
  const bySender = new Map<string, string[]>();
  for (const { from, to } of mails) {
    if (to.length === 0) continue; // only URLs
    const left = to.filter((address) => !served.has(address));
    for (const address of left) served.add(address);
    bySender.set(from, [...(bySender.get(from) ?? []), ...left]);
  }
  const all = [...bySender].map(([from, to]) => ({ from, to }));
  return {
    parcels: all.filter(({ to }) => to.length > 0),
    untried: all.flatMap(({ from, to }) => (to.length > 0 ? [] : [from])),
  };
}
