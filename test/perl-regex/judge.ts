import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * A regex and a line to try it on. `text`: as it stands in the text of a Perl program, where `\Q...\E` quotes; without
 * variables. Else it comes from a variable, as Tenshi's rules do.
 */
export type Pair = readonly [regex: string, line: string, how?: 'text'];

/** What the real Perl says of a pair; places count characters. */
export type Judgement =
  | { readonly refused: string }
  | { readonly found: false }
  | {
      readonly found: true;
      readonly start: number;
      readonly end: number;
      readonly groups: readonly (readonly [start: number, end: number] | null)[];
      readonly masked: string;
    };

const SCRIPT = fileURLToPath(new URL('./judge.pl', import.meta.url));
const MAX_OUTPUT = 256 * 1024 * 1024;

const asked = spawnSync('perl', ['-MJSON::PP', '-e', 'print $]'], { encoding: 'utf8' });

export const perlIsHere = asked.status === 0;
/** As a number: 5.036 is perl 5.36. 0 without perl. */
export const perlVersion = Number(asked.stdout ?? 0);

/** Has Perl judge all pairs in one process. */
export function judge(pairs: readonly Pair[]): readonly Judgement[] {
  const { status, stdout, stderr } = spawnSync('perl', [SCRIPT], {
    input: JSON.stringify(pairs),
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT,
  });
  if (status !== 0) throw new Error(`perl ended with ${status}: ${stderr}`);
  const parsed: readonly Judgement[] = JSON.parse(stdout);
  return parsed;
}
