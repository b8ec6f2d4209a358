import { reportAddresses } from '../check/report-address.js';
import type { AliasConfig } from '../config.js';
import type { Draft } from '../draft.js';
import { quote } from '../read/fault.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';

/** Who gets what is sent to these: a name without a domain stands for its alias, and each address stands once. */
export function throughAliases(to: readonly string[], aliases: readonly AliasConfig[]): string[] {
  return [...new Set(to.flatMap((address) => resolveAlias(address, aliases, [])))];
}

/** A name that comes to itself again is taken as it is, as sendmail does. */
function resolveAlias(address: string, aliases: readonly AliasConfig[], passed: readonly string[]): string[] {
  const alias = aliases.find(({ name }) => name === address);
  if (!alias || passed.includes(address)) return [address];
  return alias.to.flatMap((one) => resolveAlias(one, aliases, [...passed, address]));
}

/** Of two aliases of one name the later holds. */
export function readAlias(value: SourceText, draft: Draft, report: Reporter): void {
  const { word: name, rest } = splitWord(value);
  const { word: list, rest: ignored } = splitWord(rest);
  const to = list.text.split(',').filter(Boolean);
  if (to.length === 0)
    return report.error(value, 'an alias that is not whole', 'write set alias NAME ADDRESS[,ADDRESS...]');
  if (name.text.includes('@'))
    return report.error(name, `${quote(name.text)} as a name`, 'write a name without a domain, such as root');
  reportRest(ignored, report);
  reportAddresses(list, report);
  const others = draft.aliases.filter((alias) => alias.name !== name.text);
  if (others.length < draft.aliases.length)
    report.notice(
      name,
      `the alias ${quote(name.text)} is set again`,
      'this one replaces the earlier',
      'replaced',
    );
  draft.aliases = [...others, { name: name.text, to, place: value.place }];
}
