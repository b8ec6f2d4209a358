import { spawnSync } from 'node:child_process';
import { MAIN } from './tayori.js';

/** For `launch`: runs what stands behind it as nobody, with the group of that one alone. */
export const AS_NOBODY = [
  'perl',
  '-e',
  '($( , $)) = (65534, "65534 65534"); $< = $> = 65534; exec @ARGV or die',
];

/** Whether this process may do that, and nobody may read the program. */
export function canBeNobody(): boolean {
  const [program = '', ...words] = [...AS_NOBODY, 'test', '-r', MAIN];
  return process.geteuid?.() === 0 && spawnSync(program, words).status === 0;
}
