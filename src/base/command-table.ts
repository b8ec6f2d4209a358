/** One command: `usage` is in the syntax of yargs, `value` of an option is what the manual writes after it. */
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
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly describe: string;
}

const CONFIG = {
  alias: 'configuration',
  type: 'string',
  value: 'FILE',
  requiresArg: true,
  describe:
    'the config; unset: /etc/tayori/tenshi.conf, else /etc/tenshi/tenshi.conf, else the one that comes with tayori',
} as const satisfies Option;

/** The commands, with their words and options: the command line and the manual both read this table. */
export const COMMANDS = {
  main: {
    usage: '$0',
    describe: 'the daemon: read logs, and mail letters',
    options: {
      c: CONFIG,
      C: {
        alias: 'Check',
        type: 'boolean',
        describe: 'print only the errors of the config, and exit: 0 when it is sound, else 1',
      },
      f: { alias: 'foreground', type: 'boolean', describe: 'stay in the foreground, as under systemd' },
      d: {
        alias: 'debug',
        type: 'number',
        value: '[N]',
        describe: 'stay in the foreground and log everything; -d2: the SMTP conversation, too',
      },
      p: {
        alias: 'profile',
        type: 'boolean',
        describe: 'sort standard input, mail nothing, print the speed',
      },
      P: {
        alias: 'pidfile',
        type: 'string',
        value: 'PATH',
        requiresArg: true,
        describe: 'write the process number there; overrides set pidfile',
      },
    },
    examples: [
      ['tayori try', "a first letter from this machine's logs"],
      ['tayori check my.conf', 'is this config sound?'],
      ['tayori digest -c my.conf LOG', 'the letters that a log makes with it'],
      ['tayori -f -c my.conf', 'the daemon, in the foreground'],
    ],
  },
  try: {
    usage: 'try',
    describe: 'the daemon, with a first letter at once; it keeps no state, so you can try it again and again',
    options: {
      c: { ...CONFIG, describe: 'the config; unset: the one that comes with tayori' },
    },
    examples: [['tayori try -c my.conf', "letters from your config's logs, on the screen"]],
  },
  check: {
    usage: 'check [file]',
    describe: 'check a config: errors, warnings, notices',
    words: {
      file: { type: 'string', value: '[FILE]', describe: 'the config; the same as -c FILE' },
    },
    options: { c: CONFIG },
    examples: [['tayori check /etc/tenshi/tenshi.conf', 'can tayori take over?']],
  },
  status: {
    usage: 'status',
    describe: 'show what is watched, what waits, what is sent next, what went wrong',
    options: {
      c: CONFIG,
      json: { type: 'boolean', describe: 'print it as JSON, for programs' },
    },
    examples: [['tayori status', 'is every log read, and every letter sent?']],
  },
  preview: {
    usage: 'preview [queue]',
    describe: 'show the letters that would be sent now; sends and changes nothing',
    words: {
      queue: { type: 'string', value: '[QUEUE]', describe: 'only the letter of this queue' },
    },
    options: {
      c: CONFIG,
      html: {
        type: 'string',
        value: 'FILE',
        requiresArg: true,
        describe: 'write the HTML there instead of printing the text; - is standard output',
      },
    },
    examples: [['tayori preview noon', 'what will the noon letter say?']],
  },
  letters: {
    usage: 'letters [id]',
    describe: 'list the letters that were made, show one, or send one again',
    words: {
      id: { type: 'string', value: '[ID]', describe: 'the number of a letter, from the list' },
    },
    options: {
      c: CONFIG,
      format: {
        type: 'string',
        value: 'FORMAT',
        choices: ['text', 'html', 'raw'],
        default: 'text',
        describe: 'how to show the letter; raw is the mail as it was sent',
      },
      send: {
        type: 'string',
        value: '[ADDRESS]',
        describe: 'send it again: to its recipients, or to ADDRESS[,ADDRESS...]',
      },
    },
    examples: [
      ['tayori letters', 'what was mailed, and to whom?'],
      ['tayori letters 12 --send', 'letter 12 again, after the trouble is solved'],
    ],
  },
  digest: {
    usage: 'digest <files..>',
    describe: 'print the letters that these logs make; sends and keeps nothing',
    words: {
      files: {
        type: 'string',
        value: 'LOG...',
        array: true,
        demandOption: true,
        describe: 'logs, read from start to end; - is standard input, .gz is unpacked',
      },
    },
    options: {
      c: CONFIG,
      format: {
        type: 'string',
        value: 'FORMAT',
        choices: ['text', 'html', 'json'],
        default: 'text',
        describe: 'how the letters are printed',
      },
      v: {
        alias: 'verbose',
        type: 'boolean',
        describe: 'also print how many lines were read by which dialect (see DIALECTS in tenshi.conf(5))',
      },
    },
    examples: [
      ['tayori digest -c my.conf /var/log/syslog*', 'rotated files, too'],
      ['journalctl | tayori digest -c my.conf -', 'the journal'],
    ],
  },
  manual: {
    usage: 'manual [page]',
    describe: 'show the manual: of the program (tayori), or of the config (tenshi.conf)',
    words: {
      page: {
        type: 'string',
        value: '[PAGE]',
        choices: ['tayori', 'tenshi.conf'],
        default: 'tayori',
        describe: 'which page',
      },
    },
    options: {
      roff: { type: 'boolean', describe: 'print the source for man' },
    },
    examples: [['tayori manual tenshi.conf', 'every directive, and how rules are written']],
  },
  completion: {
    usage: 'completion <shell>',
    describe: 'print a completion script for a shell',
    words: {
      shell: {
        type: 'string',
        value: 'SHELL',
        demandOption: true,
        choices: ['bash', 'zsh'],
        describe: 'bash or zsh',
      },
    },
    options: {},
    examples: [['. <(tayori completion bash)', 'complete it in this bash']],
  },
} as const satisfies Readonly<Record<string, CommandRow>>;

/** The options of every command. */
export const COMMON_OPTIONS = {
  h: { alias: 'help', type: 'boolean', describe: 'show the options, and exit' },
  version: { type: 'boolean', describe: 'show the version, and exit' },
} as const satisfies Readonly<Record<string, Option>>;
