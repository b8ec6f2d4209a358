import { formatTime } from '../base/text/layout.js';
import type { ProgramStatus } from '../daemon/acting-status.js';
import type { Status } from '../daemon/status.js';
import type { RunOutcome } from '../queue/exec/run.js';

/** What each end is called behind its number. */
const OUTCOMES: Readonly<Record<RunOutcome, string>> = {
  ran: 'ran',
  failed: 'failed',
  refused: 'not run for their values',
  interrupted: 'interrupted',
  'left-out': 'left out, because too many waited',
};

interface Frame {
  readonly timezone: string | null;
  readonly now: number;
}

/** Rows of the programs of `set exec`: what waits, how many came to which end, and the last one that did not run well. */
export function programRows({ programs }: Status, frame: Frame): string[][] {
  return programs.map((program) => [`[${program.queue}]`, counts(program), ...trouble(program, frame)]);
}

function counts({ waiting, running, ended }: ProgramStatus): string {
  const others = Object.entries(OUTCOMES).flatMap(([outcome, words]) => {
    const hits = ended[outcome as RunOutcome];
    return hits > 0 ? [`${hits} ${words}`] : [];
  });
  return [`${waiting} waiting`, `${running} running`, ...others].join(', ');
}

function trouble({ recent }: ProgramStatus, { timezone, now }: Frame): string[] {
  const last = recent.find(({ outcome }) => outcome !== 'ran');
  if (!last) return [];
  const { at, outcome, command, why, output } = last;
  const words = [command, why, output === '' ? '' : `it printed: ${firstLine(output)}`].filter(
    (one) => one !== '',
  );
  return [`${OUTCOMES[outcome]} ${formatTime(at, timezone, now)}: ${words.join('; ')}`];
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
