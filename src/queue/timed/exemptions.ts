import { BlockList, isIP } from 'node:net';
import { plainAddress } from '../../base/text/plain-address.js';

/** `set exempt`: a value of a group, or a range of addresses. */
export interface Exemption {
  readonly group: string;
  readonly value: string;
}

/** Says whether a group's value is exempt. Addresses are compared as addresses, other values as they stand. */
export class Exemptions {
  readonly #texts = new Map<string, Set<string>>();
  readonly #ranges = new Map<string, BlockList>();

  constructor(exemptions: Iterable<Exemption>) {
    for (const { group, value } of exemptions) {
      const range = readRange(value);
      if (range)
        addRange(
          entryOf(this.#ranges, group, () => new BlockList()),
          range,
        );
      else entryOf(this.#texts, group, () => new Set<string>()).add(value);
    }
  }

  /** The groups of which something is exempt. */
  get groups(): readonly string[] {
    return [...new Set([...this.#texts.keys(), ...this.#ranges.keys()])];
  }

  has(group: string, value: string): boolean {
    if (this.#texts.get(group)?.has(value)) return true;
    const ranges = this.#ranges.get(group);
    if (!ranges || value.length > MAX_ADDRESS) return false;
    const address = bareAddress(value);
    const family = isIP(address);
    return family !== 0 && ranges.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }
}

/** The longest address with its zone: more text is none (RFC 4291, 2.2; a zone is an interface of at most 15 bytes). */
const MAX_ADDRESS = 64;

/** An address or a range of them (RFC 4632, 3.1; RFC 4291, 2.3). */
export interface AddressRange {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Reads `10.0.0.0/8`, `fe80::/10` or one address; null: it is none. */
export function readRange(text: string): AddressRange | null {
  const [, before = '', digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = bareAddress(before);
  const family = isIP(address);
  if (family === 0) return null;
  const most = family === 4 ? 32 : 128;
  const bits = digits === undefined ? most : Number(digits);
  return bits > most ? null : { address, bits, family: family === 4 ? 'ipv4' : 'ipv6' };
}

function addRange(list: BlockList, { address, bits, family }: AddressRange): void {
  list.addSubnet(address, bits, family);
}

/** Without its zone (`%eth0`) and brackets. */
function bareAddress(text: string): string {
  return plainAddress(text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, ''));
}

function entryOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
