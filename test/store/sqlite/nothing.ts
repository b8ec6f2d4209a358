import type { Batch } from '../../../src/store/ports/checkpoints.js';

/** A commit of nothing. */
export const NOTHING: Batch = {
  at: 0,
  positions: [],
  forgotten: [],
  tally: [],
  memory: { last: new Map(), hits: [] },
  counters: new Map(),
};
