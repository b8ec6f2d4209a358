/** A piece of the config in quotation marks, cut where it is long. */
export function quote(text: string): string {
  return text.length <= MAX_QUOTE ? `"${text}"` : `"${text.slice(0, MAX_QUOTE)}..."`;
}

/** Characters of the config that a message quotes at most, to stay readable on one line. */
export const MAX_QUOTE = 80;
