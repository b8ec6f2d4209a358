import { showFleetAddress } from '../base/fleet-address.js';
import { columns, describeBehind, escapeLines, formatTime } from '../base/text/layout.js';
import type { Config } from '../config/config.js';
import { sectionsOf } from '../config/sections.js';
import { hoursOf } from '../schedule/hours-of.js';
import type { Scheduled } from '../schedule/scheduled.js';
import type { FileState } from '../source/file/log-status.js';
import type { Daemon } from './loop.js';

export interface StartupFacts {
  readonly version: string;
  readonly config: Config;
  readonly daemon: Daemon;
  /** Whether it meets the fleet of the config. */
  readonly meets: boolean;
  /** Where mail goes, in words. */
  readonly route: string;
  /** Where the state is kept, in words. */
  readonly state: string;
  /** ms */
  readonly now: number;
}

/** The first message: what is watched, which queues there are, when each is mailed next, and where mail goes. */
export function startupSummary(facts: StartupFacts): string {
  const { version, config, daemon, route, state, now } = facts;
  const files = daemon.files().map((file) => [file.path, describeFile(file)]);
  const receivers = daemon.receivers().map(({ name, status }) => [name, status]);
  const queues = config.queues.flatMap((queue) => [
    [queue.name, describeNext(queue, config, daemon, now), `to ${queue.to.join(',')}`],
    ...sectionsOf(queue.name, config).map((section) => [section, `in the letter of ${queue.name}`, '']),
  ]);
  const { csv } = config;
  if (csv)
    queues.push(['csv', describeNext({ name: 'csv', ...csv }, config, daemon, now), `to ${csv.command}`]);
  return escapeLines([
    `tayori ${version} reads ${config.files[0]}`,
    '',
    'Watched',
    ...columns([...files, ...receivers]),
    '',
    'Queues',
    ...columns(queues),
    '',
    `Mail goes to ${route}.`,
    ...describeFleet(facts),
    `The state is kept in ${state}.`,
  ]);
}

function describeFleet({ config, meets }: StartupFacts): string[] {
  const address = config.fleet.value;
  if (!address || !meets) return [];
  return [`Letters are written together with the fleet that meets at ${showFleetAddress(address)}.`];
}

function describeFile({ position, size, waiting }: FileState): string {
  if (waiting === 'missing') return 'not there yet';
  if (waiting !== null) return waiting;
  if (!position) return 'not read yet';
  return describeBehind((size ?? 0) - position.offset);
}

function describeNext(queue: Scheduled, config: Config, daemon: Daemon, now: number): string {
  const next = daemon.next(queue.name);
  if (queue.schedule.kind === 'now') {
    const within = hoursOf(config, queue) ? ', in its hours' : '';
    return `at once (within ${Math.max(config.sleep.value, 1)} s${within})`;
  }
  if (next === null) return 'never';
  return `next ${formatTime(next, config.timezone.value, now)}`;
}
