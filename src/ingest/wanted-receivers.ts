import { isIPv4 } from 'node:net';
import { codeOf } from '../base/errors.js';
import type { SourceLocation } from '../base/place.js';
import type { Config } from '../config/config.js';
import type { Listener } from '../config/directives/read-listener.js';
import { nameCommand, nameFifo, nameJournal, nameListener, nameRedis } from '../source/push/name-receiver.js';

/** A receiver that a config asks for. */
export type WantedReceiver =
  | { readonly kind: 'fifo'; readonly path: string }
  | (Listener & { readonly kind: 'listen'; readonly ipv6Only: boolean })
  | {
      readonly kind: 'redis';
      readonly host: string;
      readonly port: number;
      readonly keys: readonly string[];
    }
  | {
      readonly kind: 'journal';
      readonly folder: string | null;
      readonly matches: readonly string[];
      /** Logs of which one that can be read makes the journal superfluous; null: none does. */
      readonly unless: readonly string[] | null;
    }
  | { readonly kind: 'command'; readonly path: string; readonly args: readonly string[] };

export interface AskedReceiver {
  readonly wanted: WantedReceiver;
  /** Where the config asks for it; null: it was open already. */
  readonly place: SourceLocation | null;
}

/** All receivers of a config, in its order. */
export function wantedReceivers(config: Config): AskedReceiver[] {
  const { fifos, listen, redisQueues, redisserver, commands } = config;
  const ports = new Set(
    listen.filter(({ value }) => isIPv4(value.address)).map(({ value }) => portOf(value)),
  );
  const keys = redisQueues.map(({ value }) => value);
  return [
    ...fifos.map(({ value, place }) => ({ wanted: { kind: 'fifo', path: value } as const, place })),
    ...listen.map(({ value, place }) => {
      // [::] takes IPv4, too, unless the config gives that to another listener.
      const ipv6Only = !isIPv4(value.address) && ports.has(portOf(value));
      return { wanted: { kind: 'listen', ...value, ipv6Only } as const, place };
    }),
    ...redisQueues.slice(0, 1).map(({ place }) => ({
      wanted: { kind: 'redis', ...redisserver.value, keys } as const,
      place,
    })),
    ...wantedJournals(config),
    ...commands.map(({ value, place }) => ({ wanted: { kind: 'command', ...value } as const, place })),
  ];
}

/** Ports of UDP are others than those of TCP. */
function portOf({ transport, port }: Listener): string {
  return `${transport === 'udp' ? 'udp' : 'tcp'} ${port}`;
}

function wantedJournals({ journals, journalFallback, logfiles }: Config): AskedReceiver[] {
  if (journals.length === 0 && journalFallback.value) {
    const unless = logfiles.map(({ value }) => value);
    return [{ wanted: { kind: 'journal', folder: null, matches: [], unless }, place: journalFallback.place }];
  }
  return journals.map(({ value, place }) => ({ wanted: { kind: 'journal', ...value, unless: null }, place }));
}

/** The names of a config's receivers, as `states` has them. */
export function receiverNames(config: Config): string[] {
  return wantedReceivers(config).map(({ wanted }) => nameOf(wanted));
}

function nameOf(wanted: WantedReceiver): string {
  switch (wanted.kind) {
    case 'fifo':
      return nameFifo(wanted.path);
    case 'listen':
      return nameListener(wanted);
    case 'redis':
      return nameRedis(wanted);
    case 'journal':
      return nameJournal(wanted);
    case 'command':
      return nameCommand(wanted);
  }
}

export function isSameReceiver(a: WantedReceiver, b: WantedReceiver): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has that port; "ss -tulpn" shows which',
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
