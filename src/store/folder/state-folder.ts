import { constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { mayAccess } from '../../base/may-access.js';

/** Of a service. */
export const SYSTEM_FOLDER = '/var/lib/tayori';

/** The folder for the state: that of the system if it is writable, else that of the user (XDG Base Directory). */
export function defaultStateFolder(env: NodeJS.ProcessEnv): string {
  return isWritable(SYSTEM_FOLDER) ? SYSTEM_FOLDER : userStateFolder(env);
}

/** The user's folder for a state. */
export function userStateFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'tayori');
}

/** For a folder that does not exist: whether it could be created. Creates nothing. */
function isWritable(folder: string): boolean {
  return mayAccess(existsSync(folder) ? folder : dirname(folder), constants.W_OK);
}
