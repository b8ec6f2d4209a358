import type { FileState } from '../source/file/log-status.js';
import type { ReceiverState } from '../source/push/receiver.js';

/** How many logs and receivers there are, and how many of them are read; of a receiver only `status` can say more. */
export function countSources(
  files: readonly FileState[],
  receivers: readonly ReceiverState[],
): { readonly all: number; readonly read: number } {
  const read = files.filter(({ waiting }) => waiting === null).length;
  return { all: files.length + receivers.length, read: read + receivers.length };
}
