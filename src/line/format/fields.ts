import { userPriority } from '../level.js';

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

/** Fields that tell nothing of what happened: versions of formats. */
const SILENT = new Set(['v', 'ecs.version']);

/** An entry of journald has this field (systemd.journal-fields(7)). */
const OF_JOURNALD = '__REALTIME_TIMESTAMP';
/** What journald and syslog add to a message: they differ from entry to entry, and tell who said it and where. */
const ADDED_BY_JOURNALD = /^(?:_|SYSLOG_|CODE_|(?:MESSAGE_ID|INVOCATION_ID|USER_INVOCATION_ID|JOB_ID|TID)$)/;

/** Levels of pino and bunyan. */
const NUMBERED: Readonly<Record<string, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

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

/** The names of fields by what they say: those of `set jsonfields` before those that are known. */
export class NamedFields {
  readonly #names: Readonly<Record<Role, readonly string[]>>;
  readonly #roles: ReadonlyMap<string, Role>;

  constructor(given: FieldNames) {
    const namesOf = (role: Role): readonly string[] => [...(given[role] ?? []), ...KNOWN[role]];
    const named = ROLES.map((role) => [role, namesOf(role)] as const);
    this.#names = Object.fromEntries(named) as Record<Role, readonly string[]>;
    this.#roles = new Map(named.flatMap(([role, names]) => names.map((name) => [name, role])));
  }

  /** In the order in which they count. */
  of(role: Role): readonly string[] {
    return this.#names[role];
  }

  /** undefined: it says something of its own. */
  roleOf(name: string): Role | undefined {
    return this.#roles.get(name);
  }
}

/** Sorts fields out. null: they hold nothing that could be told. */
export function sortFields(fields: Fields, names: NamedFields): SortedFields | null {
  const rest = new Map(fields);
  const take = (role: Role): string | null => {
    const name = names.of(role).find((one) => rest.has(one));
    const value = name === undefined ? null : (rest.get(name) ?? null);
    if (name !== undefined) rest.delete(name);
    return value;
  };
  const [time, message, host] = [take('time'), take('message'), take('host')];
  const [program, pid, level] = [take('program'), take('pid'), levelOf(take('level'))];
  const isTold = (name: string): boolean =>
    !SILENT.has(name) &&
    names.roleOf(name) !== 'time' &&
    !(fields.has(OF_JOURNALD) && ADDED_BY_JOURNALD.test(name));
  const others = [...rest].filter(([name]) => isTold(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const words = [
    ...(message === null ? [] : [message.trimEnd()]),
    ...(level === null ? [] : [`level=${level}`]),
    ...others.map(([name, value]) => `${name}=${quoted(value)}`),
  ];
  if (message === null && others.length === 0) return null;
  const priority = level === null ? null : userPriority(level);
  return { time, host, program, pid, priority, message: words.join(' ') };
}

function levelOf(value: string | null): string | null {
  return value === null ? null : (NUMBERED[value] ?? value.toLowerCase());
}

/** A value that a blank, a quote or nothing at all would tear apart is put into quotes. */
function quoted(value: string): string {
  return value === '' || /[\s"=]/.test(value) ? JSON.stringify(value) : value;
}
