import { MAX_COUNT } from '../../base/count.js';
import { encodeBlock, fitsBlock, type RunRow } from './run-block.js';

/** Rows of a block: it is decoded as a whole. `row-reader.ts` bounds its text. */
const MAX_BLOCK_ROWS = 1000;

/** Before every row: no host name is empty. */
const BEFORE_ALL = { host: '', message: '' };

/** Reads the rows of an edition behind one of them, as they are stored, a bounded part at a time. */
type ReadSlice = (given: {
  readonly edition: number;
  readonly limit: number;
  readonly host: string;
  readonly message: string;
}) => unknown[];

/** Makes the function that reads the rows of an edition, all merged, as blocks. */
export function blockReader(
  read: ReadSlice,
  decode: (stored: unknown) => RunRow,
): (edition: number) => Generator<Buffer> {
  return function* (edition) {
    let after: Pick<RunRow, 'host' | 'message'> = BEFORE_ALL;
    for (;;) {
      const { host, message } = after;
      const rows = read({ edition, limit: MAX_BLOCK_ROWS, host, message }).map(decode);
      const last = rows.at(-1);
      if (!last) return;
      after = last;
      yield encodeBlock(rows.map(fitted));
    }
  };
}

/** What earlier versions wrote of odd lines: their times may be no whole numbers, or run backwards. */
function fitted(row: RunRow): RunRow {
  if (fitsBlock(row)) return row;
  const count = Math.min(Math.round(row.count), MAX_COUNT);
  const [first, last] = [row.first ?? row.last, row.last ?? row.first];
  const times =
    first === null || last === null
      ? { first: null, last: null }
      : { first: Math.floor(Math.min(first, last)), last: Math.floor(Math.max(first, last)) };
  const whole = { ...row, count, ...times };
  return fitsBlock(whole) ? whole : { ...whole, first: null, last: null };
}
