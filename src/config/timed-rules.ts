import { groupsOfCommand } from '../queue/exec/command-line.js';
import type { GatePlan, GatePlans, KeySpace } from '../queue/timed/gate-plan.js';
import type { Config } from './config.js';
import { mailedQueues } from './sections.js';

/** The directives of a config that count in time, and those whose programs they gate. */
export type TimedSettings = Pick<
  Config,
  | 'windows'
  | 'throttles'
  | 'follows'
  | 'mutes'
  | 'gathers'
  | 'exemptions'
  | 'valuesOff'
  | 'execs'
  | 'queues'
  | 'sections'
>;

/** What stands between the rules and the queues, from the directives that count in time. */
export function gatePlans(config: TimedSettings): GatePlans {
  const { windows, throttles, follows, mutes, gathers, execs, exemptions } = config;
  const named = [
    ...[...windows, ...throttles, ...gathers, ...execs].map(({ queue }) => queue),
    ...[...follows, ...mutes].flatMap(({ queue, other }) => [queue, other]),
  ];
  const queues = new Map([...new Set(named)].map((queue) => [queue, planOf(queue, config)]));
  return { queues, exemptions: exemptions.flat() };
}

/** The queues whose pages may wait, as `pagesWait` says. */
export function planOf(queue: string, config: TimedSettings): GatePlan {
  const isOf = (one: { readonly queue: string }): boolean => one.queue === queue;
  const window = config.windows.find(isOf);
  const throttle = config.throttles.find(isOf);
  const follows = config.follows.filter(isOf);
  const program = config.execs.find(isOf);
  const feeding = [
    ...config.follows.filter(({ other }) => other === queue),
    ...config.mutes.filter(isOf),
  ].map(({ by }) => hitsOf(queue, by));
  return {
    queue,
    isTimed: [window, throttle, program].some((one) => one !== undefined) || follows.length > 0,
    follows: follows.map(({ other, by, span }) => ({ ...hitsOf(other, by), span })),
    window: window
      ? {
          ...spaceOf('window', queue, window.by),
          count: window.count,
          span: window.span,
          words: wordsOf(window.by),
        }
      : null,
    throttle: throttle ? { ...spaceOf('throttle', queue, throttle.by), span: throttle.span } : null,
    ofFleet: (window?.fleet ?? false) || (throttle?.fleet ?? false),
    mutedBy: config.mutes
      .filter(({ other }) => other === queue)
      .map((mute) => ({ ...hitsOf(mute.queue, mute.by), span: mute.span })),
    gather: config.gathers.find(isOf)?.span ?? null,
    remembered: [...new Map(feeding.map((one) => [one.space, one])).values()],
    namesKey: !config.valuesOff.some(isOf),
    program: program
      ? { groups: groupsOfCommand(program.command), only: !mailedQueues(config).includes(queue) }
      : null,
  };
}

/** Hits of a queue, for others that follow it or that it mutes. */
function hitsOf(queue: string, by: readonly string[]): KeySpace {
  return spaceOf('hits', queue, by);
}

/** Neither queues nor groups hold blanks. */
function spaceOf(what: string, queue: string, by: readonly string[]): KeySpace {
  return { space: `${what} ${queue} ${by.join()}`, by };
}

function wordsOf(by: readonly string[]): string {
  return by.length === 0 ? '' : `by ${by.join()}`;
}
