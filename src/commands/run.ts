import { join } from 'node:path';
import { systemClock } from '../clock.js';
import { openInlets } from '../daemon/inlets.js';
import { visible } from '../digest/visible.js';
import { openState } from '../store/open-state.js';
import { defaultStateFolder } from '../store/state-folder.js';
import type { ExitCode, Io } from './io.js';
import { configPath, loadConfig } from './load-config.js';
import { serve, tellEvent } from './serve.js';

export interface RunOptions {
  readonly config: string | undefined;
  readonly pidfile: string | undefined;
  readonly debug: number;
}

/** `tayori -f`: the daemon in the foreground. */
export async function run(options: RunOptions, io: Io): Promise<ExitCode> {
  const path = configPath(options.config);
  const config = loadConfig(path, io, 'warnings');
  if (!config) return 1;
  const folder = config.state.value ?? defaultStateFolder(io.env);
  const state = openState(folder);
  if (!state.ok) {
    io.stderr.write(`tayori: ${state.reason}\n`);
    return 1;
  }
  try {
    const opened = await openInlets(config, {
      clock: systemClock,
      onEvent: (event) => tellEvent(event, options.debug, io),
    });
    if (!opened.ok) {
      for (const reason of opened.reasons) io.stderr.write(`tayori: ${visible(reason)}\n`);
      return 1;
    }
    return await serve(
      {
        configPath: path,
        config,
        store: state.store,
        state: folder,
        maildir: join(folder, 'Maildir'),
        start: { kind: config.start.value },
        inlets: opened.inlets,
        debug: options.debug,
        pidfile: options.pidfile ?? null,
      },
      io,
    );
  } finally {
    state.store.end();
    state.release();
  }
}
