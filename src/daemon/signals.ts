const SIGNALS = ['INT', 'TERM', 'HUP', 'USR1', 'USR2'] as const;

type Signal = (typeof SIGNALS)[number];

/** What a signal does: `end`, or work that is done one at a time. */
export type SignalTable = Readonly<Record<Signal, 'end' | (() => Promise<void>)>>;

/** Signals that were received, kept until they are obeyed. */
export interface Signals {
  /**
   * Runs `begin`, then obeys signals until one ends it; returns the name of that signal when the work under way is
   * done. A second signal to end meanwhile ends the process at once: committed data are safe. Rejects when `begin` or
   * the work of a signal fails.
   */
  obey(table: SignalTable, begin: () => Promise<void>): Promise<string>;
}

/** Catches signals from now on. Before that, TERM and HUP would end the process at once. */
export function catchSignals(): Signals {
  const pending: Signal[] = [];
  let take = (signal: Signal): void => void pending.push(signal);
  for (const signal of SIGNALS) process.on(`SIG${signal}`, () => take(signal));

  return {
    obey: (table, begin) =>
      new Promise((resolve, reject) => {
        let ending = false;
        let work = begin();
        work.catch(reject);
        take = (signal) => {
          const action = table[signal];
          if (action !== 'end') {
            if (!ending) work = work.then(action);
            work.catch(reject);
          } else if (ending) {
            process.exit(1);
          } else {
            ending = true;
            work.then(() => resolve(`SIG${signal}`), reject);
          }
        };
        for (const signal of pending.splice(0)) take(signal);
      }),
  };
}
