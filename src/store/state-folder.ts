import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const SYSTEM_FOLDER = '/var/lib/tayori';

/** The folder for the state: the system's where it can be written, else the user's own (XDG Base Directory). */
export function defaultStateFolder(env: NodeJS.ProcessEnv): string {
  if (isWritable(SYSTEM_FOLDER)) return SYSTEM_FOLDER;
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'tayori');
}

/** Makes the folder where there is none; it holds what logs say, so it is for its owner alone. */
function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false; // not ours to write: the user's folder serves
  }
}
