import { escapeControl } from '../base/text/escape.js';
import { amount, formatTime } from '../base/text/layout.js';
import type { Config } from '../config/config.js';
import { scheduled } from '../schedule/scheduled.js';
import type { Daemon } from './loop.js';

export interface StatusFacts {
  readonly daemon: Pick<Daemon, 'files' | 'next' | 'outbox'>;
  readonly config: Config;
  /** ms */
  readonly now: number;
  /** The last reload did not accept the config. */
  readonly refused: boolean;
}

/** The status of a running daemon, in one line for `systemctl status`. Reads the state. */
export function statusLine({ daemon, config, now, refused }: StatusFacts): string {
  const files = daemon.files();
  const followed = files.filter(({ waiting }) => waiting === null).length;
  const parts = [
    `follows ${followed} of ${amount(files.length, 'log')}`,
    ...describeOutbox(daemon),
    ...describeNext(daemon, config, now),
    ...(refused ? ['the changed config was not accepted, so the old one stays in force'] : []),
  ];
  return escapeControl(parts.join('; '));
}

/** A letter for several recipients is one. */
function describeOutbox(daemon: Pick<Daemon, 'outbox'>): string[] {
  const all = daemon.outbox();
  const ids = (state: (typeof all)[number]['state']): number =>
    new Set(all.filter((one) => one.state === state).map(({ id }) => id)).size;
  const waiting = ids('waiting');
  const refused = ids('refused');
  return [
    ...(waiting > 0 ? [`${amount(waiting, 'letter')} on the way`] : []),
    ...(refused > 0 ? [`${amount(refused, 'letter')} rejected by the mail server`] : []),
  ];
}

/** The next letter with a schedule, with its queue. */
function describeNext(daemon: Pick<Daemon, 'next'>, config: Config, now: number): string[] {
  const times = scheduled(config)
    .map(({ name }) => ({ name, time: daemon.next(name) }))
    .filter((one): one is { name: string; time: number } => one.time !== null)
    .sort((a, b) => a.time - b.time);
  const [first] = times;
  return first ? [`next letter: ${first.name}, ${formatTime(first.time, config.timezone.value, now)}`] : [];
}
