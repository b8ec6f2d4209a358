import { escapeControl } from '../base/text/escape.js';
import { amount, formatTime } from '../base/text/layout.js';
import type { Config } from '../config/config.js';
import { scheduled } from '../schedule/scheduled.js';
import type { Daemon } from './loop.js';

export interface StatusFacts {
  readonly daemon: Pick<Daemon, 'files' | 'receivers' | 'next' | 'outbox'>;
  readonly config: Config;
  /** ms */
  readonly now: number;
  /** Why the last reload did not accept the config; null: it did. */
  readonly refused: string | null;
}

/** The status of a running daemon, in one line for `systemctl status`. Reads the state. */
export function statusLine({ daemon, config, now, refused }: StatusFacts): string {
  const parts = [
    describeSources(daemon),
    ...describeOutbox(daemon),
    ...describeNext(daemon, config, now),
    ...(refused === null
      ? []
      : [`the changed config was not accepted, so the old one stays in force: ${refused}`]),
  ];
  return escapeControl(parts.join('; '));
}

/** What is read: logs, and receivers that work. Where these stand in for logs, no log is missing. */
function describeSources(daemon: Pick<Daemon, 'files' | 'receivers'>): string {
  const files = daemon.files();
  const followed = files.filter(({ waiting }) => waiting === null).length;
  const open = daemon.receivers().filter(({ status }) => /^(?:open|runs)\b/.test(status));
  const logs = `follows ${followed} of ${amount(files.length, 'log')}`;
  if (open.length === 0) return logs;
  const reads = `reads ${open.map(({ name }) => name).join(', ')}`;
  if (files.length === 0) return reads;
  if (followed > 0) return `${logs}, ${reads}`;
  return `${reads}; of ${amount(files.length, 'log')} none is there`;
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
