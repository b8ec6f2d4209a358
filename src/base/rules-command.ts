import { CONFIG, type CommandRow } from './command-row.js';

/** The row of `tayori rules` in the table of commands. */
export const RULES = {
  usage: 'rules [logs..]',
  describe: 'what each rule takes, and which rules take nothing, or too much',
  words: {
    logs: {
      type: 'string',
      value: '[LOG...]',
      array: true,
      describe: 'logs, read as digest reads them; without any, what the state knows',
    },
  },
  options: {
    c: CONFIG,
    n: {
      type: 'number',
      value: 'NUMBER',
      requiresArg: true,
      describe: 'show so many rules of each part of the table; 20 if unset',
    },
    dead: { type: 'boolean', describe: 'only rules that took no line: of these logs, or for 30 days' },
    shadowed: { type: 'boolean', describe: 'only rules whose lines an earlier rule takes' },
    duplicate: { type: 'boolean', describe: 'only rules that ask for what an earlier one asks for' },
    wide: { type: 'boolean', describe: 'only rules that take lines of many programs that they do not name' },
    trash: { type: 'boolean', describe: 'only rules of trash, with a line of each' },
    json: { type: 'boolean', describe: 'print it as JSON, for programs' },
  },
  examples: [
    ['tayori rules', 'which rules are of use?'],
    ['tayori rules -c my.conf --dead --shadowed /var/log/syslog*', 'which can go, by these logs?'],
  ],
} as const satisfies CommandRow;
