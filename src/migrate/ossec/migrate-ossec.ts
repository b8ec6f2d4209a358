import { quote } from '../../base/text/quote.js';
import { MigrationDraft, type MigrationResult } from '../migration.js';
import { Decoders } from './decoders.js';
import { OssecQueues, readMailSettings } from './ossec-queues.js';
import { readRuleset } from './read-ruleset.js';
import { textsOf, type XmlElement } from './read-xml.js';
import { RuleTree } from './rule-tree.js';

/** Carries over a folder such as `/var/ossec`, or one file of rules and decoders. */
export function migrateOssec(path: string): MigrationResult {
  const draft = new MigrationDraft();
  const { rules, decoders, settings } = readRuleset(path, draft);
  if (rules.length === 0 && draft.finish().rules === 0)
    return { ok: false, reason: `${path} holds no rules of OSSEC` };
  const logs = logLines(settings, draft);
  const queues = new OssecQueues(readMailSettings(settings), draft);
  const known = new Decoders(decoders, draft);
  const lines = new RuleTree(rules, known, queues, draft).lines();
  draft.add('', ...logs, '', ...queues.lines());
  draft.addFile('rules/ossec.conf', [
    '# A group holds what a rule asks; the rules below it stand there first.',
    '',
    ...lines,
  ]);
  draft.add('', '# OSSEC says nothing of all else.', 'trash .*');
  noteSections(settings, draft);
  return { ok: true, migration: draft.finish() };
}

/** Formats of logs whose lines name a host. */
const SYSLOG = ['syslog', 'snort-full', 'snort-fast'];
/** Formats of OSSEC as those of `set logformat`. */
const FORMATS: Readonly<Record<string, string>> = { __proto__: null as never, json: 'json' };

function logLines(settings: readonly XmlElement[], draft: MigrationDraft): string[] {
  const lines: string[] = [];
  for (const { element, place } of settings
    .filter(({ name }) => name === 'localfile')
    .map((element) => ({ element, place: element.place }))) {
    const [location = ''] = textsOf(element, 'location');
    const [format = 'syslog'] = textsOf(element, 'log_format');
    const lost = (why: string): void =>
      draft.remark(
        'lost',
        place,
        `<localfile> ${quote(location === '' ? (textsOf(element, 'command')[0] ?? '') : location)}`,
        why,
      );
    if (/command$/.test(format))
      lost(
        'the output of a command that runs now and then is not read; set command reads that of one that runs on',
      );
    else if (/^event/.test(format)) lost('the event log of Windows is not read');
    else if (format === 'journald') lines.push('set journal');
    else if (!/^\/\S+$/.test(location)) lost('it is no path, or one with blanks');
    else if (location.includes('%'))
      lost('it names a date: write a glob, as in set logfile /var/log/app-*.log');
    else {
      lines.push(`set logfile ${location}`);
      if (FORMATS[format] !== undefined) lines.push(`set logformat ${location} ${FORMATS[format]}`);
      else if (!SYSLOG.includes(format)) lines.push(`set loghost ${location} localhost`);
    }
  }
  const all = [...new Set(lines)];
  return all.length > 0
    ? all
    : ['# The logs that <localfile> of ossec.conf names:', '# set logfile /var/log/syslog'];
}

/** Sections of ossec.conf that say something else than which logs, rules and recipients there are. */
const SECTIONS: Readonly<Record<string, string>> = {
  __proto__: null as never,
  'active-response': 'no program runs; set exec QUEUE PATH runs one for a message of a queue',
  command: 'no program runs; set exec QUEUE PATH runs one for a message of a queue',
  syscheck: 'files are not watched here',
  rootcheck: 'rootkits are not searched for here',
  remote: 'agents send nothing to tayori; set listen takes syslog',
  client: 'this is an agent: its server has the rules',
  syslog_output: 'alerts are not sent on as syslog',
  database_output: 'alerts go into no database',
  reports: 'set queue with a schedule makes reports',
  email_alerts: 'who gets which alerts is said by set queue: make one for them',
};

function noteSections(settings: readonly XmlElement[], draft: MigrationDraft): void {
  for (const { name, place } of settings)
    if (SECTIONS[name] !== undefined) draft.remark('lost', place, `<${name}>`, SECTIONS[name]);
}
