import { randomBytes } from 'node:crypto';

export const FNV_PRIME = 0x01000193;

/**
 * Joins FNV-1a of the units at even places of a text with that of the units at odd places (hashed apart, no step waits for
 * the one before), with the final mix of MurmurHash3. 32 bits, signed.
 */
export function joinHashes(even: number, odd: number): number {
  let hash = even ^ Math.imul(odd, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Numbers of 32 bits that nobody can know: tables that begin with them cannot be filled with texts of equal hashes. */
export function secretNumbers(count: number): Int32Array {
  return new Int32Array(Uint8Array.from(randomBytes(4 * count)).buffer);
}
