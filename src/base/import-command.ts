/** The row of `tayori import` in the table of commands. */
export const IMPORT = {
  usage: 'import <program> <path>',
  describe: 'make a config of that of another program, and report line by line what cannot be carried over',
  words: {
    program: {
      type: 'string',
      value: 'PROGRAM',
      demandOption: true,
      choices: ['logcheck', 'swatch', 'fail2ban'],
      describe: 'whose config it is',
    },
    path: {
      type: 'string',
      value: 'PATH',
      demandOption: true,
      describe:
        'its folder, or for swatch and fail2ban also a file: /etc/logcheck, ~/.swatchdogrc, /etc/fail2ban',
    },
  },
  options: {
    to: {
      type: 'string',
      value: 'FOLDER',
      requiresArg: true,
      describe: 'write the config there, and the report beside it; unset: print it as one file',
    },
  },
  examples: [['tayori import logcheck /etc/logcheck --to my-tayori', 'take over from logcheck']],
} as const;
