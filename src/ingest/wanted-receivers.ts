import { isIPv4 } from 'node:net';
import { codeOf } from '../base/errors.js';
import type { SourceLocation } from '../base/place.js';
import type { Config } from '../config/config.js';
import { nameFifo, nameListener, nameRedis } from '../source/push/name-receiver.js';

/** A receiver that a config asks for. */
export type WantedReceiver =
  | { readonly kind: 'fifo'; readonly path: string }
  | { readonly kind: 'listen'; readonly address: string; readonly port: number; readonly ipv6Only: boolean }
  | {
      readonly kind: 'redis';
      readonly host: string;
      readonly port: number;
      readonly keys: readonly string[];
    };

export interface AskedReceiver {
  readonly wanted: WantedReceiver;
  /** Where the config asks for it; null: it was open already. */
  readonly place: SourceLocation | null;
}

/** All receivers of a config, in its order. */
export function wantedReceivers({ fifos, listen, redisQueues, redisserver }: Config): AskedReceiver[] {
  const ports = new Set(listen.filter(({ value }) => isIPv4(value.address)).map(({ value }) => value.port));
  const asked: AskedReceiver[] = [
    ...fifos.map(({ value, place }) => ({ wanted: { kind: 'fifo', path: value } as const, place })),
    ...listen.map(({ value, place }) => {
      // [::] takes IPv4, too, unless the config gives that to another listener.
      const ipv6Only = !isIPv4(value.address) && ports.has(value.port);
      return { wanted: { kind: 'listen', ...value, ipv6Only } as const, place };
    }),
  ];
  const [first] = redisQueues;
  if (!first) return asked;
  const keys = redisQueues.map(({ value }) => value);
  return [...asked, { wanted: { kind: 'redis', ...redisserver.value, keys }, place: first.place }];
}

/** The names of a config's receivers, as `states` has them. */
export function receiverNames(config: Config): string[] {
  return wantedReceivers(config).map(({ wanted }) => {
    if (wanted.kind === 'listen') return nameListener(wanted);
    return wanted.kind === 'fifo' ? nameFifo(wanted.path) : nameRedis(wanted);
  });
}

export function isSameReceiver(a: WantedReceiver, b: WantedReceiver): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has that port; "ss -ulpn" shows which',
  EACCES: 'ports below 1024 are for root; start as root, or take a higher one',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/** Why a receiver cannot be opened: which one, what the system said, and what may help. */
export function whyNotOpen(wanted: WantedReceiver, error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = HINTS[String(codeOf(error))];
  const name = wanted.kind === 'listen' ? nameListener(wanted) : wanted.kind;
  return `${name}: cannot be opened: ${error.message}${hint ? ` (${hint})` : ''}`;
}
