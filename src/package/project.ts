import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The top of the source tree. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a package is made of beside its files. */
export interface Project {
  /** As Debian writes it: `1.0.0~beta.1`. */
  readonly version: string;
  /** As Debian names them: `amd64`. */
  readonly architecture: string;
  /** `NAME <ADDRESS>` */
  readonly maintainer: string;
  /** When the source was last changed (s since 1970): every file of the package is as old. */
  readonly time: number;
}

export function readProject(version: string | undefined): Project {
  const own = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { readonly version: string };
  const { DEBFULLNAME: name, DEBEMAIL: address, SOURCE_DATE_EPOCH: time } = process.env;
  return {
    version: (version ?? own.version).replace('-', '~'),
    architecture: execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim(),
    maintainer: `${name ?? 'the tayori authors'} <${address ?? 'tayori@packages.invalid'}>`,
    time: time === undefined ? lastChange() : Number(time),
  };
}

/** Of the last commit; outside of a repository, of package.json. */
function lastChange(): number {
  try {
    return Number(
      execFileSync('git', ['log', '-1', '--format=%ct'], {
        cwd: ROOT,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
  } catch {
    return Math.floor(statSync(`${ROOT}package.json`).mtimeMs / 1000);
  }
}
