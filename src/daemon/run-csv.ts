import { renderCsv } from '../digest/render-csv.js';
import type { Threshold } from '../digest/threshold.js';
import { aboveThreshold } from '../digest/threshold.js';
import type { TallyRow } from '../queue/tally.js';
import { runShell, type ShellEnding, type ShellOptions } from '../run-shell.js';
import type { Store } from '../store/store.js';

export interface CsvSources extends Pick<ShellOptions, 'clock' | 'signal'> {
  readonly store: Store;
  readonly thresholds: readonly Threshold[];
}

/** How long the program of `set csv` may take (ms). Letters do not wait for it. */
const LONGEST_CSV = 600_000;

/** Rows that are held while the program reads. */
const PAGE = 5000;

/** Hands an edition to the program of `set csv`, rows of rising counts host by host. */
export async function runCsv(
  command: string,
  edition: number,
  { store, thresholds, ...until }: CsvSources,
): Promise<ShellEnding> {
  const input = renderCsv(aboveThreshold(pages(store, edition), thresholds, { messages: 0, lines: 0 }));
  const { ending } = await runShell({ command, input, timeout: LONGEST_CSV, mostOutput: 0, ...until });
  return ending;
}

/** Page by page: the program may take its time, and an open query would hold up counting. */
function* pages(store: Store, edition: number): Generator<TallyRow> {
  let page = store.page(edition, null, PAGE);
  while (page.length > 0) {
    yield* page;
    page = store.page(edition, page.at(-1) ?? null, PAGE);
  }
}
