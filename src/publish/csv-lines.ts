import { aboveThreshold, type Threshold } from '../letter/build/threshold.js';
import { renderCsv } from '../letter/render/render-csv.js';
import type { TallyRow } from '../queue/tally.js';
import type { Editions } from '../store/ports/editions.js';

export interface CsvSources {
  readonly store: Editions;
  readonly thresholds: readonly Threshold[];
}

/** Rows in memory while the program reads. */
const PAGE = 5000;

/** An edition as input for the program of `set csv`: host by host, rows in rising order of counts. */
export function csvLines(edition: number, { store, thresholds }: CsvSources): Generator<string> {
  return renderCsv(aboveThreshold(pages(store, edition), thresholds, { messages: 0, lines: 0 }));
}

/** Page by page: the program may be slow, and an open query would block counting. */
function* pages(store: Editions, edition: number): Generator<TallyRow> {
  let page = store.page(edition, null, PAGE);
  while (page.length > 0) {
    yield* page;
    page = store.page(edition, page.at(-1) ?? null, PAGE);
  }
}
