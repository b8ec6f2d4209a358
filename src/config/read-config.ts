import { nearest } from '../base/text/nearest.js';
import { quote } from '../base/text/quote.js';
import { isWebAddress } from '../base/text/web-address.js';
import { isLoopback } from '../mail/route/route.js';
import { feedingRules } from './check/feeding-rules.js';
import { reportExec } from './check/report-exec.js';
import { reportFleet } from './check/report-fleet.js';
import { reportLetters } from './check/report-letters.js';
import { reportOddLogs } from './check/report-odd-logs.js';
import { reportOddRules } from './check/report-odd-rules.js';
import { reportRuleHelp } from './check/report-rule-help.js';
import { reportTimed } from './check/report-timed.js';
import { reportWeb } from './check/report-web.js';
import type { Config } from './config.js';
import { throughAliases } from './directives/aliases.js';
import type { ReadContext } from './directives/directive.js';
import { DIRECTIVES, type Settings } from './directives/directives.js';
import { isSecured } from './directives/read-listener.js';
import { readLogin } from './directives/read-login.js';
import { whichQueue } from './directives/read-queue.js';
import { createRuleReader } from './directives/read-rules.js';
import { applyDirective, createDraft, type Draft, finishDraft } from './draft.js';
import type { Fault } from './read/fault.js';
import { readStatements } from './read/read-statements.js';
import { createReport, type Reporter, silent } from './read/report.js';
import { type SourceText, splitWord } from './read/source-text.js';
import { ruleNotes } from './rule-notes.js';
import { withoutSections } from './sections.js';
import { inTheirZones } from './zones.js';

/**
 * A config that may be used, with its warnings and notices; or all faults of one that may not. `state`: the state folder
 * that it names all the same (null: none); `isRead`: false when its file cannot be read at all.
 */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly faults: readonly Fault[] }
  | {
      readonly ok: false;
      readonly isRead: boolean;
      readonly state: string | null;
      readonly faults: readonly Fault[];
    };

/** Reads and checks a whole tenshi.conf. One error makes all of it unusable; one run reports all faults. */
export function readConfig(path: string): ConfigResult {
  const { report, faults } = createReport();
  const { statements, files, notes } = readStatements(path, report);
  const draft = createDraft();
  applyTimezoneFirst(statements, draft);
  for (const statement of statements) if (isPattern(statement)) applySetting(statement, draft, report);
  const rules = createRuleReader(draft, report);
  for (const statement of statements)
    if (isPattern(statement)) continue;
    else if (splitWord(statement).word.text === 'set') applySetting(statement, draft, report);
    else rules.read(statement);
  const settings = inTheirZones(withoutSections(finishDraft(draft)));
  const allRules = rules.end();
  const unchecked = { ...settings, files, rules: allRules, notes: ruleNotes(notes, allRules, report) };
  if (files.length > 0) checkWhole(path, settings, draft, statements, report);
  const config: Config = { ...unchecked, mailserver: readLogin(settings, report) };
  checkRecipients(config, report);
  reportOddRules(config.rules, config.hidepid.value, report);
  reportOddLogs(settings, config.rules, report);
  const fed = feedingRules(config.rules);
  reportTimed(config, fed, draft, report);
  reportWeb(config, draft, report);
  reportExec(config, fed, report);
  reportFleet(config, report);
  reportLetters(config, draft, report);
  reportRuleHelp(config, draft, report);
  const found = faults(files);
  const sound = found.every(({ severity }) => severity !== 'error');
  return sound
    ? { ok: true, config, faults: found }
    : { ok: false, isRead: files.length > 0, state: settings.state.value, faults: found };
}

/** A setting holds for the whole file, so the schedule of a queue above `set timezone` is in that zone, too. */
function applyTimezoneFirst(statements: readonly SourceText[], draft: Draft): void {
  for (const statement of statements)
    if (/^set[ \t]+timezone[ \t]/.test(statement.text)) applySetting(statement, draft, silent);
}

/** Named patterns hold for the whole config: they are read before all else. */
function isPattern(statement: SourceText): boolean {
  return /^set[ \t]+pattern[ \t]/.test(statement.text);
}

function applySetting(statement: SourceText, draft: Draft, report: Reporter): void {
  const { word: name, rest: value } = splitWord(splitWord(statement).rest);
  const directive = DIRECTIVES.find((row) => row.name === name.text);
  if (directive) applyDirective(directive, value, draft, report);
  else reportUnknown(statement, name, report);
}

function reportUnknown(statement: SourceText, name: SourceText, report: Reporter): void {
  const names = DIRECTIVES.map((row) => row.name);
  if (name.text === '')
    return report.error(statement, 'nothing after "set"', 'write set NAME VALUE', 'unknown-directive');
  const near = nearest(name.text, names);
  const instead = near ? `did you mean set ${near}?` : `write one of ${names.join(', ')}`;
  report.error(name, `unknown directive ${quote(`set ${name.text}`)}`, instead, 'unknown-directive');
}

/** Reports faults that can only be seen after all lines are read. */
function checkWhole(
  path: string,
  settings: Settings,
  context: ReadContext,
  statements: readonly SourceText[],
  report: Reporter,
): void {
  const whole: SourceText = { place: { file: path, line: 1, column: 1 }, text: '' };
  if (context.namedQueues.size === 0)
    report.error(whole, 'no queue at all', 'define one: set queue NAME FROM TO [now]', 'incomplete');
  const { logfiles, fifos, listen, redisQueues, journals, journalFallback, commands } = settings;
  const sources = [logfiles, fifos, listen, redisQueues, journals, commands];
  if (!journalFallback.value && sources.every((one) => one.length === 0))
    report.warning(whole, 'nothing to follow', 'name a log: set logfile /var/log/syslog', 'incomplete');
  checkCertificate(settings, report);
  checkFed(settings, statements, report);
  checkOfQueues(settings, context, report);
  checkFolds(settings, report);
}

