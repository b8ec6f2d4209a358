import { FNV_PRIME, joinHashes } from '../base/hash-units.js';

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

/** FNV-1a over UTF-16 units, those at even and odd places apart. 32 bits, signed; states hold what follows from it. */
export function hashOf(units: Uint16Array, start: number, end: number): number {
  let even = 0x811c9dc5;
  let odd = end - start;
  let at = start;
  for (; at + 1 < end; at += 2) {
    even = Math.imul(even ^ (units[at] as number), FNV_PRIME);
    odd = Math.imul(odd ^ (units[at + 1] as number), FNV_PRIME);
  }
  if (at < end) even = Math.imul(even ^ (units[at] as number), FNV_PRIME);
  return joinHashes(even, odd);
}
