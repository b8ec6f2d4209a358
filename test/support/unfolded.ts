/** A letter's text with each note on one line, as long as it may be. */
export function unfolded(text: string): string {
  return text.replace(/\n {6}(?=\S)/g, ' ');
}
