type Signal = 'INT' | 'TERM' | 'HUP' | 'USR1' | 'USR2';

/** What a signal does: `end`, or work that is done one at a time. */
export type SignalTable = Readonly<Record<Signal, 'end' | (() => Promise<void>)>>;

/**
 * Serves signals until one ends it, and returns that one's name when the work under way is done. They are heard from
 * now on, but obeyed behind the start. A second signal to end, while the first is obeyed, ends the process at once:
 * what is committed is safe. Rejects when the start, or the work of a signal, fails.
 */
export function onSignals(table: SignalTable, started: Promise<void>): Promise<string> {
  return new Promise((resolve, reject) => {
    let work = started;
    let ending = false;
    started.catch(reject);
    for (const [signal, action] of Object.entries(table))
      process.on(`SIG${signal}` as NodeJS.Signals, () => {
        if (action !== 'end') {
          if (!ending) work = work.then(action).catch(reject);
        } else if (ending) {
          process.exit(1);
        } else {
          ending = true;
          work.then(() => resolve(`SIG${signal}`), reject);
        }
      });
  });
}
