import { amount } from '../base/text/layout.js';
import { quote } from '../base/text/quote.js';
import { comment, type Migration, type Remark, type RemarkKind, type Section } from './migration.js';

/** A file of the new config, by its path within the folder. */
export interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

/** Where the config comes from. */
export interface Origin {
  /** The program, as in `logcheck`. */
  readonly program: string;
  readonly path: string;
}

/** The main file of the config, and that of the report, which `tayori import` writes beside it. */
export const MAIN_FILE = 'tenshi.conf';
export const REPORT_FILE = 'import-report.txt';

/** The config as files of a folder: the main one first, and it includes the others. */
export function writeFiles(migration: Migration, origin: Origin): WrittenFile[] {
  const main = migration.sections.flatMap(({ file, lines }) => (file === null ? lines : [`include ${file}`]));
  const others = migration.sections.flatMap(({ file, lines }) =>
    file === null ? [] : [{ path: file, text: textOf(lines) }],
  );
  return [{ path: MAIN_FILE, text: textOf([...head(migration, origin), ...main]) }, ...others];
}

/** The config as one file. */
export function writeWhole(migration: Migration, origin: Origin): string {
  const lines = migration.sections.flatMap(({ file, lines: own }: Section) =>
    file === null ? own : ['', ...own],
  );
  return textOf([...head(migration, origin), ...lines]);
}

/** The report: a line for each remark, what is lost first, and how much was carried over. */
export function writeReport(migration: Migration): string[] {
  const remarks = (Object.keys(WORDS) as RemarkKind[]).flatMap((kind) =>
    migration.remarks.filter((remark) => remark.kind === kind),
  );
  return [...remarks.map(lineOf), summaryOf(migration)];
}

/** How much was carried over. */
export function summaryOf({ rules, carried, remarks }: Migration): string {
  const count = (kind: RemarkKind): number => remarks.filter((remark) => remark.kind === kind).length;
  const others = [
    [count('lost'), 'remark on what is not carried over', 'remarks on what is not carried over'],
    [count('changed'), 'on what is changed', 'on what is changed'],
    [count('note'), 'note', 'notes'],
  ] as const;
  const told = others.filter(([n]) => n > 0).map(([n, one, many]) => amount(n, one, many));
  const carriedOver = `${carried.toLocaleString('en')} of ${rules.toLocaleString('en')} rules carried over`;
  return [carriedOver, ...told].join('; ');
}

const WORDS: Readonly<Record<RemarkKind, string>> = {
  lost: 'not carried over',
  changed: 'carried over, but',
  note: 'note',
};

function lineOf({ kind, place, seen, why }: Remark): string {
  const at = place.line === 0 ? place.file : `${place.file}:${place.line}`;
  return `${at}: ${WORDS[kind]}: ${seen === '' ? '' : `${seen}: `}${why}`;
}

function head(migration: Migration, { program, path }: Origin): string[] {
  return [
    comment(`Imported from ${program}: ${quote(path)}`),
    comment(summaryOf(migration)),
    comment(
      `"tayori import ${program}" says which and why; with --to FOLDER it keeps that in ${REPORT_FILE}.`,
    ),
    '#',
    '# Check it:  tayori check FILE',
    '# Try it:    tayori try -c FILE              letters of this machine, on the screen; nothing is mailed',
    '#            tayori digest -c FILE LOG...    the letters that logs make',
  ];
}

function textOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
