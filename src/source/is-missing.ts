import { codeOf } from '../base/errors.js';

/** Whether an operation failed because the path does not exist, or a part of it is not a folder. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
