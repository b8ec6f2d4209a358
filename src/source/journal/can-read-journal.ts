import { runProgram } from '../../base/process/run-program.js';
import type { Clock } from '../../base/time/clock.js';

/** How long journalctl may take to show one entry (ms). */
const MAX_WAIT = 5000;

/** Whether this user can read any entry of a journal. `folder`: of journal files; null: this machine's journal. */
export async function canReadJournal(folder: string | null, clock: Clock): Promise<boolean> {
  const { printed, ending } = await runProgram({
    program: 'journalctl',
    args: [
      '--quiet',
      '--no-pager',
      '--lines=1',
      '--output=export',
      ...(folder === null ? [] : ['-D', folder]),
    ],
    input: [],
    timeout: MAX_WAIT,
    maxOutput: 1,
    clock,
    signal: new AbortController().signal,
  });
  return ending.kind === 'status' && ending.status === 0 && printed > 0;
}
