/**
 * Single flight with a trailing run: the work never runs twice at once. A call during a run gets the next run, since
 * the current one may have missed what is new; all such calls share one run.
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
