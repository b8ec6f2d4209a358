/** HyperLogLog: for each share of the hashes, the longest run of leading zeros seen, plus one. */
export type Registers = Uint8Array;

/** 1,024 registers estimate a number within about 3 % (1.04 / √1024). */
const BITS = 10;
export const REGISTERS = 2 ** BITS;

/** As text, each register is one printable ASCII character, from `0` on. */
const RANK_0 = 48;

/** Empty registers, or those that `renderRegisters` wrote. */
export function createRegisters(stored = ''): Registers {
  const registers = new Uint8Array(REGISTERS);
  const ranks = Buffer.from(stored, 'latin1');
  const known = Math.min(ranks.length, REGISTERS);
  for (let at = 0; at < known; at++) registers[at] = Math.max(0, (ranks[at] ?? 0) - RANK_0);
  return registers;
}

export function renderRegisters(registers: Registers): string {
  const ranks = Buffer.allocUnsafe(REGISTERS);
  for (let at = 0; at < REGISTERS; at++) ranks[at] = (registers[at] ?? 0) + RANK_0;
  return ranks.toString('latin1');
}

/** Counts a value with this hash. */
export function observe(registers: Registers, hash: number): void {
  const at = registerOf(hash);
  const rank = rankOf(hash);
  if (rank > (registers[at] ?? 0)) registers[at] = rank;
}

/** The register that a hash belongs to: its first bits. */
export function registerOf(hash: number): number {
  return hash >>> (32 - BITS);
}

/** The number of leading zeros of the other bits, plus one. */
export function rankOf(hash: number): number {
  return Math.min(Math.clz32(hash << BITS), 32 - BITS) + 1;
}

export function mergeRegisters(into: Registers, other: Registers): void {
  for (let at = 0; at < REGISTERS; at++) {
    const rank = other[at] ?? 0;
    if (rank > (into[at] ?? 0)) into[at] = rank;
  }
}

/** How many different values were observed (Ertl, "New cardinality estimation algorithms for HyperLogLog", 2017). */
export function estimate(registers: Registers): number {
  let sum = 0;
  let empty = 0;
  for (const rank of registers)
    if (rank === 0) empty += 1;
    else sum += 2 ** -rank;
  if (empty === REGISTERS) return 0;
  return Math.round(REGISTERS ** 2 / (2 * Math.LN2) / (REGISTERS * weightOfEmpty(empty / REGISTERS) + sum));
}

/** The paper's sigma: share + the sum of share^(2^k) * 2^(k - 1). */
function weightOfEmpty(share: number): number {
  let weight = share;
  let power = share * share;
  for (let factor = 1; power > 0; factor *= 2) {
    weight += power * factor;
    power *= power;
  }
  return weight;
}

/**
 * FNV-1a over UTF-16 units. Even and odd units are hashed separately, so that no step waits for the one before; the
 * final mix of MurmurHash3 joins them. 32 bits, signed.
 */
export function hashOf(units: Uint16Array, start: number, end: number): number {
  let even = 0x811c9dc5;
  let odd = end - start;
  let at = start;
  for (; at + 1 < end; at += 2) {
    even = Math.imul(even ^ (units[at] as number), 0x01000193);
    odd = Math.imul(odd ^ (units[at + 1] as number), 0x01000193);
  }
  if (at < end) even = Math.imul(even ^ (units[at] as number), 0x01000193);
  let hash = even ^ Math.imul(odd, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
