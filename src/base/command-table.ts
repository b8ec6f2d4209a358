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
        describe: 'say only what is wrong with the config, and end: 0 when it is sound, else 1',
      },
      f: { alias: 'foreground', type: 'boolean', describe: 'stay in the foreground, as under systemd' },
      d: {
        alias: 'debug',
        type: 'number',
        value: '[N]',
        describe: 'stay in the foreground and tell everything; -d2: the talk with the mail server, too',
      },
      p: {
        alias: 'profile',
        type: 'boolean',
        describe: 'sort standard input, mail nothing, say how fast',
      },
      P: {
        alias: 'pidfile',
        type: 'string',
        value: 'PATH',
        requiresArg: true,
        describe: 'write the process number there; wins over set pidfile',
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
    describe:
      'the daemon, with a first letter at once; mails nothing and keeps no state, so try it as often as you like',
    options: {
      c: { ...CONFIG, describe: 'the config; unset: the one that comes with tayori' },
      mail: { type: 'boolean', describe: 'mail the letters as the config says, and run its programs' },
    },
    examples: [['tayori try -c my.conf', "letters from your config's logs, on the screen"]],
  },
  check: {
    usage: 'check [file]',
    describe: 'look a config over: faults, doubts, advice',
    words: {
      file: { type: 'string', value: '[FILE]', describe: 'the config; it may as well stand behind -c' },
    },
    options: { c: CONFIG },
    examples: [['tayori check /etc/tenshi/tenshi.conf', 'can tayori take over?']],
  },
  status: {
    usage: 'status',
    describe: 'how things stand: what is watched, what waits, what goes next, what went wrong',
    options: {
      c: CONFIG,
      json: { type: 'boolean', describe: 'for machines' },
      prometheus: {
        type: 'boolean',
        describe: "for Prometheus: what node_exporter's textfile collector reads",
      },
    },
    examples: [
      ['tayori status', 'is every log read, and every letter gone?'],
      [
        'tayori status --prometheus | sponge /var/lib/prometheus/node-exporter/tayori.prom',
        'metrics, from cron',
      ],
    ],
  },
  preview: {
    usage: 'preview [queue]',
    describe: 'what the letters would be if they went now; sends and changes nothing',
    words: {
      queue: { type: 'string', value: '[QUEUE]', describe: 'the letter of this queue alone' },
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
    describe: 'the letters of the past: a list of them, or one, to be shown or sent again',
    words: {
      id: { type: 'string', value: '[ID]', describe: 'the letter to show; the list tells it' },
    },
    options: {
      c: CONFIG,
      format: {
        type: 'string',
        value: 'FORMAT',
        choices: ['text', 'html', 'raw'],
        default: 'text',
        describe: 'how the letter is shown; raw is the mail as it was handed over',
      },
      send: {
        type: 'string',
        value: '[ADDRESS]',
        describe: 'send it again, to its recipients, or to ADDRESS[,ADDRESS...]',
      },
    },
    examples: [
      ['tayori letters', 'what was mailed, and to whom?'],
      ['tayori letters 12 --send', 'letter 12 once more, now that its cause is mended'],
    ],
  },
  digest: {
    usage: 'digest <files..>',
    describe: 'print the letters that logs would make; sends and keeps nothing',
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
        describe: 'tell how the lines were read: how many by which dialect (see DIALECTS in tenshi.conf(5))',
      },
    },
    examples: [
      ['tayori digest -c my.conf /var/log/syslog*', 'all that logrotate has left, too'],
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
      roff: { type: 'boolean', describe: 'as the source that man reads' },
    },
    examples: [['tayori manual tenshi.conf', 'every directive, and how rules are written']],
  },
  completion: {
    usage: 'completion <shell>',
    describe: 'print what a shell reads to complete the command line of tayori',
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

/** What every command takes. */
export const COMMON_OPTIONS = {
  h: { alias: 'help', type: 'boolean', describe: 'tell the options, and end' },
  version: { type: 'boolean', describe: 'tell the version, and end' },
} as const satisfies Readonly<Record<string, Option>>;
