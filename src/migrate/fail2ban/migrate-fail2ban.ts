import { basename, dirname, join } from 'node:path';
import { RESERVED } from '../../config/directives/read-queue.js';
import { MigrationDraft, type MigrationResult } from '../migration.js';
import { kindOfPath } from '../read-foreign-file.js';
import { filterRules } from './filter-rules.js';
import { NO_VALUES } from './ini-config.js';
import { readFilter } from './read-filter.js';
import { type Jail, jailOfFilter, readJails, shown } from './read-jails.js';

/** Carries over a folder such as `/etc/fail2ban`, or one filter of its `filter.d`. */
export function migrateFail2ban(path: string): MigrationResult {
  const draft = new MigrationDraft();
  const jails = kindOfPath(path) === 'folder' ? jailsOf(path, draft) : filterOf(path, draft);
  if (typeof jails === 'string') return { ok: false, reason: jails };
  const queues = new Map(jails.map((jail) => [jail, queueName(jail.name, jails)]));
  const rules = jails.map((jail) => ({
    jail,
    lines: filterRules(
      jail.filter,
      {
        queue: queues.get(jail) ?? '',
        isOwnLog: jail.logs.some((log) => !SYSLOG.test(log)),
        isShared: jails.some((other) => other !== jail && shareLog(jail, other)),
      },
      draft,
    ),
  }));
  const used = rules.filter(({ lines }) => lines.length > 0);
  draft.add('', ...logLines(used.map(({ jail }) => jail)), '', 'set mailserver localhost');
  for (const { jail } of used) draft.add(...queueLines(jail, queues.get(jail) ?? '', draft));
  if (used.length === 0) draft.add('set queue report root@localhost root [@daily] Report');
  draft.add(
    ...exemptLines(
      used.map(({ jail }) => jail),
      draft,
    ),
  );
  noteShared(
    used.map(({ jail }) => jail),
    draft,
  );
  for (const { jail, lines } of used)
    draft.addFile(`rules/${queues.get(jail) ?? ''}.conf`, [
      `# The jail ${jail.name}, with the filter ${jail.filter.place.file}`,
      '',
      ...inLogs(jail, jails, lines),
    ]);
  draft.add('', '# fail2ban says nothing of all else.', 'trash .*');
  return { ok: true, migration: draft.finish() };
}

function jailsOf(folder: string, draft: MigrationDraft): readonly Jail[] | string {
  const jails = readJails(folder, draft);
  if (!jails) return `${folder} is no folder of fail2ban: it has no jail.conf and no jail.local`;
  if (jails.on.length === 0 && draft.finish().remarks.length === 0)
    return `${folder}: no jail is enabled, so there is nothing to carry over`;
  if (jails.off.length > 0)
    draft.remark(
      'note',
      { file: folder, line: 0 },
      '',
      `${jails.off.length} jails are not enabled, and not carried over; one filter alone: tayori import fail2ban ${join(folder, 'filter.d', 'NAME.conf')}`,
    );
  return jails.on;
}

function filterOf(path: string, draft: MigrationDraft): readonly Jail[] | string {
  const folder = dirname(path);
  if (basename(folder) !== 'filter.d' || !path.endsWith('.conf'))
    return `${path} is neither a folder such as /etc/fail2ban nor a filter.d/NAME.conf in one`;
  const read = readFilter(dirname(folder), basename(path, '.conf'), NO_VALUES, draft);
  if (!read.ok) return read.reason;
  draft.remark(
    'note',
    { file: path, line: 0 },
    '',
    'a filter alone: name its log (set logfile), and how often (set window)',
  );
  return [jailOfFilter(read.filter)];
}

function queueName(name: string, jails: readonly Jail[]): string {
  const plain = name.replaceAll(/[^\w-]+/g, '_');
  const isTaken = jails.some(
    (other) => other.name !== name && other.name.replaceAll(/[^\w-]+/g, '_') === plain,
  );
  const means = plain === 'noprefix' || RESERVED.includes(plain);
  return means || isTaken ? `jail_${jails.findIndex((one) => one.name === name)}` : plain;
}

/** Logs of syslogd: their lines name a host. */
const SYSLOG =
  /\/(?:auth|syslog|messages|secure|mail|maillog|daemon|kern|user|cron)(?:\.(?:log|err|warn|info))?$/;

function logLines(jails: readonly Jail[]): string[] {
  const logs = [...new Set(jails.flatMap((jail) => jail.logs))];
  const matches = [...new Set(jails.flatMap(({ journal }) => journal ?? []))];
  const wantsAll = jails.some(({ journal }) => journal?.length === 0);
  const journal = jails.some((jail) => jail.journal !== null)
    ? [`set journal${wantsAll || matches.length === 0 ? '' : ` ${matches.join(' + ')}`}`]
    : [];
  const named = logs.filter((log) => !SYSLOG.test(log)).map((log) => `set loghost ${log} localhost`);
  const files = logs.length > 0 ? logs.map((log) => `set logfile ${log}`) : [];
  const head = files.length + journal.length > 0 ? [] : ['# set logfile /var/log/auth.log'];
  return [
    ...head,
    ...files,
    ...journal,
    ...(named.length > 0 ? ['# Their lines name no host.', ...named] : []),
  ];
}

