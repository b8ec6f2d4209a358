import { nameOfPriority } from '../level.js';

/** What a field of a structured line says. */
export type Role = 'time' | 'level' | 'message' | 'host' | 'program' | 'pid';

export const ROLES: readonly Role[] = ['time', 'level', 'message', 'host', 'program', 'pid'];

/** Names of fields besides those that are known, by what they say. */
export type FieldNames = Readonly<Partial<Record<Role, readonly string[]>>>;

/**
 * The fields that pino, bunyan, winston, zap, slog, logrus, Serilog, Python's JSON formatters, ECS, GELF, journald and
 * Docker write, by what they say. The first that is there counts.
 */
const KNOWN: Readonly<Record<Role, readonly string[]>> = {
  time: [
    '@timestamp',
    'timestamp',
    'time',
    'ts',
    '@t',
    'datetime',
    'asctime',
    '__REALTIME_TIMESTAMP',
    '_SOURCE_REALTIME_TIMESTAMP',
  ],
  level: ['level', 'severity', 'lvl', 'log.level', 'levelname', '@l', 'PRIORITY'],
  message: ['message', 'msg', 'MESSAGE', '@m', '@mt', 'short_message', 'log', 'event'],
  host: ['host.name', 'host.hostname', 'hostname', 'host', '_HOSTNAME'],
  program: [
    'service.name',
    'service',
    'program',
    'app',
    'name',
    'logger',
    'log.logger',
    'SYSLOG_IDENTIFIER',
    '_COMM',
    'process.name',
  ],
  pid: ['pid', 'process.pid', '_PID', 'process'],
};

/** Fields that tell nothing of what happened: versions of formats, and where the code stands. */
const SILENT = new Set(['v', 'ecs.version', '__CURSOR', '__MONOTONIC_TIMESTAMP', '_BOOT_ID', '_MACHINE_ID']);

/** Levels of pino and bunyan. */
const NUMBERED: Readonly<Record<string, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** Severities of syslog by the names that programs give to levels. */
const SEVERITY: Readonly<Record<string, number>> = {
  emerg: 0,
  emergency: 0,
  panic: 0,
  alert: 1,
  fatal: 2,
  crit: 2,
  critical: 2,
  error: 3,
  err: 3,
  warning: 4,
  warn: 4,
  notice: 5,
  info: 6,
  information: 6,
  debug: 7,
  trace: 7,
  verbose: 7,
};

/** The facility of what programs say of themselves (RFC 5424: user-level messages). */
const USER = 1;

/** Fields by their names, in any order. */
export type Fields = ReadonlyMap<string, string>;

/** What fields say, sorted out. null: they do not say. */
export interface SortedFields {
  readonly time: string | null;
  readonly host: string | null;
  readonly program: string | null;
  readonly pid: string | null;
  /** `user.err`. */
  readonly priority: string | null;
  /** The message, then the level and all other fields by their names, as in `said level=info user=ann`. */
  readonly message: string;
}

/** Sorts fields out. null: they hold nothing that could be told. */
export function sortFields(fields: Fields, given: FieldNames = {}): SortedFields | null {
  const rest = new Map(fields);
  const take = (role: Role): string | null => {
    for (const name of [...(given[role] ?? []), ...KNOWN[role]]) {
      const value = rest.get(name);
      if (value === undefined) continue;
      rest.delete(name);
      return value;
    }
    return null;
  };
  const [time, message, host, program, pid] = [
    take('time'),
    take('message'),
    take('host'),
    take('program'),
    take('pid'),
  ];
  const level = levelOf(take('level'));
  const others = [...rest].filter(([name]) => !SILENT.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const words = [
    ...(message === null ? [] : [message.trimEnd()]),
    ...(level === null ? [] : [`level=${level}`]),
    ...others.map(([name, value]) => `${name}=${quoted(value)}`),
  ];
  if (message === null && others.length === 0) return null;
  return { time, host, program, pid, priority: priorityOf(level), message: words.join(' ') };
}

function levelOf(value: string | null): string | null {
  return value === null ? null : (NUMBERED[value] ?? value.toLowerCase());
}

function priorityOf(level: string | null): string | null {
  const severity = level === null ? undefined : /^[0-7]$/.test(level) ? Number(level) : SEVERITY[level];
  return severity === undefined ? null : nameOfPriority(USER * 8 + severity);
}

/** A value that a blank, a quote or nothing at all would tear apart is put into quotes. */
function quoted(value: string): string {
  return value === '' || /[\s"=]/.test(value) ? JSON.stringify(value) : value;
}
