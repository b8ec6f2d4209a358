/** How often a condition of the world outside is looked at (ms). */
const LOOK = 10;

/** Resolves with what `condition` gives as soon as that is something; the test's own time limit is the only one. */
export async function until<T>(condition: () => T | null | undefined | false): Promise<T> {
  for (;;) {
    const found = condition();
    if (found !== null && found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}
