import { join } from 'node:path';
import { quote } from '../../base/text/quote.js';
import type { ForeignPlace, MigrationDraft } from '../migration.js';
import { kindOfPath, listForeignFolder } from '../read-foreign-file.js';
import { BadValue, IniConfig } from './ini-config.js';
import { type Filter, readFilter } from './read-filter.js';

/** A jail with all its options put in. */
export interface Jail {
  readonly name: string;
  readonly place: ForeignPlace;
  /** null: a filter alone, of which no jail says how often and in which log. */
  readonly filter: Filter;
  readonly logs: readonly string[];
  /** Matches of the journal, as journalctl takes them; null: it reads files. */
  readonly journal: readonly string[] | null;
  readonly maxretry: number;
  /** Seconds; null: it is none. */
  readonly findtime: number | null;
  /** Seconds; -1: for good. */
  readonly bantime: number | null;
  readonly ignored: readonly string[];
  readonly action: string;
  readonly recipient: string;
  placeOf(option: string): ForeignPlace;
}

/** Jails that are on, in order, and the names of those that are off. */
export interface Jails {
  readonly on: readonly Jail[];
  readonly off: readonly string[];
}

/** Reads `jail.conf`, `jail.d/*.conf`, `jail.local` and `jail.d/*.local`; null: none is there. */
export function readJails(folder: string, draft: MigrationDraft): Jails | null {
  const config = new IniConfig(draft);
  const read = jailFiles(folder, draft).filter((path) => config.read(path));
  if (read.length === 0) return null;
  const on: Jail[] = [];
  const off: string[] = [];
  for (const name of config.names) {
    try {
      if (!/^(?:1|on|true|yes)$/i.test(config.get(name, 'enabled', valuesOf(folder)) ?? '')) off.push(name);
      else on.push(...readJail(config, name, folder, draft));
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      draft.count(false);
      draft.remark(
        'lost',
        config.placeOf(name, 'enabled') ?? { file: folder, line: 0 },
        `[${name}]`,
        error.message,
      );
    }
  }
  return { on, off };
}

function jailFiles(folder: string, draft: MigrationDraft): string[] {
  const more = join(folder, 'jail.d');
  const listed = kindOfPath(more) === 'folder' ? listForeignFolder(more) : null;
  if (listed?.ok === false) draft.unreadable(more, listed.reason);
  const names = listed?.ok ? listed.names.filter((name) => !name.startsWith('.')) : [];
  const ending = (end: string): string[] =>
    names.filter((name) => name.endsWith(end)).map((name) => join(more, name));
  return [join(folder, 'jail.conf'), ...ending('.conf'), join(folder, 'jail.local'), ...ending('.local')];
}

function valuesOf(folder: string): Map<string, string> {
  return new Map([
    ['fail2ban_version', '1.0.2'],
    ['fail2ban_confpath', folder],
  ]);
}

function readJail(config: IniConfig, name: string, folder: string, draft: MigrationDraft): Jail[] {
  const values = valuesOf(folder);
  const get = (option: string): string => config.get(name, option, values) ?? '';
  const whole = { file: join(folder, 'jail.conf'), line: 0 };
  const placeOf = (option: string): ForeignPlace => config.placeOf(name, option) ?? whole;
  const place = placeOf('enabled');
  const lost = (why: string): Jail[] => {
    draft.count(false);
    draft.remark('lost', place, `[${name}]`, why);
    return [];
  };
  const [, filterName = '', brackets = ''] = /^([^[]+)(\[.*\])?\s*$/s.exec(get('filter')) ?? [];
  if (filterName.trim() === '') return lost('it has no filter');
  const usesJournal = get('backend').startsWith('systemd');
  const given = bracketOptions(brackets);
  if (!given.has('logtype')) given.set('logtype', usesJournal ? 'journal' : 'file');
  const known = readFilter(folder, filterName.trim(), given, draft);
  if (!known.ok) return lost(known.reason);
  for (const [option, value] of known.filter.options) values.set(`known/${option}`, value);
  const own = ['failregex', 'ignoreregex', 'prefregex', 'usedns', 'journalmatch', 'maxlines'].filter(
    (option) => config.options(name).includes(option),
  );
  for (const option of own) given.set(option, get(option));
  const read = own.length > 0 ? readFilter(folder, filterName.trim(), given, draft) : known;
  if (!read.ok) return lost(read.reason);
  const logs = usesJournal
    ? []
    : get('logpath')
        .split('\n')
        .map((line) => line.trim().replace(/ (?:head|tail)$/, ''))
        .filter((line) => line !== '');
  if (!usesJournal && logs.length === 0) return lost('it has no logpath');
  return [
    {
      name,
      place,
      filter: read.filter,
      logs,
      journal: usesJournal ? journalMatches(read.filter.options.get('journalmatch') ?? '') : null,
      maxretry: Number(get('maxretry')) || 5,
      findtime: secondsOf(get('findtime') || '10m'),
      bantime: secondsOf(get('bantime') || '10m'),
      ignored: get('ignoreip')
        .split(/[\s,]+/)
        .filter((one) => one !== ''),
      action: get('action').trim(),
      recipient: /^[^\s,@]+(?:@[\w.-]+)?$/.test(get('destemail')) ? get('destemail') : 'root',
      placeOf,
    },
  ];
}

/** `[mode=aggressive, x="a b"]`. */
function bracketOptions(text: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const [, name = '', double, single, bare] of text.matchAll(
    /([\w.-]+)=(?:"([^"]*)"|'([^']*)'|([^,\]]*))/g,
  ))
    options.set(name, (double ?? single ?? bare ?? '').trim());
  return options;
}

/** Lines are alternatives, and so is what stands around a +. */
function journalMatches(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replaceAll(/["']/g, ''))
    .filter((line) => line !== '');
}

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:s|ss|sec\w*)$/, 1],
  [/^(?:m|mm|min\w*)$/, 60],
  [/^(?:h|hh|ho\w*)$/, 3600],
  [/^(?:d|dd|da\w*)$/, 86_400],
  [/^(?:w|ww|we\w*)$/, 604_800],
  [/^mo\w*$/, 2_629_800],
  [/^(?:y|yy|ye\w*)$/, 31_557_600],
];

/** `600`, `10m`, `1d 12h`; null: it is no time. */
export function secondsOf(text: string): number | null {
  if (/^-?\d+$/.test(text.trim())) return Number(text);
  let sum = 0;
  const rest = text.replaceAll(/(\d+)\s*([a-z]+)/g, (all, count: string, unit: string) => {
    const weight = UNITS.find(([names]) => names.test(unit))?.[1];
    if (weight === undefined) return all;
    sum += Number(count) * weight;
    return '';
  });
  return rest.trim() === '' && sum > 0 ? sum : null;
}

/** A filter alone, as a jail that acts at once. */
export function jailOfFilter(filter: Filter): Jail {
  return {
    name: filter.name,
    place: filter.place,
    filter,
    logs: [],
    journal: null,
    maxretry: 1,
    findtime: null,
    bantime: null,
    ignored: [],
    action: '',
    recipient: 'root',
    placeOf: () => filter.place,
  };
}

/** A value as the report shows it. */
export function shown(name: string, value: string): string {
  return quote(`${name} = ${value.replaceAll(/\s+/g, ' ')}`);
}
