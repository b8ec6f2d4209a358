import { userInfo } from 'node:os';
import { escapeControl } from '../base/text/escape.js';
import { systemClock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import type { Route } from '../mail/route/route.js';
import { describeRoute } from '../mail/transport/open-transport.js';
import { type StatusFacts, statusLine } from './status-line.js';

export interface StartedFacts {
  readonly daemon: StatusFacts['daemon'];
  readonly config: Config;
  readonly route: Route;
  /** What has to be named to ask for the status; null: it is found without. */
  readonly configPath: string | null;
}

/** What whoever has started a daemon must know: as whom it runs, what it does, and how to ask about it. One line. */
export function startedLine({ daemon, config, route, configPath }: StartedFacts): string {
  const status = statusLine({ daemon, config, now: systemClock.now(), refused: null });
  const ask = configPath === null ? 'tayori status' : `tayori status -c ${configPath}`;
  const line = `tayori runs as ${userName()} (process ${process.pid}): ${status}; mail goes to ${describeRoute(route)}; ask with: ${ask}`;
  return `${escapeControl(line)}\n`;
}

/** Some accounts have no name: a container may run under any number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.geteuid?.()}`;
  }
}
