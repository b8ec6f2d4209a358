import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's nursery at the size it begins with, 1 MB: under load it would grow to 48 MB, a quarter of all that the
 * daemon needs, and make it a tenth faster. V8 reads this flag whenever it would grow, so it need not stand on the
 * command line.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
