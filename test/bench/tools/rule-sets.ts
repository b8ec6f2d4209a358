import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TENSHI_RULES = '/etc/tenshi/includes-available';
const LOGCHECK_RULES = ['/etc/logcheck/ignore.d.server', '/etc/logcheck/ignore.d.paranoid'];

/** Installs the two Debian packages whose rules are measured, where they are missing. */
export function installRuleSets(): void {
  const missing = [
    ...(existsSync(TENSHI_RULES) && existsSync('/usr/sbin/tenshi') ? [] : ['tenshi']),
    ...(LOGCHECK_RULES.every((folder) => existsSync(folder)) ? [] : ['logcheck-database']),
  ];
  if (missing.length === 0) return;
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...missing], {
    stdio: 'inherit',
    env: environment,
  });
}

const QUEUES = ['mail', 'nf', 'report', 'misc', 'critical', 'root', 'pager'];
/** What Tenshi does not start without. */
export const FOR_TENSHI = ['set mailserver localhost', 'set logfile /var/log/syslog'];
const HEAD = [
  'set mask ___',
  ...QUEUES.map((queue) => `set queue ${queue} tenshi@localhost root@localhost [30 18 * * *]`),
];

/** Debian tenshi's rules as they are shipped, with its `hidepid`. `after`: rules behind them. Returns how many there are. */
export function writeTenshiConf(
  path: string,
  before: readonly string[],
  after: readonly string[] = [],
): number {
  const rules = [...rulesIn(TENSHI_RULES), ...after];
  writeFileSync(path, `${[...HEAD, 'set hidepid on', ...before, ...rules].join('\n')}\n`);
  return rules.filter((rule) => !/^group(_end)?\b/.test(rule)).length;
}

/**
 * logcheck's rules as trash. They begin with the stamp and the host, which Tenshi has cut off by then; the pid is
 * theirs to match, so that `hidepid` stays off.
 */
export function writeLogcheckConf(
  path: string,
  before: readonly string[],
  after: readonly string[] = [],
): number {
  const rules = LOGCHECK_RULES.flatMap(rulesIn)
    .filter((rule) => rule.startsWith('^'))
    .map((rule) => rule.replace(/^\^(?:\([^)]*\)|\S+ \[[^\]]*\]*[^\]]*\]\{11\}) \[[^ ]*\]\+ /, '^'));
  const all = [...rules.map((rule) => `trash ${rule}`), ...after];
  writeFileSync(path, `${[...HEAD, ...before, ...all].join('\n')}\n`);
  return all.length;
}

/** The regexes of such a config, groups left out. */
export function patternsIn(conf: string): string[] {
  const rule = /^(?!set |group |group_end)\S+\s+(.+)$/gm;
  return [...readFileSync(conf, 'latin1').matchAll(rule)].map(([, regex = '']) => regex);
}

function rulesIn(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => readFileSync(join(folder, file), 'latin1').split('\n'))
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
