import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { readConfig } from '../../src/config/read-config.js';
import type { DaemonEvent } from '../../src/daemon/event.js';
import { openReceivers, type Receivers, type ReceiversOptions } from '../../src/ingest/receivers.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { temporaryFolder } from '../support/temporary-folder.js';

export const NOON = Date.UTC(2026, 10, 2, 12, 0, 0);

/** A config with one queue that takes everything (that `rules` leave), and these lines. */
export function configOf(text: string, folder = temporaryFolder(), rules = ''): Config {
  const file = join(folder, 'tenshi.conf');
  const queue = 'set queue a f@x.org t@x.org [30 12 * * *]';
  writeFileSync(file, `set timezone UTC\n${queue}\n${rules}a ^(?!tayori: )\n${text}`);
  const read = readConfig(file);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.config;
}

export interface OpenedForTest {
  readonly receivers: Receivers;
  readonly events: DaemonEvent[];
  readonly clock: HeldClock;
}

/** Opens a config's receivers, where nobody has a name, and closes them when the test ends. */
export async function open(config: Config, given: Partial<ReceiversOptions> = {}): Promise<OpenedForTest> {
  const clock = heldClock(NOON);
  const events: DaemonEvent[] = [];
  const opened = await openReceivers(config, {
    clock,
    onEvent: (event) => void events.push(event),
    reverse: async () => undefined,
    ...given,
  });
  if (!opened.ok) throw new Error(opened.reasons.join('\n'));
  onTestFinished(() => opened.receivers.close());
  return { receivers: opened.receivers, events, clock };
}
