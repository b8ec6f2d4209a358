/** What one command takes: `usage` is as yargs has it, `value` of an option is what stands behind it in the manual. */
export interface CommandRow {
  readonly usage: string;
  readonly describe: string;
  readonly words?: Readonly<Record<string, Word>>;
  readonly options: Readonly<Record<string, Option>>;
  /** Command lines to try, each with what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
}

export interface Word {
  readonly type: 'string';
  /** How the manual writes it. */
  readonly value: string;
  readonly array?: true;
  readonly demandOption?: true;
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly describe: string;
}

export interface Option {
  readonly alias?: string;
  readonly type: 'string' | 'number' | 'boolean';
  readonly value?: string;
  readonly requiresArg?: true;
  /** It may be given many times, or several values behind it. */
  readonly array?: true;
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly describe: string;
}

/** `-c FILE`. */
export const CONFIG = {
  alias: 'configuration',
  type: 'string',
  value: 'FILE',
  requiresArg: true,
  describe:
    'the config; unset: /etc/tayori/tenshi.conf, else /etc/tenshi/tenshi.conf, else the one that comes with tayori',
} as const satisfies Option;
