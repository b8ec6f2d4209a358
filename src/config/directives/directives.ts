import type { Directive, Part } from './directive.js';
import { ENTRIES } from './entries.js';
import { EXEC } from './exec.js';
import { EXPECTATIONS } from './expectations.js';
import { FLEET } from './fleet.js';
import { LETTERS } from './letters.js';
import { LIMITS } from './limits.js';
import { LISTENERS } from './listeners.js';
import { LOG_READINGS } from './log-readings.js';
import { MAIL } from './mail.js';
import { MESSAGES } from './messages.js';
import { PROCESS } from './process.js';
import { QUEUES } from './queues.js';
import { REDACTION } from './redaction.js';
import { RULE_HELP } from './rule-help.js';
import { SOURCES } from './sources.js';
import { STARTS } from './starts.js';
import { STATE } from './state.js';
import { TIMED } from './timed.js';
import { WEB } from './web.js';

const TABLE = [
  PROCESS,
  SOURCES,
  LISTENERS,
  LOG_READINGS,
  EXPECTATIONS,
  STARTS,
  STATE,
  LIMITS,
  MESSAGES,
  REDACTION,
  MAIL,
  WEB,
  FLEET,
  QUEUES,
  ENTRIES,
  LETTERS,
  TIMED,
  EXEC,
  RULE_HELP,
] as const;

type Row = (typeof TABLE)[number]['rows'][number];

/** The settings of a config: one field for each row of the table, of the type that the row makes. */
export type Settings = {
  readonly [R in Row as R['field'] & string]: ReturnType<R['finish']>;
};

/** The same fields while the config is being read. */
export type SettingsDraft = { [R in Row as R['field'] & string]: ReturnType<R['start']> };

/** Every directive by the parts of the manual, in its order. */
export const PARTS: readonly Part<readonly SetDirective[]>[] = TABLE;

/** A row of the table, whatever its value is. */
export type SetDirective = Directive<keyof Settings | null>;

/** Every directive, in the order of the manual. */
export const DIRECTIVES: readonly SetDirective[] = PARTS.flatMap(({ rows }) => rows);
