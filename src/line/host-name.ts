/**
 * The longest name of a host, in bytes of UTF-8: RFC 1035, 2.3.4, and RFC 5424, 6 (HOSTNAME). Every name is held in
 * memory and in the state, and stands above a block of letters; whoever writes a line could make it as long as the line.
 */
export const MAX_HOST_BYTES = 255;

/** Whether a text may be the name of a host. A line whose prefix names a longer one has no prefix. */
export function isHostName(text: string): boolean {
  // A UTF-16 unit is three bytes at most.
  if (text.length * 3 <= MAX_HOST_BYTES) return true;
  return text.length <= MAX_HOST_BYTES && Buffer.byteLength(text) <= MAX_HOST_BYTES;
}
