import type { SourceLocation } from '../base/place.js';
import type { Threading } from '../letter/letter.js';
import type { Language } from '../letter/words/language.js';
import type { PasswordSource, Route } from '../mail/route/route.js';
import type { Pattern } from '../perl-regex/perl-regex.js';
import type { Schedule } from '../queue/schedule.js';
import type { Rule } from '../rule/rule.js';
import type { GroupAccount, UserAccount } from './check/find-account.js';

/** A value and where it was set; `place` is null for a default. */
export interface Setting<T> {
  readonly value: T;
  readonly place: SourceLocation | null;
}

export interface QueueConfig {
  readonly name: string;
  readonly from: string;
  /** Without any `pager:`. */
  readonly to: readonly string[];
  readonly pager: boolean;
  readonly schedule: Schedule;
  /** null: `set subject` holds. */
  readonly subject: string | null;
  readonly place: SourceLocation;
}

export interface FilterConfig {
  readonly queue: string;
  /** Path and arguments, for the shell, as written. */
  readonly command: string;
  readonly place: SourceLocation;
}

export interface TemplateConfig {
  readonly queue: string;
  /** Absolute. */
  readonly path: string;
  readonly place: SourceLocation;
}

export interface FoldConfig {
  readonly queue: string;
  /** ms between pages, rising. */
  readonly steps: readonly number[];
  readonly place: SourceLocation;
}

export interface ValuesOffConfig {
  readonly queue: string;
  readonly place: SourceLocation;
}

export interface CsvConfig {
  readonly schedule: Schedule;
  readonly command: string;
  readonly place: SourceLocation;
}

export interface ThresholdConfig {
  readonly queue: string;
  /** Messages with fewer hits are left out. */
  readonly below: number;
  readonly pattern: Pattern;
  readonly place: SourceLocation;
}

/** A checked config. Only `readConfig` makes one; only this reaches the daemon. */
export interface Config {
  /** The file that was asked for, then every included one, in the order of reading. */
  readonly files: readonly string[];
  /** null: not said, which is only right when not started as root. */
  readonly uid: Setting<UserAccount | null>;
  /** null: the user's own. */
  readonly gid: Setting<GroupAccount | null>;
  readonly pidfile: Setting<string | null>;
  /** Absolute paths and globs. */
  readonly logfiles: readonly Setting<string>[];
  readonly tailMissing: Setting<boolean>;
  readonly fifos: readonly Setting<string>[];
  readonly listen: readonly Setting<{ readonly address: string; readonly port: number }>[];
  readonly redisQueues: readonly Setting<string>[];
  readonly redisServer: Setting<{ readonly host: string; readonly port: number }>;
  /** Seconds. */
  readonly sleep: Setting<number>;
  readonly limit: Setting<number | null>;
  readonly pagerLimit: Setting<number | null>;
  readonly start: Setting<'end' | 'beginning'>;
  readonly prefixes: readonly Setting<Pattern>[];
  readonly logprefixes: readonly Setting<Pattern>[];
  readonly mask: Setting<string>;
  /** With its login; null: a Maildir in the state folder. */
  readonly mailserver: Setting<Route | null>;
  readonly mailuser: Setting<string | null>;
  readonly mailpassword: Setting<PasswordSource | null>;
  /** The sender of all letters; null: each queue's own. */
  readonly mailfrom: Setting<string | null>;
  readonly aliases: readonly AliasConfig[];
  readonly mailhelo: Setting<string | null>;
  /** Seconds. */
  readonly mailtimeout: Setting<number>;
  readonly subject: Setting<string>;
  readonly hidepid: Setting<boolean>;
  readonly filters: readonly FilterConfig[];
  readonly csv: CsvConfig | null;
  readonly sortOrder: Setting<'ascending' | 'descending'>;
  readonly resolve: Setting<boolean>;
  /** `plain`: Tenshi's bare text mail. */
  readonly letter: Setting<'full' | 'plain'>;
  /** kB (1000 bytes), as encoded. */
  readonly letterSize: Setting<number>;
  /** Queues whose pages are held back in a storm. */
  readonly folds: readonly FoldConfig[];
  /** How many pages of a folding queue may go in an hour. */
  readonly foldPages: Setting<number>;
  /** Days that the ledger looks back. */
  readonly history: Setting<number>;
  /** A message is louder when it counts so many times its median, and so much more than it. */
  readonly louder: Setting<{ readonly factor: number; readonly floor: number }>;
  readonly thread: Setting<Threading>;
  /** How many letters of the past are kept. */
  readonly letters: Setting<number>;
  /** Of letters; what the program itself says is English. */
  readonly language: Setting<Language>;
  readonly templates: readonly TemplateConfig[];
  /** The queues of which is not kept what stood under the masks. */
  readonly valuesOff: readonly ValuesOffConfig[];
  readonly thresholds: readonly ThresholdConfig[];
  /** An IANA zone; null: the system's. */
  readonly timezone: Setting<string | null>;
  readonly flushOnSignal: Setting<boolean>;
  /** The state folder; null: the default one. */
  readonly state: Setting<string | null>;
  readonly queues: readonly QueueConfig[];
  readonly rules: readonly Rule[];
}

/** `set alias NAME ADDRESS[,ADDRESS...]`. */
export interface AliasConfig {
  readonly name: string;
  readonly to: readonly string[];
  readonly place: SourceLocation;
}
