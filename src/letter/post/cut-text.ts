/**
 * How long the text of a post is (bytes of UTF-8): ntfy shows 4,096 in a message, and makes an attachment of more. Who
 * reads it on a phone reads no more either.
 */
export const MAX_POST_TEXT = 4000;

/** A text of at most `most` bytes of UTF-8: if it is longer, whole lines of it as far as there is room, then `rest`. */
export function cutText(text: string, rest: string, most = MAX_POST_TEXT): string {
  if (Buffer.byteLength(text) <= most) return text;
  const room = most - Buffer.byteLength(`\n${rest}`);
  const beginning = beginningOf(text, room);
  const end = beginning.lastIndexOf('\n');
  return `${end > room / 2 ? beginning.slice(0, end) : beginning}\n${rest}`;
}

/** As many whole characters as fit. */
function beginningOf(text: string, bytes: number): string {
  const cut = Buffer.from(text.slice(0, bytes)).subarray(0, bytes).toString();
  return cut.replace(/\ufffd+$/u, '').replace(/[\ud800-\udbff]$/, '');
}
