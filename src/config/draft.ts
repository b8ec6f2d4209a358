import type { Config, QueueConfig, Setting } from './config.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };

/** A config while it is being read: a checked `Config` is made of it when nothing was wrong. */
export type Draft = Mutable<Omit<Config, 'queues'>> & {
  readonly queues: Map<string, QueueConfig>;
  /** Every queue that was to be defined so far: the rules of one whose definition is at fault are not at fault, too. */
  readonly namedQueues: Set<string>;
  /** A user who stands in the URL of the mail server without a password. */
  urlUser: string | null;
};

const unset = <T>(value: T): Setting<T> => ({ value, place: null });

/** What holds where a config says nothing. */
export function createDraft(): Draft {
  return {
    files: [],
    uid: unset(null),
    gid: unset(null),
    pidfile: unset(null),
    logfiles: [],
    tailMissing: unset(true),
    fifos: [],
    listen: [],
    redisQueues: [],
    redisServer: unset({ host: '127.0.0.1', port: 6379 }),
    sleep: unset(5),
    limit: unset(null),
    pagerLimit: unset(null),
    start: unset('end'),
    logprefixes: [],
    mask: unset('______'),
    mailserver: unset(null),
    mailuser: unset(null),
    mailpassword: unset(null),
    mailfrom: unset(null),
    aliases: [],
    urlUser: null,
    mailhelo: unset(null),
    mailtimeout: unset(10),
    subject: unset('tenshi report'),
    hidepid: unset(false),
    filters: [],
    csv: null,
    sortOrder: unset('descending'),
    resolve: unset(false),
    letter: unset('full'),
    letterSize: unset(90),
    folds: [],
    foldPages: unset(12),
    history: unset(90),
    louder: unset({ factor: 3, floor: 20 }),
    thread: unset('none'),
    letters: unset(200),
    language: unset('en'),
    templates: [],
    valuesOff: [],
    thresholds: [],
    timezone: unset(null),
    flushOnSignal: unset(true),
    state: unset(null),
    queues: new Map(),
    namedQueues: new Set(),
    rules: [],
  };
}
