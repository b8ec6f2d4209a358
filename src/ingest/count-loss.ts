import type { Loss } from '../source/loss.js';
import type { LossNames } from '../store/loss-names.js';
import type { LineProcessor } from './line-processor.js';
import type { OwnLineCounter } from './own-line-counter.js';
import { ownLineOfLoss } from './own-line-of.js';

/** What counts losses. */
interface Counting {
  readonly processor: LineProcessor;
  readonly losses: LossNames;
  readonly own: OwnLineCounter;
}

/** By a counter, for the notes of letters, and as a line; the note is left out where a queue has the line. */
export function countLoss(loss: Loss, { processor, losses, own }: Counting): void {
  const counter = losses.nameOf(loss);
  processor.add(counter, 1);
  own.say(ownLineOfLoss(loss, counter));
}
