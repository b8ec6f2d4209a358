import { version } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { fleetPage } from '../manual/fleet-page.js';
import type { Page } from '../manual/page.js';
import { renderPlain } from '../manual/render-plain.js';
import { renderRoff } from '../manual/render-roff.js';
import { tayoriPage } from '../manual/tayori-page.js';
import { tenshiConfPage } from '../manual/tenshi-conf-page.js';

export interface ManualOptions {
  readonly page: keyof typeof PAGES;
  /** Print the source for man instead of text. */
  readonly roff: boolean;
}

const PAGES = {
  tayori: tayoriPage,
  'tenshi.conf': tenshiConfPage,
  fleet: fleetPage,
} as const satisfies Record<string, () => Page>;

/** `tayori manual`: a page of the manual, on a terminal of 80 columns or as man reads it. */
export function manual({ page, roff }: ManualOptions, io: Io): ExitCode {
  const render = roff ? renderRoff : renderPlain;
  io.stdout.write(render(PAGES[page](), version()));
  return 0;
}
