import { quote } from '../base/text/quote.js';
import { isWebAddress } from '../base/text/web-address.js';
import type { Config } from '../config/config.js';
import { throughAliases } from '../config/directives/aliases.js';
import { doubtAddress } from '../mail/route/doubt-address.js';
import { doubtUrl } from '../mail/web/doubt-url.js';

/** Why what was typed is no list of addresses, `ADDRESS[,ADDRESS...]`; null when it is, or is nothing. */
export function doubtTyped(typed: string): string | null {
  if (typed === '') return null;
  const addresses = typed.split(',').filter(Boolean);
  if (addresses.length === 0 || /[\s\p{Cc}]/u.test(typed))
    return `${quote(typed)} is not an address; write ADDRESS[,ADDRESS...] without blanks`;
  for (const address of addresses) {
    const url = isWebAddress(address) ? doubtUrl(address) : null;
    if (url?.impossible) return `${url.seen}; ${url.instead}`;
    const doubt = isWebAddress(address) ? null : doubtAddress(address);
    if (doubt) return `the address ${quote(address)} has ${doubt.seen}; ${doubt.instead}`;
  }
  return null;
}

/** Who is meant, through the aliases of the config. */
export function recipientsTyped(typed: string, config: Pick<Config, 'aliases'> | null): string[] {
  return throughAliases(typed.split(',').filter(Boolean), config?.aliases ?? []);
}
