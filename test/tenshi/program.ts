import { existsSync, readFileSync } from 'node:fs';
import { MAIN } from '../support/tayori.js';

/** One of the two that are compared. */
export interface Program {
  readonly name: 'tenshi' | 'tayori';
  /** What it needs in its config beside what is compared. */
  readonly conf: string;
  /** The command that reads a config in the foreground. */
  readonly start: readonly string[];
  /** The command that only checks one. */
  readonly check: readonly string[];
}

const TENSHI = '/usr/sbin/tenshi';

export const tenshi: Program = {
  name: 'tenshi',
  conf: '',
  start: [TENSHI, '-f', '-c'],
  check: [TENSHI, '-C', '-c'],
};

/** Root must say who tayori is to become. */
const asRoot = process.geteuid?.() === 0;

export const tayori: Program = {
  name: 'tayori',
  conf: `set state %DIR%/state\nset letter plain\n${asRoot ? 'set uid root\n' : ''}`,
  start: [process.execPath, MAIN, '-f', '-c'],
  check: [process.execPath, MAIN, '-C', '-c'],
};

/** Whether Debian's tenshi is here, in the version that the cases were made for. */
export function hasTenshi(): boolean {
  return existsSync(TENSHI) && readFileSync(TENSHI, 'utf8').includes("my $version = '0.13'");
}
