import { join } from 'node:path';
import { quote } from '../../base/text/quote.js';
import { DIRECTIVES } from '../../config/directives/directives.js';
import { MigrationDraft, type MigrationResult, ruleLine } from '../migration.js';
import { kindOfPath, listForeignFolder } from '../read-foreign-file.js';
import { PrefixCutter } from '../regex/cut-prefix.js';
import { type Actions, readActions } from './read-actions.js';
import { readPattern } from './read-pattern.js';
import { readSwatchrc, type SwatchRecord, type Swatchrc } from './read-swatchrc.js';
import { SwatchQueues } from './swatch-queues.js';

/** A record as a rule; `queues`: `trash`, or names of queues. */
interface SwatchRule {
  readonly queues: string;
  readonly perl: string;
  readonly host: string | null;
  readonly goesOn: boolean;
}

/** Carries over a swatchrc, or a folder of `.conf` files of which each is for one log. */
export function migrateSwatch(path: string): MigrationResult {
  const draft = new MigrationDraft();
  const files = pathsIn(path, draft).flatMap((one) => readSwatchrc(one, draft) ?? []);
  if (files.every(({ records }) => records.length === 0))
    return { ok: false, reason: `${path} holds no watchfor and no ignore` };
  const queues = new SwatchQueues(
    draft,
    DIRECTIVES.some(({ name }) => name === 'exec'),
  );
  const bodies = files.map((file) => ({ file, lines: new FileRules(file, queues, draft).lines() }));
  draft.add(
    '',
    ...logLines(files, draft),
    '',
    '# swatch hands its mail to sendmail.',
    'set mailserver localhost',
    ...queues.lines(),
  );
  for (const { file, lines } of bodies)
    draft.addFile(`rules/${fileName(file.path)}.conf`, [
      `# From ${file.path}`,
      '',
      ...inLog(file, files, lines),
    ]);
  draft.add('', '# swatch says nothing of all else.', 'trash .*');
  return { ok: true, migration: draft.finish() };
}

function pathsIn(path: string, draft: MigrationDraft): string[] {
  if (kindOfPath(path) !== 'folder') return [path];
  const folder = listForeignFolder(path);
  if (!folder.ok) draft.unreadable(path, folder.reason);
  return folder.ok
    ? folder.names
        .filter((name) => /\.conf$|^[^.]*swatch(?:dog)?rc$/.test(name))
        .map((name) => join(path, name))
    : [];
}

function logLines(files: readonly Swatchrc[], draft: MigrationDraft): string[] {
  const logs = [...new Set(files.flatMap(({ log }) => log ?? []))];
  for (const { path, log } of files)
    if (log === null)
      draft.remark(
        'note',
        { file: path, line: 0 },
        '',
        'name the log that --tail-file of swatch names: set logfile /PATH',
      );
  return logs.length > 0
    ? logs.map((log) => `set logfile ${log}`)
    : ['# The log that --tail-file of swatch names:', '# set logfile /var/log/syslog'];
}

/** With several files, the rules of each are for its log alone. */
function inLog({ log }: Swatchrc, files: readonly Swatchrc[], lines: readonly string[]): readonly string[] {
  if (log === null || files.length === 1) return lines;
  return [`group_file ^${log.replaceAll(/[\\^$.[\]|()?*+{}]/g, '\\$&')}$`, ...lines, 'group_end'];
}

