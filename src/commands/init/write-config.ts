import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { findUser } from '../../config/check/find-account.js';
import type { PasswordFile } from './answers.js';
import type { LogReader } from './find-logs.js';

export interface Writing {
  /** null: there is no login. */
  readonly passwordFile: PasswordFile | null;
  /** Who must be able to read it. */
  readonly reader: LogReader;
  /** Replaces what is there, and keeps it beside itself. */
  readonly force: boolean;
}

/**
 * Writes a config, and the password of its login before it. With a login the config is for its owner and the group of
 * its reader alone, the password likewise. Throws where a file cannot be written, or is there already.
 */
export function writeConfig(path: string, text: string, { passwordFile, reader, force }: Writing): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const group = groupFor(reader);
  if (passwordFile && passwordFile.password !== null)
    write(passwordFile.path, `${passwordFile.password}\n`, {
      mode: group === null ? 0o600 : 0o640,
      group,
      force,
    });
  write(path, text, { mode: passwordFile ? 0o640 : 0o644, group, force });
}

interface Writable {
  readonly mode: number;
  readonly group: number | null;
  readonly force: boolean;
}

function write(path: string, text: string, { mode, group, force }: Writable): void {
  if (force && existsSync(path)) renameSync(path, `${path}.old`);
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  if (group !== null) chownSync(path, 0, group);
  chmodSync(path, mode);
}

/** The group of the account that root writes for; null: whoever writes it reads it. */
function groupFor({ uid, name }: LogReader): number | null {
  if (uid === process.geteuid?.()) return null;
  const found = findUser(name);
  return found.kind === 'found' ? found.account.gid : null;
}
