/**
 * Makes of a look one that never runs twice at once. Who asks while one runs gets the one behind it, since the running
 * one may have passed what is new; all who ask meanwhile get the same.
 */
export function singleFlight(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  function run(): Promise<void> {
    running = work().finally(() => {
      running = null;
    });
    return running;
  }

  function runAfter(one: Promise<void>): Promise<void> {
    next ??= one.then(() => {
      next = null;
      return running ?? run();
    });
    return next;
  }

  return () => (running ? runAfter(running) : run());
}
