import { BrokenInstallation, reasonOf } from '../../base/errors.js';
import { PROGRAM_FOLDER } from '../../base/package.js';

/** This Node.js has no SQLite, and the package that has one for it is missing, or holds none for this machine. */
export class NotLoadable extends BrokenInstallation {
  constructor(cause: unknown) {
    const [seen = ''] = reasonOf(cause).split(/\n *(?:Require stack|loaded from):/);
    const brought = `use Node.js 22.13 or later, which brings SQLite (this is ${process.version})`;
    super(
      `${seen.replace(/\s+/g, ' ')}; ${brought}, or run "npm ci --include=optional" in ${PROGRAM_FOLDER}`,
      {
        cause,
      },
    );
  }
}
