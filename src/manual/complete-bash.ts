import { type CommandSyntax, commandSyntaxes, type FlagSyntax, type Offer } from './command-syntax.js';

/** A script for bash, which needs nothing beside it: neither bash-completion nor tayori itself. */
export function completeBash(): string {
  const commands = commandSyntaxes();
  const names = commands.map(({ name }) => name).filter((name) => name !== '');
  return `# Completes the command line of tayori in bash. Made by "tayori completion bash": do not edit.
_tayori() {
  local word=\${COMP_WORDS[COMP_CWORD]} flag=\${COMP_WORDS[COMP_CWORD - 1]} command='' at
  # bash takes --flag=value for three words
  if [[ $word == = ]]; then
    word=''
  elif [[ $flag == = ]]; then
    flag=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
    ${spellingsWithValue(commands).join(' | ')}) ((at++)) ;;
    ${names.join(' | ')})
      command=\${COMP_WORDS[at]}
      break
      ;;
    esac
  done
  COMPREPLY=()
  case $command:$flag in
${commands.flatMap((command) => command.flags.flatMap((flag) => valueCase(command, flag))).join('\n')}
  *)
    case $command in
${commands.map((command) => wordsOf(command, names)).join('\n')}
    esac
    ;;
  esac
}
complete -F _tayori tayori
`;
}

function spellingsWithValue(commands: readonly CommandSyntax[]): string[] {
  const flags = commands.flatMap(({ flags }) => flags.filter(({ value }) => value !== null));
  return [...new Set(flags.flatMap(({ spellings }) => spellings))];
}

/** What stands behind a flag. */
function valueCase({ name }: CommandSyntax, { spellings, value }: FlagSyntax): string[] {
  if (!value) return [];
  const cases = spellings.map((spelling) => `${name}:${spelling}`).join(' | ');
  return [`  ${cases}) ${offer(value.offer)} ;;`];
}

/** A flag, or a word of the command; of the command without a name, the name of another one. */
function wordsOf({ name, flags, words }: CommandSyntax, names: readonly string[]): string {
  const spellings = flags.flatMap(({ spellings }) => spellings).join(' ');
  const word = name === '' ? offer({ kind: 'choices', choices: names }) : offer(words[0]?.offer);
  return `    '${name}') if [[ $word == -* ]]; then ${choose(spellings)}; else ${word}; fi ;;`;
}

function offer(what: Offer | undefined): string {
  switch (what?.kind) {
    case 'files':
      return `compopt -o filenames && mapfile -t COMPREPLY < <(compgen -f -- "$word")`;
    case 'choices':
      return choose(what.choices.join(' '));
    default:
      return ':';
  }
}

function choose(choices: string): string {
  return `mapfile -t COMPREPLY < <(compgen -W '${choices}' -- "$word")`;
}
