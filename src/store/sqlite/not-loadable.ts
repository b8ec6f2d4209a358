import { fileURLToPath } from 'node:url';
import { BrokenInstallation, reasonOf } from '../../base/errors.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The compiled part of better-sqlite3 is missing, or was made for another Node.js than this one. */
export class NotLoadable extends BrokenInstallation {
  constructor(cause: unknown) {
    const [seen = ''] = reasonOf(cause).replace(/\s+/g, ' ').split('. ');
    super(`${seen}; run "npm rebuild" in ${ROOT} with this Node.js (${process.version})`, { cause });
  }
}
