/** A piece of a URL without its percent escapes; as it is where one of them is none. */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
