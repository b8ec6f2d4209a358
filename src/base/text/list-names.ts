/** So many names are told; the others are counted. */
const MAX_NAMED = 5;

/** `a, b`; of many the first ones: `a, b, c, d, e and 3 more`. */
export function listNames(names: readonly string[]): string {
  const named = names.slice(0, MAX_NAMED).join(', ');
  return names.length > MAX_NAMED ? `${named} and ${names.length - MAX_NAMED} more` : named;
}
