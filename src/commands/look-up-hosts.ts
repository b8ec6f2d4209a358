import type { Io } from '../base/process/io.js';
import { systemClock } from '../base/time/clock.js';
import { describeEvent } from '../daemon/describe-event.js';
import { createHostNames, type HostNames } from '../letter/build/host-names.js';

/** Host names for letters that are shown; prints to standard error why they cannot be looked up. */
export function hostNames(io: Io): HostNames {
  return createHostNames(systemClock, (reason) =>
    io.stderr.write(`${describeEvent({ kind: 'unresolved', reason })}\n`),
  );
}
