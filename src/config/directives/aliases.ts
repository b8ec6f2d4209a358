import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import { reportAddresses } from '../check/report-address.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import type { Keyed, Replacing } from './declare.js';
import { refuse } from './value-kinds.js';

export interface AliasConfig {
  readonly name: string;
  readonly to: readonly string[];
  readonly place: SourceLocation;
}

/** `NAME ADDRESS[,ADDRESS...]`. */
export const alias: Replacing<AliasConfig> = {
  grammar: 'NAME ADDRESS[,ADDRESS...]',
  read: readAlias,
  replaced: (name) => ({
    seen: `the alias ${quote(name)} is set again`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the last',
};

/** Replaces names by the addresses of their aliases; each address stands once. */
export function throughAliases(to: readonly string[], aliases: readonly AliasConfig[]): string[] {
  return [...new Set(to.flatMap((address) => resolveAlias(address, aliases, [])))];
}

/** As in sendmail, an alias that leads back to itself is left as it is. `passed`: the names on the way here. */
function resolveAlias(address: string, aliases: readonly AliasConfig[], passed: readonly string[]): string[] {
  const alias = aliases.find(({ name }) => name === address);
  if (!alias || passed.includes(address)) return [address];
  return alias.to.flatMap((one) => resolveAlias(one, aliases, [...passed, address]));
}

function readAlias(value: SourceText, report: Reporter): Keyed<AliasConfig> | undefined {
  const { word: name, rest } = splitWord(value);
  const { word: list, rest: ignored } = splitWord(rest);
  const to = list.text.split(',').filter(Boolean);
  if (to.length === 0)
    return refuse(report, value, 'an incomplete alias', 'write set alias NAME ADDRESS[,ADDRESS...]');
  if (name.text.includes('@'))
    return refuse(
      report,
      name,
      `${quote(name.text)} as an alias`,
      'write a name without a domain, such as root',
    );
  reportRest(ignored, report);
  reportAddresses(list, report);
  return { key: name.text, entry: { name: name.text, to, place: value.place } };
}
