import { accessSync } from 'node:fs';

/** Whether this process may do so with a file now: access(2). `mode`: `constants.R_OK` and its kin. False where it is not there or hidden, too. */
export function mayAccess(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
