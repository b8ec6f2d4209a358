import type { Option } from '../base/command-row.js';
import { COMMANDS } from '../base/command-table.js';
import type { MainOptions } from '../commands/main.js';

/** A word that can only be a value: no quotes, and no dash in front. */
const PLAIN_VALUE = /^[\w/.][\w/.:,+@-]*$/;

/**
 * The options of the command without a name, each at most once and its value a word of its own, as in
 * `-f -c /etc/tayori/tayori.conf`; null for everything else, be it right or wrong.
 */
export function plainOptions(argv: readonly string[]): MainOptions | null {
  const found: Record<string, string | true> = {};
  const words = argv.values();
  for (const word of words) {
    const [name, option] = OPTIONS.get(word) ?? [];
    if (name === undefined || name in found || option?.value?.startsWith('[')) return null; // a value that may be left out
    const value = option?.type === 'string' ? words.next().value : true;
    if (value === undefined || (value !== true && !PLAIN_VALUE.test(value))) return null;
    found[name] = value;
  }
  return found;
}

/** By the words that name them: `-c` and `--configuration`. */
const OPTIONS: ReadonlyMap<string, readonly [name: string, option: Option]> = new Map(
  Object.entries<Option>(COMMANDS.main.options).flatMap(([name, option]) => [
    [`-${name}`, [name, option]],
    [`--${option.alias}`, [name, option]],
  ]),
);
