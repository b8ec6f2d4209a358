/** An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`, as sockets of IPv6 name it) as IPv4; others as they are. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
