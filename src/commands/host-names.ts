import { systemClock } from '../clock.js';
import { describeEvent } from '../daemon/describe-event.js';
import { createHostNames, type HostNames } from '../digest/host-names.js';
import type { Io } from './io.js';

/** Names of hosts for letters that are shown; why they cannot be asked for is told on standard error. */
export function hostNames(io: Io): HostNames {
  return createHostNames(systemClock, (reason) =>
    io.stderr.write(`${describeEvent({ kind: 'unresolved', reason })}\n`),
  );
}
