import { lazily } from '../../base/lazily.js';
import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import { PRIORITIES } from '../../line/level.js';
import { originOf } from '../../line/log-host.js';
import { withinLimit } from '../../perl-regex/perl-regex.js';
import { flattenRules } from '../../rule/flat-rules.js';
import type { Rule } from '../../rule/rule.js';
import { expandGlob, isGlob, matchesLog } from '../../source/file/expand-glob.js';
import type { Settings } from '../directives/directives.js';
import type { ForLogs } from '../directives/read-log-reading.js';
import type { Reporter } from '../read/report.js';
import type { Setting } from '../setting.js';

/** Paths of one glob that are tried; there may be thousands. */
const MAX_TRIED = 1000;

/** Warns of what is said of logs that no `set logfile` names, and of groups that no line can be in. */
export function reportOddLogs(settings: Settings, rules: readonly Rule[], report: Reporter): void {
  const { loghosts, multilines, logformats, decodes } = settings;
  const logs = lazily(() => namedLogs(settings));
  for (const rows of [loghosts, multilines, logformats, decodes]) reportGlobs(rows, logs, report);
  for (const { value, place } of loghosts) {
    const { glob, host } = value;
    const found = logs().filter((path) => !isGlob(path) && matchesLog(glob, path));
    const isInVain =
      host.kind === 'from-path' &&
      found.length > 0 &&
      found.every((path) => quietly(() => originOf(path, host, 'here')) === null);
    if (isInVain && place)
      warn(place, `a regex that finds no host in ${quote(found[0] ?? '')}`, 'write one that does', report);
  }
  for (const { value, place } of settings.startsAt)
    if (place && !logs().some((log) => log === value.path || (isGlob(log) && matchesLog(log, value.path))))
      warn(place, `no set logfile names ${quote(value.path)}`, 'remove the line, or name the log', report);
  for (const { rule } of flattenRules(rules)) reportGroup(rule, logs, report);
}

/** The logs of a config: looked for once, when somebody asks. */
type Logs = () => readonly string[];

/** The paths and globs of all logs, and the paths that the globs find now. */
function namedLogs({ logfiles, fifos, commands }: Settings): string[] {
  const others = [...fifos.map(({ value }) => value), ...commands.map(({ value }) => value.path)];
  const patterns = [...logfiles.map(({ value }) => value), ...others];
  return [...patterns, ...patterns.filter(isGlob).flatMap((one) => expandGlob(one).slice(0, MAX_TRIED))];
}

function reportGlobs(rows: readonly Setting<ForLogs>[], logs: Logs, report: Reporter): void {
  for (const [at, { value, place }] of rows.entries()) {
    if (!place) continue;
    const { glob } = value;
    const isNamed = logs().some((log) => matchesLog(glob, log) || matchesLog(log, glob));
    if (!isNamed)
      warn(
        place,
        `no set logfile, fifo or command matches ${quote(glob)}`,
        'write the path of a log, or a glob',
        report,
      );
    if (rows.slice(0, at).some((above) => above.value.glob === glob && !mayStepAside(above)))
      warn(place, `a second line for ${quote(glob)}: the first holds`, 'remove one', report);
  }
}

/** Whether a line leaves some of its logs to those below it. */
function mayStepAside({ value }: Setting<ForLogs & { readonly host?: { readonly kind: string } }>): boolean {
  return value.host?.kind === 'from-path';
}

function reportGroup(rule: Rule, logs: Logs, report: Reporter): void {
  if (rule.kind !== 'group') return;
  const { pattern, place } = rule;
  const matches = (text: string): boolean => quietly(() => pattern.test(text)) ?? true;
  const severities = PRIORITIES.map((one) => one.replace(/.*\./, ''));
  if (rule.on === 'priority' && ![...PRIORITIES, ...severities].some(matches))
    warn(
      place,
      'a regex that matches no priority',
      'write facility and severity, as in ^auth\\.(?:err|crit)$',
      report,
    );
  if (rule.on === 'file' && !logs().some(isGlob) && !logs().some(matches))
    warn(place, 'a regex that matches no set logfile, fifo or command', 'write a piece of its path', report);
}

/** null where a regex reaches its bound. */
function quietly<T>(ask: () => T): T | null {
  return withinLimit<T | null>(ask, () => null);
}

function warn(place: SourceLocation, seen: string, instead: string, report: Reporter): void {
  report.warning({ place, text: '' }, seen, instead, 'odd-log');
}
