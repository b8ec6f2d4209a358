import { createHash } from 'node:crypto';

/**
 * What stands for a message where it is too long to be kept: so many base64url characters (6 bits each) of its SHA-256.
 * States hold such hashes: how many characters a place keeps must stay as it is.
 */
export function hashMessage(message: string, characters: number): string {
  return createHash('sha256').update(message).digest('base64url').slice(0, characters);
}
