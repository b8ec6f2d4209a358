import { join } from 'node:path';
import { openState } from '../store/open-state.js';
import { defaultStateFolder } from '../store/state-folder.js';
import type { ExitCode, Io } from './io.js';
import { configPath, loadConfig } from './load-config.js';
import { serve } from './serve.js';

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
    return await serve(
      {
        configPath: path,
        config,
        store: state.store,
        state: folder,
        maildir: join(folder, 'Maildir'),
        start: { kind: config.start.value },
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