/** Listeners of TLS need a certificate, and nobody else does. */
function checkCertificate(settings: Settings, report: Reporter): void {
  const { listen, listenCert, listenKey, listenCa, listenHost } = settings;
  const secured = listen.find(({ value }) => isSecured(value));
  if (secured?.place && listenCert.value === null)
    report.error(
      { place: secured.place, text: '' },
      `set listen ${secured.value.transport}: without a certificate`,
      'name its file: set listen_cert FILE',
      'incomplete',
    );
  if (listenHost.place && listenHost.value === 'certificate' && listenCa.value === null)
    report.error(
      { place: listenHost.place, text: '' },
      'set listen_host certificate: clients need not show one',
      'name the authority of their certificates: set listen_ca FILE',
      'incomplete',
    );
  for (const { value, place } of [listenCert, listenKey, listenCa])
    if (value !== null && place !== null && !secured)
      report.notice(
        { place, text: '' },
        `${quote(value)} is not used`,
        'listeners of TLS need it: set listen tls:ADDRESS:PORT',
        'ignored-directive',
      );
}

function checkFed(
  { queues, csv, execs, sections }: Settings,
  statements: readonly SourceText[],
  report: Reporter,
): void {
  const lists = new Set(statements.map((statement) => splitWord(statement).word.text));
  const fed = new Set([...lists].flatMap(targetsOf));
  const lettered = new Set(queues.map(({ name }) => name));
  const acting = execs.flatMap(({ queue, place }) => (lettered.has(queue) ? [] : [{ name: queue, place }]));
  const parents = new Set(sections.map(({ parent }) => parent));
  const defined = [
    ...queues.filter(({ name }) => !parents.has(name)),
    ...sections.map(({ queue, place }) => ({ name: queue, place })),
    ...(csv ? [{ name: 'csv', place: csv.place }] : []),
    ...acting,
  ];
  for (const { name, place } of defined)
    if (!fed.has(name) && name !== 'noprefix' && isNameable(name))
      report.notice(
        { place, text: '' },
        `no rule feeds the queue ${quote(name)}`,
        'write one, or remove the queue',
        'unused-queue',
      );
}

/** Whether a rule can name the queue. Its definition has a warning when none can. */
function isNameable(queue: string): boolean {
  return !/[,:]/.test(queue);
}

/** The queues that the first word of a rule names, whether the rule is sound or not. */
function targetsOf(list: string): string[] {
  return list.split(',').map((target) => target.replace(/:.*/, ''));
}

/** Settings of a queue may stand above it, so they are checked at the end. Tenshi skips a filter without a queue. */
function checkOfQueues(settings: Settings, context: ReadContext, report: Reporter): void {
  const { filters, templates, folds, kinds, valuesOff, zones, empties, automasks } = settings;
  const named = [
    ...folds.map(({ queue, place }) => ({ what: 'a fold', queue, place })),
    ...filters.map(({ queue, place }) => ({ what: 'a filter', queue, place })),
    ...templates.map(({ queue, place }) => ({ what: 'a template', queue, place })),
    ...kinds.map(({ queue, place }) => ({ what: 'a kind', queue, place })),
    ...valuesOff.map(({ queue, place }) => ({ what: 'values', queue, place })),
    ...automasks.map(({ queue, place }) => ({ what: 'an automask', queue, place })),
    ...empties.map(({ queue, place }) => ({ what: 'empty letters', queue, place })),
    ...zones.map(({ queue, place }) => ({ what: 'a zone', queue, place })),
  ];
  for (const { what, queue, place } of named)
    if (!context.namedQueues.has(queue))
      report.warning(
        { place, text: '' },
        `${what} of the unknown queue ${quote(queue)}`,
        whichQueue(queue, context),
        'unknown-queue',
      );
}

/** Only pages fold: a queue with a schedule sends none, nor does csv. */
function checkFolds({ folds, queues, csv }: Settings, report: Reporter): void {
  const scheduled = new Set(queues.flatMap(({ name, schedule }) => (schedule.kind === 'now' ? [] : [name])));
  for (const { queue, place } of folds) {
    const line = { place, text: '' };
    if (queue === 'csv' && csv)
      report.warning(line, 'csv goes to a program and does not fold', 'remove the line', 'ignored-text');
    else if (scheduled.has(queue))
      report.warning(
        line,
        `${quote(queue)} has a schedule and does not fold`,
        'give it the schedule [now], or remove the line',
        'ignored-text',
      );
  }
}

/** Reports recipients without a domain: a server on another machine does not know the users of this one. */
function checkRecipients({ queues, aliases, mailserver }: Config, report: Reporter): void {
  const route = mailserver.value;
  if (route?.kind !== 'smtp' || isLoopback(route.host)) return;
  for (const { to, place } of queues)
    for (const address of throughAliases(to, aliases))
      if (!address.includes('@') && !isWebAddress(address))
        report.notice(
          { place, text: '' },
          `${route.host} may not know the recipient ${quote(address)}, which has no domain`,
          `write set alias ${address} you@example.org`,
          'bare-recipient',
        );
}
