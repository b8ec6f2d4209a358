import { execFile } from 'node:child_process';

/** `getent` ends with 2 when the key is not known (getent(1)). */
const NOT_KNOWN = 2;

/**
 * The words of the first line that `getent hosts` prints: an address, then its names; none if the key is not known.
 * Uses all name services of the machine (nsswitch.conf: files, DNS with its search list); a resolver that hangs
 * blocks only a child process. Rejects when getent cannot be run, or `signal` cancels it.
 */
export function runGetent(key: string, signal: AbortSignal): Promise<string[]> {
  return new Promise((resolve, reject) => {
    execFile('getent', ['hosts', key], { signal, killSignal: 'SIGKILL' }, (error, stdout) => {
      if (error && error.code !== NOT_KNOWN) return reject(error);
      resolve((stdout.split('\n')[0] ?? '').split(/\s+/).filter((word) => word !== ''));
    });
  });
}
