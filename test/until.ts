/** How often a condition of the world outside is looked at (ms). */
const LOOK = 10;

/** Resolves with what `condition` gives as soon as it is truthy; the test's own time limit is the only one. */
export async function until<T>(condition: () => T): Promise<Exclude<T, false | null | undefined | '' | 0>> {
  for (;;) {
    const found = condition();
    if (found) return found as Exclude<T, false | null | undefined | '' | 0>;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}
