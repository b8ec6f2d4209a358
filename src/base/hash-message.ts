import { createHash } from 'node:crypto';

/**
 * A hash that replaces a message that is too long to be stored: so many base64url characters (6 bits each) of its
 * SHA-256. States contain such hashes, so the number of characters at each place must not change.
 */
export function hashMessage(message: string, characters: number): string {
  const digest = createHash('sha256').update(message).digest('base64url');
  // A slice of a string keeps all of it in memory, and of these there are many.
  return Buffer.from(digest, 'latin1').toString('latin1', 0, characters);
}
