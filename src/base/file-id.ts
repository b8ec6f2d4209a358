/**
 * Device and inode as one text, `dev:ino`: the same for all names of a file, and for no other file that exists at the
 * same time. Call `stat` with bigint: both may exceed what a number holds.
 */
export function fileIdOf({ dev, ino }: FileNumbers): string {
  return `${dev}:${ino}`;
}

/** As `fs.Stats` and `fs.BigIntStats` have them, or as the decimal text of these. */
export interface FileNumbers {
  readonly dev: bigint | number | string;
  readonly ino: bigint | number | string;
}
