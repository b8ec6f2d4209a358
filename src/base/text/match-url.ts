/** Whether a URL is the one that a glob names; `*` stands for any characters. In linear time for each `*`. */
export function matchesUrl(glob: string, url: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return url === glob;
  if (!url.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = url.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return url.length - at >= last.length && url.endsWith(last);
}
