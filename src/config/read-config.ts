import { statSync } from 'node:fs';
import type { Config } from './config.js';
import { DIRECTIVES } from './directives.js';
import { createDraft, type Draft, type Reporter } from './draft.js';
import type { Fault } from './fault.js';
import { nearest } from './nearest.js';
import { createRuleReader } from './read-rules.js';
import { readStatements } from './read-statements.js';
import { type Statement, splitWord } from './statement.js';

/** A config that may be used, with what is worth telling of it, or all that is wrong with it. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly faults: readonly Fault[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads and checks a tenshi.conf whole. Nothing is used unless everything is sound; all faults come in one run. */
export function readConfig(path: string): ConfigResult {
  const faults: Fault[] = [];
  const report = reporterInto(faults);
  const { statements, files } = readStatements(path, (fault) => faults.push(fault));
  const draft = createDraft();
  draft.files = [...files];
  applyTimezoneFirst(statements, draft, report);
  const rules = createRuleReader(draft, report);
  for (const statement of statements)
    if (splitWord(statement).word.text === 'set') applySetting(statement, draft, report);
    else rules.read(statement);
  draft.rules = rules.end();
  checkWhole(draft, statements, report);
  faults.sort((a, b) => order(files, a) - order(files, b));
  const config: Config = { ...draft, queues: [...draft.queues.values()] };
  return faults.some(({ severity }) => severity === 'error')
    ? { ok: false, faults }
    : { ok: true, config, faults };
}

function reporterInto(faults: Fault[]): Reporter {
  return {
    error: ({ place }, seen, instead, code = 'bad-value') =>
      void faults.push({ severity: 'error', code, place, seen, instead }),
    warning: ({ place }, seen, instead, code) =>
      void faults.push({ severity: 'warning', code, place, seen, instead }),
    notice: ({ place }, seen, instead, code) =>
      void faults.push({ severity: 'notice', code, place, seen, instead }),
  };
}

/** By file in the order of reading, then by line and column. */
function order(files: readonly string[], { place }: Fault): number {
  return files.indexOf(place.file) * 1e9 + place.line * 1e4 + Math.min(place.column, 9999);
}

/** Settings hold for the whole file, so a queue above `set timezone` already goes by it. */
function applyTimezoneFirst(statements: readonly Statement[], draft: Draft, report: Reporter): void {
  const silent: Reporter = { ...report, error() {}, warning() {}, notice() {} };
  for (const statement of statements)
    if (/^set[ \t]+timezone[ \t]/.test(statement.text)) applySetting(statement, draft, silent);
}

function applySetting(statement: Statement, draft: Draft, report: Reporter): void {
  const { word: name, rest: value } = splitWord(splitWord(statement).rest);
  const directive = DIRECTIVES.find((row) => row.name === name.text);
  if (!directive) return unknownSetting(statement, name, report);
  if (!directive.served)
    return report.error(
      name,
      `"set ${name.text}" is not served yet by this version`,
      'remove the line for now',
      'not-served',
    );
  directive.apply(value, draft, report);
}

function unknownSetting(statement: Statement, name: Statement, report: Reporter): void {
  const names = DIRECTIVES.map((row) => row.name);
  if (name.text === '')
    return report.error(
      statement,
      '"set" with nothing behind it',
      'write set NAME VALUE',
      'unknown-directive',
    );
  const near = nearest(name.text, names);
  const hint = near ? `did you mean set ${near}?` : `known are ${names.join(', ')}`;
  report.error(name, `the unknown directive "set ${name.text}"`, hint, 'unknown-directive');
}

/** What can only be seen when all is read. */
function checkWhole(draft: Draft, statements: readonly Statement[], report: Reporter): void {
  const [first] = draft.files;
  if (first === undefined) return;
  const whole: Statement = { place: { file: first, line: 1, column: 1 }, text: '' };
  if (draft.queues.size === 0)
    report.error(whole, 'no queue at all', 'define one: set queue NAME FROM TO [now]', 'incomplete');
  if (draft.logfiles.length === 0)
    report.warning(whole, 'nothing to follow', 'name a log: set logfile /var/log/syslog', 'incomplete');
  const fed = new Set(
    statements
      .flatMap(({ text }) => text.split(/[ \t]/, 1)[0]?.split(',') ?? [])
      .map((part) => part.replace(/:.*/, '')),
  );
  for (const queue of draft.queues.values())
    if (!fed.has(queue.name) && queue.name !== 'noprefix')
      report.notice(
        { place: queue.place, text: '' },
        `no rule feeds the queue "${queue.name}"`,
        'write one, or remove the queue',
        'unused-queue',
      );
  checkPassword(draft, report);
}

function checkPassword({ mailserver }: Draft, report: Reporter): void {
  const { value: route, place } = mailserver;
  if (route?.kind !== 'smtp' || !route.login || !place) return;
  const mode = statSync(place.file, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o004) !== 0)
    report.warning(
      { place, text: '' },
      'a password that everybody on this machine can read',
      `chmod 640 ${place.file}`,
      'readable-password',
    );
}
