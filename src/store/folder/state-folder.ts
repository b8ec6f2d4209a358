import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Of a service. */
export const SYSTEM_FOLDER = '/var/lib/tayori';

/** The folder for the state: the system's where it can be written, else the user's own (XDG Base Directory). */
export function defaultStateFolder(env: NodeJS.ProcessEnv): string {
  return isWritable(SYSTEM_FOLDER) ? SYSTEM_FOLDER : userStateFolder(env);
}

/** The user's own folder for a state. */
export function userStateFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'tayori');
}

/** Of a folder that is not there: whether it can be made. Whoever only asks makes none. */
function isWritable(folder: string): boolean {
  try {
    accessSync(existsSync(folder) ? folder : dirname(folder), constants.W_OK);
    return true;
  } catch {
    return false; // not ours to write: the user's folder serves
  }
}
