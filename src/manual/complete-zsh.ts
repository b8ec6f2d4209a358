import { type CommandSyntax, commandSyntaxes, type FlagSyntax, type Offer } from './command-syntax.js';

/** A script for zsh: a file `_tayori` in a folder of $fpath, or sourced behind compinit. */
export function completeZsh(): string {
  const [main, ...others] = commandSyntaxes();
  if (!main) return '';
  return `#compdef tayori
# Completes the command line of tayori in zsh. Made by "tayori completion zsh": do not edit.
_tayori() {
  local curcontext=$curcontext state line
  local -A opt_args
  local -a commands=(
${others.map(({ name, describe }) => `    ${quote(`${name}:${describe}`)}`).join('\n')}
  )
  _arguments -C -s ${[...main.flags.map(flagOf), "'1: :->command'", "'*:: :->words'"].join(' \\\n    ')}
  case $state in
  command) _describe -t commands command commands ;;
  words)
    curcontext=\${curcontext%:*:*}:tayori-$line[1]:
    case $line[1] in
${others.map(commandOf).join('\n')}
    esac
    ;;
  esac
}
if [[ $funcstack[1] == _tayori ]]; then _tayori "$@"; else compdef _tayori tayori; fi
`;
}

function commandOf({ name, flags, words }: CommandSyntax): string {
  const positions = words.map(({ name, offer, repeats }, at) =>
    quote(`${repeats ? '*' : at + 1}:${name}:${action(offer)}`),
  );
  return `    ${name}) _arguments -s ${[...flags.map(flagOf), ...positions].join(' \\\n      ')} ;;`;
}

/** `'(-c --configuration)'{-c,--configuration=}'[...]:FILE:_files'`: one spelling excludes the others. */
function flagOf({ spellings, describe, value }: FlagSyntax): string {
  const written = spellings.map((spelling) =>
    value && spelling.startsWith('--') ? `${spelling}=` : spelling,
  );
  const before = spellings.length > 1 ? `'(${spellings.join(' ')})'{${written.join(',')}}` : written[0];
  const explained = `[${describe.replaceAll(/[[\]\\]/g, '\\$&')}]`;
  const behind = value ? `:${value.name}:${action(value.offer)}` : '';
  return `${before}${quote(`${explained}${behind}`)}`;
}

function action(offer: Offer): string {
  switch (offer.kind) {
    case 'files':
      return '_files';
    case 'choices':
      return `(${offer.choices.join(' ')})`;
    case 'nothing':
      return ' ';
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
