import { CONFIG, type CommandRow } from './command-row.js';

/** Commands for those who write rules, and for what letters tell. */
export const BENCH = {
  test: {
    usage: 'test [line]',
    describe: 'what becomes of a log line: how it is read, what the groups of its rule take, where it goes',
    words: {
      line: {
        type: 'string',
        value: '[LINE]',
        describe: 'the line, in quotes; unset or -: those of standard input',
      },
    },
    options: {
      c: CONFIG,
      why: {
        type: 'string',
        value: 'FILE:LINE',
        requiresArg: true,
        describe:
          'also say why the rule there did not take it: where its regex fails, or which rule was before it',
      },
      log: {
        type: 'string',
        value: 'PATH',
        requiresArg: true,
        describe: 'read the line as one of this log, which need not be there',
      },
    },
    examples: [
      ["tayori test 'Nov 20 12:00:00 web1 sshd[1]: hello'", 'which rule takes it?'],
      ['tail -1 /var/log/auth.log | tayori test --why my.conf:12 -', 'and why not that one?'],
    ],
  },
  explain: {
    usage: 'explain <id>',
    describe: 'which rule makes an entry of a letter, past or to come, and where it goes',
    words: {
      id: {
        type: 'string',
        value: 'ID',
        demandOption: true,
        describe: 'the id of the entry: the HTML of letters shows it, and the text with set ids on',
      },
    },
    options: { c: CONFIG },
    examples: [['tayori explain 4kq2m9z', 'why is this in my letter?']],
  },
  snooze: {
    usage: 'snooze [id] [time] [reason..]',
    describe: 'put an entry of letters aside for a while, wake one, or list them',
    words: {
      id: { type: 'string', value: '[ID]', describe: 'the id of the entry; unset: list what is snoozed' },
      time: { type: 'string', value: '[TIME]', describe: 'for how long: 90m, 12h, 7d' },
      reason: { type: 'string', value: '[REASON...]', array: true, describe: 'why; letters tell it' },
    },
    options: {
      c: CONFIG,
      host: { type: 'string', value: 'HOST', requiresArg: true, describe: 'on this host alone' },
      end: { type: 'boolean', describe: 'wake the entry' },
    },
    examples: [
      ['tayori snooze 4kq2m9z 7d disk is ordered', 'no page for it this week'],
      ['tayori snooze --end 4kq2m9z', 'pages again'],
    ],
  },
  rehearse: {
    usage: 'rehearse <next> [logs..]',
    describe:
      'take old logs through the config in force and a new one, and tell what would change in letters',
    words: {
      next: {
        type: 'string',
        value: 'NEW.conf',
        demandOption: true,
        describe: 'the new config',
      },
      logs: {
        type: 'string',
        value: '[LOG...]',
        array: true,
        describe: 'logs, packed or not; without any, those of both configs with their rotated files',
      },
    },
    options: {
      c: CONFIG,
      since: {
        type: 'string',
        value: 'TIME',
        requiresArg: true,
        describe: 'only lines that are no older by their own times: 7d, 12h, 30m',
      },
      strict: { type: 'boolean', describe: 'status 1 if a page would be lost' },
      json: { type: 'boolean', describe: 'print JSON, for scripts' },
      n: {
        type: 'number',
        value: 'NUMBER',
        requiresArg: true,
        describe: 'tell so many messages of each kind of change; 10 if unset, in JSON 1000',
      },
    },
    examples: [
      ['tayori rehearse new.conf --since 7d', 'what would the new rules have done last week?'],
      ['tayori rehearse --strict -c tenshi.conf new.conf syslog*', 'does the new one lose a page?'],
    ],
  },
} as const satisfies Readonly<Record<string, CommandRow>>;
