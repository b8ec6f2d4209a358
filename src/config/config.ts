import type { Route } from '../mail/route/route.js';
import type { Rule } from '../rule/rule.js';
import type { Settings } from './directives/directives.js';
import type { RuleNote } from './rule-notes.js';
import type { Setting } from './setting.js';

export type { AliasConfig } from './directives/aliases.js';
export type { QueueConfig } from './directives/read-queue.js';

/**
 * A checked config. Only `readConfig` makes one; only this reaches the daemon. Its settings are the rows of the
 * tables in `directives/`, where their types, defaults and units stand.
 */
export interface Config extends Omit<Settings, 'mailserver'> {
  /** The file that was asked for, then every included one, in the order of reading. */
  readonly files: readonly string[];
  /** With its login; null: a Maildir in the state folder. */
  readonly mailserver: Setting<Route | null>;
  readonly rules: readonly Rule[];
  /** Notes above rules (`#:`), in the order of reading. */
  readonly notes: readonly RuleNote[];
}