function fileName(path: string): string {
  return path.replace(/.*\//, '').replace(/^\.+|\.conf$/g, '') || 'swatchrc';
}

/** So many lines a `continue` may make: all that stands below it, once more. */
const MAX_COPIES = 2_000;

/** The rules of one file. */
class FileRules {
  readonly #rules: readonly SwatchRule[];
  readonly #draft: MigrationDraft;
  #copies = 0;

  constructor(file: Swatchrc, queues: SwatchQueues, draft: MigrationDraft) {
    this.#draft = draft;
    const cutter = new PrefixCutter();
    this.#rules = file.records.flatMap((record) => readRecord(record, { file, queues, draft, cutter }) ?? []);
  }

  lines(): string[] {
    return this.#from(0, '');
  }

  /** Rules from one on; `before`: queues that get each line in any case. */
  #from(first: number, before: string): string[] {
    const lines: string[] = [];
    for (let at = first; at < this.#rules.length; at++) {
      const rule = this.#rules[at] as SwatchRule;
      const queues = [before, rule.queues === 'trash' ? '' : rule.queues]
        .filter((one) => one !== '')
        .join(',');
      if (!rule.goesOn) {
        lines.push(...inHost(rule, ruleLine(queues || 'trash', rule.perl)));
        continue;
      }
      if (queues === '') continue; // it does nothing, and later rules get the line
      this.#copies += this.#rules.length - at;
      if (this.#copies > MAX_COPIES) {
        lines.push(
          '# continue is not carried over here: too many rules stand below it.',
          ...inHost(rule, ruleLine(queues, rule.perl)),
        );
        continue;
      }
      const inner = [...this.#from(at + 1, queues), `${queues} .*`];
      lines.push(
        ...inHost(
          rule,
          '# continue: the rules below it get these lines, too.',
          ruleLine('group', rule.perl),
          ...inner,
          'group_end',
        ),
      );
    }
    if (this.#copies > MAX_COPIES && first === 0)
      this.#draft.remark(
        'lost',
        { file: '', line: 0 },
        'continue',
        `more than ${MAX_COPIES} rules stand below the continues`,
      );
    return lines;
  }
}

interface Reading {
  readonly file: Swatchrc;
  readonly queues: SwatchQueues;
  readonly draft: MigrationDraft;
  readonly cutter: PrefixCutter;
}

function readRecord(record: SwatchRecord, { file, queues, draft, cutter }: Reading): SwatchRule | null {
  const actions = record.keyword === 'ignore' ? null : readActions(record, draft);
  const used = new Set([
    ...(actions?.pace?.groups ?? []),
    ...(actions?.commands.flatMap(({ groups }) => groups) ?? []),
  ]);
  const read = readPattern(
    record.pattern,
    file.variables,
    (number) => (used.has(number) ? `g${number}` : null),
    cutter,
  );
  draft.count(read.ok);
  if (!read.ok) {
    draft.remark('lost', record.place, quote(record.pattern), read.reason);
    return null;
  }
  const { perl, host, doubts } = read.pattern;
  for (const doubt of doubts) draft.remark('changed', record.place, quote(record.pattern), doubt);
  const missing = [...used].filter((number) => !perl.includes(`(?<g${number}>`));
  if (actions && missing.length > 0) noteMissing(record, missing, draft);
  const names = actions ? queues.namesFor(withoutMissing(actions, missing), record.place) : [];
  return { queues: names.join(',') || 'trash', perl, host, goesOn: actions?.goesOn ?? false };
}

function noteMissing(
  { place, pattern }: SwatchRecord,
  missing: readonly number[],
  draft: MigrationDraft,
): void {
  const fields = missing.map((number) => `$${number}`).join(' and ');
  draft.remark(
    'lost',
    place,
    quote(pattern),
    `it has no group for ${fields}; with --awk-field-syntax that is a word of the line: make it a group (?<g${missing[0]}>...)`,
  );
}

function withoutMissing(actions: Actions, missing: readonly number[]): Actions {
  const commands = actions.commands.filter(({ groups }) => !groups.some((one) => missing.includes(one)));
  const pace = actions.pace && {
    ...actions.pace,
    groups: actions.pace.groups.filter((one) => !missing.includes(one)),
  };
  return { ...actions, commands, pace };
}

function inHost({ host }: SwatchRule, ...lines: readonly string[]): string[] {
  return host === null ? [...lines] : [`group_host ${host}`, ...lines, 'group_end'];
}
