/** How often a condition of the world outside is looked at (ms). */
const LOOK = 10;

/**
 * Resolves with what `condition` gives as soon as it is truthy; the test's own time limit is the only one. `ended`: a
 * process that must live until then.
 */
export async function until<T>(
  condition: () => T,
  ended?: Promise<unknown>,
): Promise<Exclude<T, false | null | undefined | '' | 0>> {
  let over = false;
  void ended?.then(() => {
    over = true;
  });
  for (;;) {
    const found = condition();
    if (found) return found as Exclude<T, false | null | undefined | '' | 0>;
    if (over) throw new Error('the process has ended before that');
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}
