import { amount, columns, escapeLines, formatTime } from '../../base/text/layout.js';
import { listNames } from '../../base/text/list-names.js';
import { describeDuration } from '../../base/time/duration.js';
import type { FleetOverview } from '../../fleet/meeting-place.js';
import { type DifferingDefinition, differingQueues } from './differing-queues.js';

export interface FleetFrame {
  /** Where the nodes meet, without a password. */
  readonly address: string;
  readonly timezone: string | null;
}

/** A clock that is no further off than this (ms) is right: a contact takes time. */
const RIGHT = 2000;

/** A node that was not heard of for so long (ms) is called silent: four contacts, and others take its letters over then. */
const MAX_HEARD = 60_000;

/** What `tayori fleet` shows on a terminal. Times are shown in the zone of this config, ages by the clock of the meeting place. */
export function renderFleet(fleet: FleetOverview, frame: FleetFrame): string {
  const differing = differingQueues(fleet.nodes);
  return escapeLines([
    `${amount(fleet.nodes.length, 'node')} at ${frame.address} (schema ${fleet.schema})`,
    ...section('Nodes', nodeRows(fleet, frame), 'none: no tayori with set fleet has been here'),
    ...section('Editors', editorRows(fleet), 'nobody makes a letter just now'),
    ...section('Letters that wait', waitingRows(fleet, frame)),
    ...section('Outbox', outboxRows(fleet), 'empty: every letter was delivered'),
    ...(differing.length === 0 ? [] : ['', 'Queues that differ', ...differing.flatMap(differenceLines)]),
  ]);
}

function section(title: string, rows: readonly (readonly string[])[], none = 'none'): string[] {
  return ['', title, ...(rows.length > 0 ? columns(rows) : [`  ${none}`])];
}

function nodeRows({ nodes, now }: FleetOverview, frame: FleetFrame): string[][] {
  return nodes.map(({ name, version, seen, ahead, behindSince, queues }) => [
    name,
    version,
    describeSeen(now - seen),
    describeClock(ahead),
    amount(queues.length, 'queue'),
    behindSince === null ? '' : `behind since ${formatTime(behindSince, frame.timezone, now)}`,
  ]);
}

function describeSeen(ago: number): string {
  return ago > MAX_HEARD ? `silent for ${describeDuration(ago)}` : `heard of ${describeDuration(ago)} ago`;
}

function describeClock(ahead: number): string {
  if (Math.abs(ahead) <= RIGHT) return 'clock right';
  return `clock ${describeDuration(Math.abs(ahead))} ${ahead > 0 ? 'fast' : 'slow'}`;
}

function editorRows({ leases, now }: FleetOverview): string[][] {
  return leases.map(({ queue, node, until }) => [
    `[${queue}]`,
    node,
    until > now ? `for ${describeDuration(until - now)} at most` : 'its time is over: another may follow',
  ]);
}

function waitingRows({ waiting, now }: FleetOverview, frame: FleetFrame): string[][] {
  return waiting.map(({ queue, due, contributions, missing }) => [
    `[${queue}]`,
    due === null ? 'at once' : `due ${formatTime(due, frame.timezone, now)}`,
    amount(contributions, 'part'),
    missing.length === 0 ? 'nobody is missing' : `without ${listNames(missing)}`,
  ]);
}

function outboxRows({ outbox, now }: FleetOverview): string[][] {
  return outbox.map(({ queue, subject, sealed, holder, recipients }) => [
    `[${queue}]`,
    amount(recipients, 'recipient'),
    `${describeDuration(now - sealed)} old`,
    holder === null ? 'nobody delivers it yet' : `delivered by ${holder}`,
    subject, // last, as it may be of wide characters
  ]);
}

function differenceLines({ queue, definitions }: DifferingDefinition): string[] {
  return [
    `  [${queue}]: the nodes below write letters of their own, until their configs agree`,
    ...definitions.map(({ definition, nodes }) => `    ${listNames(nodes)}: ${definition}`),
  ];
}
