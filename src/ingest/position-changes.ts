import { fileIdOf } from '../base/file-id.js';
import type { FilePosition } from '../source/file/line-batch.js';

/** Positions of files that have changed since the last commit. */
export class PositionChanges {
  #moved = new Map<string, FilePosition>();
  #forgotten: FilePosition[] = [];
  /** Positions of followed files in the state: what has not changed need not be written again. */
  #committed = new Map<string, FilePosition>();

  /** Something was told that only the positions of now tell not again. */
  #isDue = false;

  get isEmpty(): boolean {
    return this.#moved.size === 0 && this.#forgotten.length === 0 && !this.#isDue;
  }

  /** Something is told of a file: the next commit, whatever it is made for, must hold its position, too. */
  expect(): void {
    this.#isDue = true;
  }

  /** The file was read up to there. */
  move(position: FilePosition): void {
    this.#moved.set(keyOf(position), position);
  }

  /** The file is not followed any more. */
  forget(position: FilePosition): void {
    this.#moved.delete(keyOf(position));
    this.#forgotten.push(position);
  }

  /** Takes the positions of all files at once: those of a log and its rotated file depend on each other. */
  takeAll(positions: readonly FilePosition[]): void {
    for (const position of positions)
      if (this.#committed.get(keyOf(position)) !== position) this.move(position);
  }

  /** For the state. */
  changes(): { readonly positions: readonly FilePosition[]; readonly forgotten: readonly FilePosition[] } {
    return { positions: [...this.#moved.values()], forgotten: this.#forgotten };
  }

  /** The changes are in the state. */
  onCommitted(): void {
    for (const position of this.#forgotten) this.#committed.delete(keyOf(position));
    for (const [key, position] of this.#moved) this.#committed.set(key, position);
    this.#begin();
  }

  /** Discards the changes, and what is known of the state: all files are read again from there. */
  clear(): void {
    this.#committed = new Map();
    this.#begin();
  }

  #begin(): void {
    this.#moved = new Map();
    this.#forgotten = [];
    this.#isDue = false;
  }
}

/** The key of a position in the state. */
function keyOf({ path, device, inode }: FilePosition): string {
  return `${path}\n${fileIdOf({ dev: device, ino: inode })}`;
}
