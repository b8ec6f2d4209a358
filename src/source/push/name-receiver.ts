import { isIPv6 } from 'node:net';

/** As the config writes it: `listen 127.0.0.1:514`, `listen tls:[::1]:6514`. */
export function nameListener({
  transport,
  address,
  port,
}: {
  readonly transport: string;
  readonly address: string;
  readonly port: number;
}): string {
  return `listen ${transport === 'udp' ? '' : `${transport}:`}${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

export function nameFifo(path: string): string {
  return `fifo ${path}`;
}

/** With all its lists. */
export function nameRedis(of: {
  readonly host: string;
  readonly port: number;
  readonly keys: readonly string[];
}): string {
  return [nameRedisServer(of), ...of.keys].join(' ');
}

export function nameRedisServer({ host, port }: { readonly host: string; readonly port: number }): string {
  return `redis ${host}:${port}`;
}

/** `journal`, with its folder and its matches where there are any. */
export function nameJournal(of: {
  readonly folder: string | null;
  readonly matches: readonly string[];
}): string {
  return ['journal', ...(of.folder === null ? [] : [of.folder]), ...of.matches].join(' ');
}

export function nameCommand({
  path,
  args,
}: {
  readonly path: string;
  readonly args: readonly string[];
}): string {
  return ['command', path, ...args].join(' ');
}
