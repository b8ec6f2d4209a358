import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { patternsIn } from './rule-sets.js';
import { workFolder } from './work-folder.js';

/** One run of Hyperscan over the texts of a log: matching alone, without start, reading and compiling. */
export interface HyperscanRun {
  readonly accepted: number;
  readonly refused: number;
  readonly lines: number;
  /** Lines that a regex matched. */
  readonly matched: number;
  /** Seconds of processor time. */
  readonly cpu: number;
  readonly wall: number;
}

const SOURCE = join('test', 'bench', 'tools', 'hyperscan-peer.c'); // npm runs scripts in the folder of package.json

/** Compiles the peer; null where there is no C compiler, or no Hyperscan (Debian's libhyperscan-dev). */
export function compileHyperscanPeer(): string | null {
  const program = join(workFolder(), 'hyperscan-peer');
  try {
    execFileSync('cc', ['-O2', '-o', program, SOURCE, '-lhs'], { stdio: 'ignore' });
    return program;
  } catch {
    return null;
  }
}

/** Runs the regexes of a config, groups left out, on each line of `texts`. */
export function runHyperscan(program: string, conf: string, texts: string): HyperscanRun {
  const patterns = `${conf}.patterns`;
  writeFileSync(patterns, `${patternsIn(conf).join('\n')}\n`, 'latin1');
  return JSON.parse(execFileSync(program, [patterns, texts], { encoding: 'utf8' })) as HyperscanRun;
}
