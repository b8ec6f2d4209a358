import { readFile } from 'node:fs/promises';
import { SocketAddress } from 'node:net';
import { endianness } from 'node:os';

/** Where a socket is bound. */
export interface Bound {
  readonly address: string;
  readonly port: number;
}

/**
 * How many datagrams the kernel has dropped since the socket was bound, because its buffer was full: the last column of
 * /proc/net/udp and udp6 (proc(5)). null where the system does not tell.
 */
export async function countDrops({ address, port }: Bound): Promise<number | null> {
  const six = address.includes(':');
  const table = await readFile(`/proc/net/${six ? 'udp6' : 'udp'}`, 'latin1').catch(() => '');
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    const [local = '', localPort = ''] = columns[1]?.split(':') ?? [];
    if (Number.parseInt(localPort, 16) !== port || addressOf(local) !== withoutScope(address)) continue;
    return Number(columns.at(-1));
  }
  return null;
}

/** The kernel writes an address as words of 32 bits in the order of the machine. */
function addressOf(hex: string): string | null {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length !== 4 && bytes.length !== 16) return null;
  if (endianness() === 'LE') bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16));
  return new SocketAddress({ family: 'ipv6', address: groups.join(':') }).address;
}

function withoutScope(address: string): string {
  return address.replace(/%.*/, '');
}