function queueLines(jail: Jail, queue: string, draft: MigrationDraft): string[] {
  const { maxretry, findtime, bantime } = jail;
  const span = findtime === null || findtime <= 0 ? null : within(findtime);
  if (findtime !== null && span === null)
    draft.remark('lost', jail.placeOf('findtime'), `[${jail.name}]`, 'its findtime is no time');
  const window =
    span !== null && maxretry > 1 ? [`set window ${queue} ${Math.min(maxretry, 1000)} ${span} by ip`] : [];
  if (maxretry > 1000)
    draft.remark('changed', jail.placeOf('maxretry'), `[${jail.name}]`, 'a window counts 1000 hits at most');
  if (bantime === null && jail.findtime !== null)
    draft.remark('lost', jail.placeOf('bantime'), `[${jail.name}]`, 'its bantime is no time');
  const seconds = bantime === null || bantime === 0 ? null : within(bantime < 0 ? MAX_SECONDS : bantime);
  return [
    '',
    `set queue ${queue} root@localhost ${jail.recipient} [now] fail2ban: ${jail.name}`,
    ...window,
    ...(seconds === null ? [] : [`set throttle ${queue} ${seconds} by ip`]),
    ...actionLines(jail, queue, draft),
  ];
}

function actionLines(jail: Jail, queue: string, draft: MigrationDraft): string[] {
  if (jail.action === '') return [];
  const set = `f2b-${jail.name}`.replaceAll(/[^\w-]+/g, '_').slice(0, 24);
  const banned =
    jail.bantime === null ? '' : jail.bantime < 0 ? ', for good' : ` for ${within(jail.bantime)}`;
  draft.remark(
    'lost',
    jail.placeOf('action'),
    `[${jail.name}] ${shown('action', jail.action)}`,
    `nobody is banned: tayori mails it. To ban an address${banned}, make a set of nft with that timeout, and take the # away from set exec ${queue}; PROGRAMS THAT ACT in tenshi.conf(5) shows how`,
  );
  return [
    `# nft add set inet tayori ${set} '{ type ipv4_addr; timeout ${jail.bantime === null || jail.bantime < 0 ? '365d' : within(jail.bantime)}; }'`,
    `# set exec ${queue} /usr/sbin/nft add element inet tayori ${set} { {{ip}} }`,
  ];
}

/** The longest time of a window or a throttle. */
const MAX_SECONDS = 366 * 86_400;

function within(seconds: number): string {
  const whole = Math.min(seconds, MAX_SECONDS);
  const [unit, size] = (
    [
      ['d', 86_400],
      ['h', 3600],
      ['m', 60],
    ] as const
  ).find(([, one]) => whole % one === 0) ?? ['s', 1];
  return `${whole / size}${unit}`;
}

/** `set exempt` holds for all queues. */
function exemptLines(jails: readonly Jail[], draft: MigrationDraft): string[] {
  const lists = new Set(jails.map(({ ignored }) => ignored.join(' ')));
  const all = [...new Set(jails.flatMap(({ ignored }) => ignored))];
  const addresses = all.filter((one) => /^[\da-fA-F.:]+(?:\/\d+)?$/.test(one));
  const names = all.filter((one) => !addresses.includes(one));
  const [first] = jails;
  if (!first) return [];
  const place = first.placeOf('ignoreip');
  if (lists.size > 1)
    draft.remark(
      'changed',
      place,
      'ignoreip',
      'the jails ignore different addresses; here all are ignored by all',
    );
  if (names.length > 0)
    draft.remark(
      'changed',
      place,
      shown('ignoreip', names.join(' ')),
      'a name is compared as it stands in the line; nothing is resolved',
    );
  if (addresses.length + names.length === 0 && first.findtime !== null)
    draft.remark(
      'note',
      place,
      'ignoreself',
      'fail2ban never bans addresses of this machine: add them to set exempt ip',
    );
  return [
    '',
    `set exempt ip ${['127.0.0.0/8', '::1', ...addresses.filter((one) => one !== '127.0.0.1/8' && one !== '::1'), ...names].join(' ')}`,
  ];
}

/** Jails are asked of a line one by one in fail2ban; here the first rule takes it. */
function noteShared(jails: readonly Jail[], draft: MigrationDraft): void {
  const byLog = new Map<string, string[]>();
  for (const jail of jails)
    for (const log of jail.journal ? ['the journal'] : jail.logs)
      byLog.set(log, [...(byLog.get(log) ?? []), jail.name]);
  for (const [log, names] of byLog)
    if (names.length > 1)
      draft.remark(
        'note',
        { file: log, line: 0 },
        names.join(', '),
        'they read the same log; a line that several of them match counts for the first one alone',
      );
}

function shareLog(one: Jail, other: Jail): boolean {
  return one.journal && other.journal ? true : one.logs.some((log) => other.logs.includes(log));
}

/** With several logs, the rules of a jail are for its own. */
function inLogs(jail: Jail, all: readonly Jail[], lines: readonly string[]): readonly string[] {
  const logs = new Set(all.flatMap((one) => one.logs));
  const readsAll = jail.logs.length === logs.size && all.every(({ journal }) => journal === null);
  if (jail.logs.length === 0 || readsAll) return lines;
  return [`group_file ^(?:${jail.logs.map(globRegex).join('|')})$`, ...lines, 'group_end'];
}

function globRegex(glob: string): string {
  return glob
    .replaceAll(/[\\^$.|()+{}]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
}
