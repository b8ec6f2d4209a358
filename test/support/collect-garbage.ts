import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Lets V8 collect all garbage now, so that `heapUsed` is what is really held. */
export function collectGarbage(): void {
  if (typeof collect === 'function') collect();
}
