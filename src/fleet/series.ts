import { createHash } from 'node:crypto';
import type { Config, QueueConfig } from '../config/config.js';
import { throughAliases } from '../config/directives/aliases.js';
import { emptyLetters, sectionsOf } from '../config/sections.js';
import { zoneOf } from '../config/zones.js';
import type { Schedule } from '../queue/schedule.js';
import type { Series } from './meeting-place.js';

/** A queue whose letters the fleet writes, with its schedule. */
export interface FleetQueue extends Series {
  readonly schedule: Schedule;
}

/** All that nodes must agree on before their counts stand in one letter. */
interface Definition {
  readonly queue: string;
  readonly schedule: string;
  /** null: pages that go at any hour are the same in every zone. */
  readonly zone: string | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly pager: boolean;
  readonly subject: string;
  readonly filter: string | null;
  readonly sections: readonly string[];
  readonly fold: { readonly steps: readonly number[]; readonly pages: number } | null;
  readonly hours: {
    readonly spans: readonly (readonly number[])[];
    readonly days: readonly number[];
    readonly over: number | null;
  } | null;
  readonly empty: boolean;
}

/**
 * The series of a config: its queues that are mailed, by what defines them. Neither the order of the config nor how it is
 * written changes an id. `systemZone`: the IANA time zone of this machine, which holds where the config sets none.
 */
export function seriesOf(config: Config, systemZone: string = zoneOfSystem()): FleetQueue[] {
  return config.queues.map((queue) => {
    const definition = definitionOf(queue, config, systemZone);
    const id = createHash('sha256').update(JSON.stringify(definition)).digest('base64url');
    return { id, queue: queue.name, definition: inWords(definition), schedule: queue.schedule };
  });
}

function zoneOfSystem(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function definitionOf(queue: QueueConfig, config: Config, systemZone: string): Definition {
  const { name, schedule, from, to, pager, subject } = queue;
  const fold = schedule.kind === 'now' ? config.folds.find((one) => one.queue === name) : undefined;
  const hours = schedule.kind === 'now' ? config.hours.find((one) => one.queue === name) : undefined;
  const hasZone = schedule.kind === 'cron' || hours !== undefined;
  return {
    queue: name,
    schedule: schedule.kind === 'now' ? 'now' : schedule.text.trim().toLowerCase().replace(/\s+/g, ' '),
    zone: hasZone ? (zoneOf(name, config) ?? systemZone) : null,
    from,
    to: throughAliases(to, config.aliases).sort(),
    pager,
    subject: subject ?? config.subject.value,
    filter: config.filters.find((one) => one.queue === name)?.command ?? null,
    sections: [...sectionsOf(name, config)].sort(),
    fold: fold ? { steps: fold.steps, pages: config.foldPages.value } : null,
    hours: hours
      ? {
          spans: hours.hours.spans.map(({ from, to }) => [from, to]),
          days: [...hours.hours.days].sort(),
          over: hours.over,
        }
      : null,
    empty: emptyLetters(config).has(name),
  };
}

/** For people who look why two nodes do not write one letter: what differs between configs stands in it. */
function inWords(one: Definition): string {
  const parts = [
    `[${one.schedule}]${one.zone === null ? '' : ` in ${one.zone}`}`,
    `from ${one.from} to ${one.pager ? 'pager ' : ''}${one.to.join(', ')}`,
    `subject "${one.subject}"`,
    ...(one.filter === null ? [] : [`filter ${one.filter}`]),
    ...(one.sections.length === 0 ? [] : [`sections ${one.sections.join(', ')}`]),
    ...(one.fold
      ? [`fold ${one.fold.steps.map(inTime).join(',')} with ${one.fold.pages} pages an hour`]
      : []),
    ...(one.hours ? [`hours ${describeHours(one.hours)}`] : []),
    ...(one.empty ? ['empty letters'] : []),
  ];
  return parts.join('; ');
}

function inTime(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function describeHours({ spans, days, over }: NonNullable<Definition['hours']>): string {
  const clock = (minutes: number): string => {
    const rest = minutes % 60;
    return `${Math.floor(minutes / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
  };
  const times = spans.map(([from = 0, to = 0]) => `${clock(from)}-${clock(to)}`).join();
  const limit = over === null ? '' : ` over ${over}`;
  return `${times} ${days.map((day) => DAYS[day]).join()}${limit}`;
}
