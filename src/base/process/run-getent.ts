import { execFile } from 'node:child_process';

/** `getent` ends with 2 when the key is not known (getent(1)). */
const NOT_KNOWN = 2;

/**
 * The words of the first line that `getent hosts` prints: an address, then its names. None: it is not known. All holds
 * that the machine knows (nsswitch.conf: files, DNS with its search list), and a resolver that hangs holds up only a
 * child process. Rejects when it cannot be asked, or `signal` calls it off.
 */
export function runGetent(key: string, signal: AbortSignal): Promise<string[]> {
  return new Promise((resolve, reject) => {
    execFile('getent', ['hosts', key], { signal, killSignal: 'SIGKILL' }, (error, stdout) => {
      if (error && error.code !== NOT_KNOWN) return reject(error);
      resolve((stdout.split('\n')[0] ?? '').split(/\s+/).filter((word) => word !== ''));
    });
  });
}
