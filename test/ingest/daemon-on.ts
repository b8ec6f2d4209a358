import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config/config.js';
import type { DaemonEvent } from '../../src/daemon/event.js';
import { Daemon } from '../../src/daemon/loop.js';
import type { AttachableReceivers } from '../../src/ingest/receivers.js';
import { openTransport } from '../../src/mail/transport/open-transport.js';
import { openState } from '../../src/store/folder/open-state.js';
import type { Store } from '../../src/store/store.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { NOON } from './open-receivers.js';

/** Where a daemon lives. */
export interface Place {
  readonly folder: string;
  readonly store: Store;
}

/** A state that is closed when the test ends. */
export function place(): Place {
  const folder = temporaryFolder();
  const state = openState(join(folder, 'state'));
  if (!state.ok) throw new Error(state.reason);
  onTestFinished(() => {
    state.store.end();
    state.release();
  });
  return { folder, store: state.store };
}

export interface DaemonForTest {
  readonly daemon: Daemon;
  readonly events: readonly DaemonEvent[];
  /** Stopping it twice is harmless. */
  readonly stop: () => Promise<void>;
}

/** A daemon (at noon) that mails as its config says, or into a Maildir in its folder, and stops when the test ends. `receivers`: open already. */
export function daemonOn(
  { folder, store }: Place,
  config: Config,
  receivers?: AttachableReceivers,
  clock: HeldClock = heldClock(NOON),
  origin = 'loghost',
): DaemonForTest {
  const events: DaemonEvent[] = [];
  const daemon = new Daemon({
    config,
    store,
    heal: () => false,
    transport: openTransport(config.mailserver.value ?? { kind: 'maildir', path: join(folder, 'Maildir') }, {
      helo: null,
      timeout: 2,
      onTalk: null,
    }),
    clock,
    origin,
    version: '0',
    start: { kind: 'beginning' },
    receivers,
    onEvent: (event) => void events.push(event),
  });
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= daemon.stop());
  onTestFinished(stop);
  return { daemon, events, stop };
}

/** The text of the first letter. */
export async function letterIn({ folder }: Pick<Place, 'folder'>): Promise<string> {
  const [first = ''] = maildir(folder);
  const { text = '' } = await PostalMime.parse(first);
  return text;
}
