import { quote } from '../../base/text/quote.js';
import { isWebAddress } from '../../base/text/web-address.js';
import { doubtAddress } from '../../mail/route/doubt-address.js';
import { doubtUrl } from '../../mail/web/doubt-url.js';
import type { Reporter } from '../read/report.js';
import { from, type SourceText } from '../read/source-text.js';

/**
 * Refuses an address that no letter can name, and warns of one that mail servers may refuse: they would do so only when
 * there is a letter to send.
 */
export function reportAddress(address: SourceText, report: Reporter): void {
  if (isWebAddress(address.text)) return reportUrl(address, report);
  const doubt = doubtAddress(address.text);
  if (!doubt) return;
  const reportDoubt = doubt.impossible ? report.error : report.warning;
  reportDoubt(address, `the address ${quote(address.text)} has ${doubt.seen}`, doubt.instead, 'odd-address');
}

/** The same of a URL, which stands in place of an address. */
export function reportUrl(url: SourceText, report: Reporter): void {
  const doubt = doubtUrl(url.text);
  if (!doubt) return;
  const { seen, instead } = doubt;
  if (doubt.impossible) report.error(url, seen, instead, 'odd-address');
  else report.warning(url, seen, instead, 'clear-password');
}

/** The same for each address of a list with commas, without its `pager:`. */
export function reportAddresses(list: SourceText, report: Reporter): void {
  let offset = 0;
  for (const word of list.text.split(',')) {
    const pager = /^pager:/.exec(word)?.[0].length ?? 0;
    const address = from(list, offset + pager);
    reportAddress({ ...address, text: word.slice(pager) }, report);
    offset += word.length + 1;
  }
}
