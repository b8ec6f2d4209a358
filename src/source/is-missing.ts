import { codeOf } from '../base/errors.js';

/** Whether something failed because there is nothing by that name, be it that a folder on the way is none. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
