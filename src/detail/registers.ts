/** HyperLogLog: for each share of the hashes, the longest run of leading zeros seen, plus one. */
export type Registers = Uint8Array;

/** 512 registers tell a number within about 5 % (1.04 / √512). */
const BITS = 9;
const REGISTERS = 2 ** BITS;

/** In text each register is one printable character of ASCII, from `0` on. */
const RANK_0 = 48;

/** Registers that have seen nothing, or what a text of them says. */
export function createRegisters(stored = ''): Registers {
  const registers = new Uint8Array(REGISTERS);
  for (let at = 0; at < Math.min(stored.length, REGISTERS); at++)
    registers[at] = Math.max(0, stored.charCodeAt(at) - RANK_0);
  return registers;
}

export function renderRegisters(registers: Registers): string {
  return String.fromCharCode(...registers.map((rank) => rank + RANK_0));
}

export function observe(registers: Registers, hash: number): void {
  const at = hash >>> (32 - BITS);
  const rank = Math.min(Math.clz32(hash << BITS), 32 - BITS) + 1;
  if (rank > (registers[at] ?? 0)) registers[at] = rank;
}

export function mergeRegisters(into: Registers, other: Registers): void {
  for (const [at, rank] of other.entries()) if (rank > (into[at] ?? 0)) into[at] = rank;
}

/** How many different values were observed (Flajolet et al., 2007, with linear counting of few). */
export function estimate(registers: Registers): number {
  let sum = 0;
  let empty = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) empty += 1;
  }
  const raw = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS ** 2) / sum;
  const few = raw <= 2.5 * REGISTERS && empty > 0;
  return Math.round(few ? REGISTERS * Math.log(REGISTERS / empty) : raw);
}

/** FNV-1a over UTF-16 units, with the last mixing of MurmurHash3. */
export function hashOf(value: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < value.length; at++) hash = Math.imul(hash ^ value.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
