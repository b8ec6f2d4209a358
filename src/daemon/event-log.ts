import type { Io } from '../base/process/io.js';
import type { TraceSubject } from '../base/trace.js';
import { describeEvent } from './describe-event.js';
import type { DaemonEvent } from './event.js';

/** What `-d` asks for: all events in words, and each step of the work by subject. */
export interface Debug {
  readonly events: boolean;
  readonly subjects: ReadonlySet<TraceSubject>;
}

export const NO_DEBUG: Debug = { events: false, subjects: new Set() };

/** Makes the function that logs events in words: trouble always, everything where `-d` asks for it. `redact`: as the config masks texts. */
export function createEventLog(
  { events }: Debug,
  io: Io,
  redact: (text: string) => string = String,
): (event: DaemonEvent) => void {
  return (event) => {
    if (events || isTrouble(event)) io.stderr.write(`tayori: ${redact(describeEvent(event))}\n`);
  };
}

/** Whether an administrator must see an event without `-d`. The startup summary already names missing files. */
function isTrouble(event: DaemonEvent): boolean {
  if (event.kind === 'sealed' || event.kind === 'letter-taken') return false;
  if (event.kind === 'source')
    return event.event.kind === 'receiver-open'
      ? event.event.again
      : !['opened', 'missing', 'rotated', 'rewritten', 'backlog'].includes(event.event.kind);
  if (event.kind === 'mail') return event.event.kind !== 'sent';
  return true;
}
