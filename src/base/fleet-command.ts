import { CONFIG, type CommandRow } from './command-row.js';

/** The row of `tayori fleet` in the table of commands. */
export const FLEET = {
  usage: 'fleet [action] [node]',
  describe: 'show the machines that write letters together, and what they wait for',
  words: {
    action: {
      type: 'string',
      value: '[forget|import]',
      choices: ['forget', 'import'],
      describe:
        'forget NODE: no letter waits for it any more; import: take the history of letters of this machine along',
    },
    node: { type: 'string', value: '[NODE]', describe: 'the name of a machine, as the list shows it' },
  },
  options: {
    c: CONFIG,
    json: { type: 'boolean', describe: 'print it as JSON, for programs' },
  },
  examples: [
    ['tayori fleet', 'which machine is missing, and who makes the next letter?'],
    ['tayori fleet import', 'before the first letter together: nothing is new on that day'],
    ['tayori fleet forget web7', 'web7 is gone for good'],
  ],
} as const satisfies CommandRow;
