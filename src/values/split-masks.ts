/** What stands between the masks of a message; the whole message where masks cannot be told from its own text. */
export function splitMasks(message: string, mask: string): string[] {
  if (mask === '') return [message];
  const pieces = message.split(mask);
  const isPlain = pieces.slice(1).every((piece) => !`${mask}${piece}`.slice(1).startsWith(mask));
  return isPlain ? pieces : [message];
}
