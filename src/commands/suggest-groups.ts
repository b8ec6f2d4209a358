import { writeFileSync } from 'node:fs';
import { reasonOf } from '../base/errors.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { amount } from '../base/text/layout.js';
import { KIND_LIMITS, KindFinder, NO_KIND } from '../rule/suggest/find-kinds.js';
import { startProgress } from './progress.js';
import { RepeatableFiles } from './repeatable-files.js';
import { PlainSource } from './suggest-sources.js';

/** The name of the group of messages whose kind was dropped, since there were too many. */
const NO_GROUP = '-';

/** Writes one name of a group a line: that of the kind of each line of the files, in their order. */
export async function writeGroups(files: readonly string[], out: string, io: Io): Promise<ExitCode> {
  const finder = new KindFinder();
  const shapes = new Numbers();
  let failed = false;
  const progress = await startProgress(files, io);
  const source = new PlainSource(files, {
    files: new RepeatableFiles(io.stdin, 0),
    progress,
    onOverrun() {},
    onUnreadable(file, reason) {
      failed = true;
      io.stderr.write(`${escapeControl(file)}: cannot be read: ${reason}\n`);
    },
  });
  await source.read({ addOpen: ({ text }) => shapes.push(finder.add(text)), addTaken() {} });
  progress.stop();
  const { rows, unsorted, kindOf } = finder.finish();
  const written = write(out, shapes, (shape) => nameOf(kindOf(shape)), io);
  if (!written) return 1;
  io.stderr.write(`${amount(shapes.length, 'message')} in ${amount(rows.length, 'kind')}\n`);
  if (unsorted > 0)
    io.stderr.write(
      `${amount(unsorted, 'message')} without a kind (${NO_GROUP}): more than ${KIND_LIMITS.maxKinds} kinds, or nothing to be learned from them\n`,
    );
  return failed ? 1 : 0;
}

function nameOf(kind: number): string {
  return kind === NO_KIND ? NO_GROUP : String(kind);
}

/** So many names are written at once. */
const BATCH = 100_000;

function write(out: string, shapes: Numbers, nameOf: (shape: number) => string, io: Io): boolean {
  const put = (text: string, flag: 'w' | 'a'): void => {
    if (out === '-') io.stdout.write(text);
    else writeFileSync(out, text, { flag });
  };
  try {
    put('', 'w');
    for (let from = 0; from < shapes.length; from += BATCH)
      put(
        `${shapes
          .slice(from, from + BATCH)
          .map(nameOf)
          .join('\n')}\n`,
        'a',
      );
    return true;
  } catch (error) {
    io.stderr.write(`${escapeControl(`tayori suggest: ${out} cannot be written: ${reasonOf(error)}`)}\n`);
    return false;
  }
}

/** A list of whole numbers in 4 bytes each: one for each message of a log. */
class Numbers {
  #numbers = new Int32Array(1024);
  length = 0;

  push(number: number): void {
    if (this.length === this.#numbers.length) {
      const more = new Int32Array(2 * this.length);
      more.set(this.#numbers);
      this.#numbers = more;
    }
    this.#numbers[this.length++] = number;
  }

  slice(from: number, to: number): number[] {
    return Array.from(this.#numbers.subarray(from, Math.min(to, this.length)));
  }
}
