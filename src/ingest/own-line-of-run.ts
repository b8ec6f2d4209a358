import type { OwnLine, OwnLineName } from '../line/own-lines.js';
import { asSubject } from '../line/own-lines.js';
import type { EndedRun, RunOutcome } from '../queue/exec/run.js';

/** How much of the command is told, and of what it printed (UTF-16 units): the line has room for both. */
const MAX_COMMAND = 200;
const MAX_OUTPUT = 200;

/** The line about the end of a program. `showsValues`: whether its arguments and its output may be shown. */
export function ownLineOfRun(run: EndedRun, showsValues: boolean): OwnLine {
  const { queue, outcome } = run;
  const detail = showsValues ? detailOf(run) : null;
  return { name: NAMES[outcome], subject: `program of [${asSubject(queue)}]`, detail, runOf: queue };
}

const NAMES = {
  ran: 'ran',
  failed: 'run-failed',
  refused: 'run-refused',
  interrupted: 'run-interrupted',
  'left-out': 'run-left-out',
} as const satisfies Readonly<Record<RunOutcome, OwnLineName>>;

function detailOf({ outcome, hits, command, why, output }: EndedRun): string | null {
  const parts = [
    shortened(command, MAX_COMMAND),
    outcome === 'left-out' || hits > 1 ? `${hits} hits` : '',
    why,
    output === '' ? '' : `it printed: ${shortened(output.trim().replaceAll(/\s*\n\s*/g, ' / '), MAX_OUTPUT)}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join('; ');
}

function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 3)}...`;
}
