import { BENCH } from './bench-commands.js';
import { CONFIG, type CommandRow, type Option } from './command-row.js';
import { FLEET } from './fleet-command.js';
import { IMPORT } from './import-command.js';
import { RULES } from './rules-command.js';
import { TRACE_SUBJECTS } from './trace.js';

export type { CommandRow, Option, Word } from './command-row.js';

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
        type: 'string',
        value: '[WHAT]',
        describe: `stay in the foreground and log everything; -d2: the SMTP conversation, too; -d SUBJECT,SUBJECT: each step of ${TRACE_SUBJECTS.join(', ')}`,
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
    describe:
      'the daemon, with a first letter at once; it mails nothing and keeps no state, so you can try it again and again',
    options: {
      c: { ...CONFIG, describe: 'the config; unset: the one that comes with tayori' },
      mail: { type: 'boolean', describe: 'mail the letters as the config says, and run its programs' },
    },
    examples: [['tayori try -c my.conf', "letters from your config's logs, on the screen"]],
  },
  init: {
    usage: 'init',
    describe:
      'write a config for this machine: its logs, who gets letters, and how; then check it, and send a test letter',
    options: {
      to: {
        type: 'string',
        value: 'ADDRESS',
        requiresArg: true,
        describe: 'who gets the letters (ADDRESS[,ADDRESS...])',
      },
      from: { type: 'string', value: 'ADDRESS', requiresArg: true, describe: 'who they are from' },
      mailserver: {
        type: 'string',
        value: 'URL',
        requiresArg: true,
        describe: 'how they go, as behind set mailserver; - for a Maildir in the state',
      },
      log: {
        type: 'string',
        value: 'FILE...',
        array: true,
        requiresArg: true,
        describe: 'the logs; unset: those in /var/log that can be read',
      },
      out: {
        type: 'string',
        value: 'FILE',
        requiresArg: true,
        describe:
          'where the config goes; unset: /etc/tayori/tenshi.conf for root, else tenshi.conf in this folder',
      },
      yes: { type: 'boolean', describe: 'ask nothing, and take what is usual' },
      force: { type: 'boolean', describe: 'replace a config that is there; it is kept as FILE.old' },
      'no-test': { type: 'boolean', describe: 'send no test letter' },
    },
    examples: [
      ['tayori init', 'a config in two questions'],
      ['tayori init --yes --to you@example.org --mailserver localhost', 'the same from a script'],
    ],
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
  'test-mail': {
    usage: 'test-mail [address]',
    describe: 'send a test letter, and tell each step on its way and what to mend',
    words: {
      address: {
        type: 'string',
        value: '[ADDRESS]',
        describe:
          'who gets it (ADDRESS or URL, several with commas); unset: all recipients of the config, each once',
      },
    },
    options: { c: CONFIG },
    examples: [['tayori test-mail you@example.org', 'does mail reach you?']],
  },
  status: {
    usage: 'status',
    describe: 'show what is watched, what waits, what is sent next, what went wrong',
    options: {
      c: CONFIG,
      json: { type: 'boolean', describe: 'print it as JSON, for programs' },
      prometheus: {
        type: 'boolean',
        describe: "print metrics for the textfile collector of Prometheus' node_exporter",
      },
    },
    examples: [
      ['tayori status', 'is every log read, and every letter sent?'],
      [
        'tayori status --prometheus | sponge /var/lib/prometheus/node-exporter/tayori.prom',
        'metrics, from cron',
      ],
    ],
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
  'exec-test': {
    usage: 'exec-test <queue> <line>',
    describe: "show what a queue's program would be given for a line; runs and counts nothing",
    words: {
      queue: { type: 'string', value: 'QUEUE', demandOption: true, describe: 'a queue of set exec' },
      line: {
        type: 'string',
        value: 'LINE',
        demandOption: true,
        describe: 'a line as it stands in its log, in quotes',
      },
    },
    options: {
      c: CONFIG,
      in: {
        type: 'string',
        value: 'FILE',
        requiresArg: true,
        describe: 'the log of the line, if that is read in a way of its own (set logformat)',
      },
      run: { type: 'boolean', describe: 'run the program, and show how it ends' },
    },
    examples: [
      [
        "tayori exec-test block 'Nov 20 10:00:00 web1 sshd[7]: Invalid user x from 192.0.2.1'",
        'which command would that be?',
      ],
    ],
  },
  suggest: {
    usage: 'suggest [logs..]',
    describe: 'propose rules for what no rule knows, with what each would change',
    words: {
      logs: {
        type: 'string',
        value: '[LOG...]',
        array: true,
        describe: 'logs, read as digest reads them; without any, what the state holds',
      },
    },
    options: {
      c: CONFIG,
      n: { type: 'number', value: 'NUMBER', requiresArg: true, describe: 'show so many rules; 50 if unset' },
      queue: {
        type: 'string',
        value: 'NAME',
        requiresArg: true,
        describe: 'the queue of the rules; unset: the one that has the lines now, else report',
      },
      accept: {
        type: 'string',
        value: 'N,M',
        requiresArg: true,
        describe: 'write the rules of these numbers (1,3-5) to the file of --to',
      },
      to: {
        type: 'string',
        value: 'FILE',
        requiresArg: true,
        describe: 'a new file, or one that suggest has written',
      },
      plain: {
        type: 'boolean',
        describe: 'each line is a message without a prefix, and no config is read',
      },
      groups: {
        type: 'string',
        value: 'OUT',
        requiresArg: true,
        describe: 'with --plain: write the name of the kind of each line there instead; - is standard output',
      },
    },
    examples: [
      ['tayori suggest -c my.conf /var/log/syslog*', 'which rules are missing?'],
      ['tayori suggest --accept 1,3-5 --to my-rules/new.conf', 'these rules, from what has been counted'],
    ],
  },
  ...BENCH,
  rules: RULES,
  fleet: FLEET,
  import: IMPORT,
  manual: {
    usage: 'manual [page]',
    describe:
      'show the manual: of the program (tayori), of the config (tenshi.conf), or of several machines (fleet)',
    words: {
      page: {
        type: 'string',
        value: '[PAGE]',
        choices: ['tayori', 'tenshi.conf', 'fleet'],
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
