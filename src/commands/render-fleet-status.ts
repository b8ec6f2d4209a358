import { amount } from '../base/text/layout.js';
import { listNames } from '../base/text/list-names.js';
import { describeAhead } from '../daemon/describe-ahead.js';
import type { FleetStatus } from '../daemon/fleet-status.js';

/** A clock that differs by less (ms) is not shown: the way to the meeting place takes some time, too. */
const MIN_SHOWN = 2000;

/** Rows of a table. `at`: a time in words. `running`: whether the daemon runs. */
export function fleetRows(fleet: FleetStatus, running: boolean, at: (time: number) => string): string[][] {
  const { address, node, ahead, waiting, differing } = fleet;
  return [
    ['meets at', address],
    ['as the node', node ?? "this host's name"],
    [running ? 'now' : 'at its end', describeState(fleet, at)],
    ...(Math.abs(ahead) < MIN_SHOWN ? [] : [['clock', `${describeAhead(ahead)}, by that of the fleet`]]),
    ...(waiting === 0 ? [] : [['waiting', `${amount(waiting, 'closed edition')} to be handed in`]]),
    ...differing.map(({ queue, nodes }) => [
      `[${queue}]`,
      `is defined differently on ${listNames(nodes)}: tayori fleet shows how`,
    ]),
  ];
}

function describeState({ state, since, reason, lastMet }: FleetStatus, at: (time: number) => string): string {
  const from = since === null ? '' : ` since ${at(since)}`;
  switch (state) {
    case 'not-met':
      return 'not met yet';
    case 'met':
      return lastMet === null ? 'not met yet' : `in touch${from}`;
    case 'away':
      return `away${from}${lastMet === null ? ', never met' : `, last met ${at(lastMet)}`}: ${reason ?? ''}`;
    case 'name-taken':
      return `its name is that of another node${from}: nothing is handed in (set node)`;
  }
}
