import type { Batch } from '../../../src/store/ports/checkpoints.js';

/** A commit of nothing. */
export const NOTHING: Batch = {
  at: 0,
  positions: [],
  forgotten: [],
  tally: [],
  ruleState: { last: new Map(), hits: [] },
  counters: new Map(),
};
