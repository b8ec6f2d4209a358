import { join } from 'node:path';
import { quote } from '../../base/text/quote.js';
import type { ForeignPlace, MigrationDraft } from '../migration.js';
import { kindOfPath } from '../read-foreign-file.js';
import { BadValue, IniConfig, MAX_PUT_IN, MAX_VALUE, type Values } from './ini-config.js';

/** A filter with all its options put in. */
export interface Filter {
  readonly name: string;
  readonly place: ForeignPlace;
  /** By the names of options: `prefregex`, `failregex`, `ignoreregex`, `journalmatch`, `usedns` and others. */
  readonly options: ReadonlyMap<string, string>;
  placeOf(option: string): ForeignPlace;
}

export type FilterResult =
  | { readonly ok: true; readonly filter: Filter }
  | { readonly ok: false; readonly reason: string };

const OWN = ['usedns', 'prefregex', 'ignoreregex', 'failregex', 'maxlines', 'datepattern', 'journalmatch'];

/** How often a tag is put in, as fail2ban has it. */
const MAX_TAGS = 25;

/**
 * Reads `filter.d/NAME.conf` as fail2ban 1.0 does. `given`: options in brackets behind its name, and those of the jail.
 */
export function readFilter(folder: string, name: string, given: Values, draft: MigrationDraft): FilterResult {
  const config = new IniConfig(draft);
  const path = [`${name}.conf`, `${name}.local`]
    .map((file) => join(folder, 'filter.d', file))
    .find((one) => kindOfPath(one) === 'file');
  if (path === undefined || !config.read(path))
    return { ok: false, reason: `its filter ${quote(name)} is not in ${join(folder, 'filter.d')}` };
  try {
    const whole: ForeignPlace = { file: path, line: 0 };
    const options = optionsOf(config, given);
    return {
      ok: true,
      filter: {
        name,
        place: whole,
        options,
        placeOf: (option) => config.placeOf('Definition', option) ?? whole,
      },
    };
  } catch (error) {
    if (error instanceof BadValue) return { ok: false, reason: `filter ${quote(name)}: ${error.message}` };
    throw error;
  }
}

function optionsOf(config: IniConfig, given: Values): Map<string, string> {
  const options = new Map<string, string>();
  for (const name of OWN) {
    const value = given.has(name) ? null : config.get('Definition', name, given);
    if (value !== null) options.set(name, value);
  }
  const init = new Map(given);
  for (const name of config.options('Init')) {
    const value = config.get('Init', name) ?? '';
    if (!init.has(name)) init.set(name, value);
    init.set(`known/${name}`, value);
  }
  for (const [name, value] of init) options.set(name, value);
  const lookUp = (name: string): string | null => {
    const [, section, option = ''] = /^([\w-]+)\/(\S+)$/.exec(name) ?? [];
    const found = section === undefined ? null : config.get(section, option.toLowerCase());
    const value = found ?? config.get('Definition', name, given);
    const [, base = name] = /\/(\S+)$/.exec(name) ?? [];
    if (value === null) return null;
    return base === '__prefix_line'
      ? withoutHost(value)
      : base === '__daemon_combs_re'
        ? tagOnly(value)
        : value;
  };
  return new Map([...options].map(([name, value]) => [name, withTags(name, value, options, lookUp)]));
}

/** Puts in `<name>`, the innermost first, as in `<mdre-<mode>>`. Tags that nothing defines stay: `<HOST>`. */
function withTags(
  own: string,
  value: string,
  options: Values,
  lookUp: (name: string) => string | null,
): string {
  const counts = new Map<string, number>();
  let text = value;
  let puts = 0;
  const tag = /<([^ <>]+)>/g;
  for (let found = tag.exec(text); found; found = tag.exec(text)) {
    const name = found[1] ?? '';
    const put = options.get(name) ?? lookUp(name);
    if (put === null) continue;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (name === own || count > MAX_TAGS) throw new BadValue(`${quote(`<${name}>`)}, which names itself`);
    if (++puts > MAX_PUT_IN) throw new BadValue(`more than ${MAX_PUT_IN} tags in one value`);
    text = text.replaceAll(`<${name}>`, () => put);
    if (text.length > MAX_VALUE) throw new BadValue(`a value of more than ${MAX_VALUE} characters`);
    // What was put in may make a tag with what stands before it.
    tag.lastIndex = 0;
  }
  return text;
}

/** The prefix of `common.conf`, for what stands behind stamp and host. */
function withoutHost(prefix: string): string {
  if (!/__hostname|__date_ambit/.test(prefix)) return prefix;
  if (/\\d\+ \\S\+/.test(prefix)) return '(?:<__daemon_combs_re>\\s+)?';
  return prefix.replace(
    /^(?:<__date_ambit>\?)?\\s\*(?:\(\?:<__bsd_syslog_verbose>\\s\+\)\?)?(?:\(\?:<__hostname>\\s\+\)\?)?/,
    '',
  );
}

/** `[7]: sshd` as well as `sshd[7]:` in `common.conf`; tayori has it as the latter. */
function tagOnly(daemon: string): string {
  return daemon === String.raw`(?:<__pid_re>?:\s+<__daemon_re>|<__daemon_re><__pid_re>?:?)`
    ? '<__daemon_re><__pid_re>?:?'
    : daemon;
}
