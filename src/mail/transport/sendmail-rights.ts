import { readFileSync, statSync } from 'node:fs';

/** Set-user-ID and set-group-ID (inode(7)). */
const TAKES_RIGHTS = 0o6000;

/** What Postfix's sendmail runs to write its spool. */
const POSTDROP = '/usr/sbin/postdrop';

/**
 * Whether a sendmail program (or Postfix's helper) is set-user-ID or set-group-ID, and this process runs without new
 * privileges (prctl(2), NoNewPrivileges= of systemd): then it fails, or tries for hours.
 */
export function isKeptFromRights(program: string): boolean {
  return needsRights(program) && hasNoNewPrivileges();
}

/** Whether it has its rights that way, so that the unit of systemd that comes with tayori is in its way. */
export function needsRights(program: string): boolean {
  return [program, POSTDROP].some(takesRights);
}

function takesRights(file: string): boolean {
  try {
    return (statSync(file).mode & TAKES_RIGHTS) !== 0;
  } catch {
    return false; // not there: reported when a letter is sent
  }
}

function hasNoNewPrivileges(): boolean {
  try {
    return /^NoNewPrivs:\s*1$/m.test(readFileSync('/proc/self/status', 'utf8'));
  } catch {
    return false; // no Linux, or no /proc
  }
}
