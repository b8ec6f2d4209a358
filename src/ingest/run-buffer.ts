import { MAX_HELD_RUNS, type RunHit } from '../queue/exec/run.js';

/** Characters of hits that are held until a commit is due; a line may have 256 KB. */
const MAX_TEXT = 8_000_000;

/** Hits for which programs are to run, since the last commit. */
export class RunBuffer {
  #hits: RunHit[] = [];
  #length = 0;

  add(hit: RunHit): void {
    this.#hits.push(hit);
    this.#length += hit.line.length + hit.message.length;
  }

  /** Whether there are so many, or so long ones, that they should be committed before the next lines. */
  get full(): boolean {
    return this.#hits.length >= MAX_HELD_RUNS || this.#length >= MAX_TEXT;
  }

  get hits(): readonly RunHit[] {
    return this.#hits;
  }

  onCommitted(): void {
    this.#hits = [];
    this.#length = 0;
  }
}
