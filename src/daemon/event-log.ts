import type { Io } from '../base/process/io.js';
import { describeEvent } from './describe-event.js';
import type { DaemonEvent } from './event.js';

/** Makes a function that logs events in words: trouble always, everything when `debug` is above 0. */
export function createEventLog(debug: number, io: Io): (event: DaemonEvent) => void {
  return (event) => {
    if (debug > 0 || isTrouble(event)) io.stderr.write(`tayori: ${describeEvent(event)}\n`);
  };
}

/** Whether an administrator must see an event without `-d`. The startup summary already names missing files. */
function isTrouble(event: DaemonEvent): boolean {
  if (event.kind === 'sealed') return false;
  if (event.kind === 'source')
    return event.event.kind === 'receiver-open'
      ? event.event.again
      : !['opened', 'missing', 'rotated', 'rewritten', 'backlog'].includes(event.event.kind);
  if (event.kind === 'mail') return event.event.kind !== 'sent';
  return true;
}
