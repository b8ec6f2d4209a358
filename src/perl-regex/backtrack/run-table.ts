/** Before all offsets. */
const NOWHERE = -1;

/**
 * Memoised ranges of the text for runs such as `.*`, by the number of the run, so that a run that begins in a known range
 * is not scanned again.
 */
export class RunTable {
  /** All characters between these offsets belong to the run. -1: none known. */
  readonly spanFrom: Int32Array;
  readonly spanTo: Int32Array;
  /**
   * Dead offsets: what follows the run has failed there. Two ranges for each run, both ends included; an empty range is from
   * 0 to `NOWHERE`.
   */
  readonly #deadFrom: Int32Array;
  readonly #deadTo: Int32Array;

  constructor(runs: number) {
    this.spanFrom = new Int32Array(runs).fill(NOWHERE);
    this.spanTo = new Int32Array(runs).fill(NOWHERE);
    this.#deadFrom = new Int32Array(2 * runs);
    this.#deadTo = new Int32Array(2 * runs).fill(NOWHERE);
  }

  /** All characters from `first` to `last` belong to the run. */
  stretch(run: number, first: number, last: number): void {
    const from = this.spanFrom[run] as number;
    const to = this.spanTo[run] as number;
    const touches = from >= 0 && first <= to && last >= from;
    this.spanFrom[run] = touches ? Math.min(from, first) : first;
    this.spanTo[run] = touches ? Math.max(to, last) : last;
  }

  isInSpan(run: number, place: number): boolean {
    return place >= (this.spanFrom[run] as number) && place <= (this.spanTo[run] as number);
  }

  /**
   * The offsets from `first` to `last` are dead; `before` and `after` are those next to them. A run is tried from its end to
   * its beginning, so a new range at the end joins the old one later.
   */
  bury(run: number, first: number, last: number, before: number, after: number): void {
    const old = 2 * run;
    const fresh = old + 1;
    const joinsOld = this.#join(old, first, last, before, after);
    const joinsFresh = this.#join(fresh, first, last, before, after);
    if (joinsOld && joinsFresh) {
      this.#join(old, this.#deadFrom[fresh] as number, this.#deadTo[fresh] as number, NOWHERE, last);
      this.#set(fresh, 0, NOWHERE);
    } else if (!joinsOld && !joinsFresh) {
      if (this.#lengthOf(fresh) > this.#lengthOf(old))
        this.#set(old, this.#deadFrom[fresh] as number, this.#deadTo[fresh] as number);
      this.#set(fresh, first, last);
    }
  }

  isDead(run: number, place: number): boolean {
    const at = this.#stretchOf(run, place);
    return place >= (this.#deadFrom[at] as number) && place <= (this.#deadTo[at] as number);
  }

  /** The start of the dead range around this offset, which is dead. */
  firstDead(run: number, place: number): number {
    return this.#deadFrom[this.#stretchOf(run, place)] as number;
  }

  /** The end of the dead range around this offset, which is dead. */
  lastDead(run: number, place: number): number {
    return this.#deadTo[this.#stretchOf(run, place)] as number;
  }

  /** The last dead offset before this one, which is not dead; -1: none. */
  deadBefore(run: number, place: number): number {
    const old = this.#deadTo[2 * run] as number;
    const fresh = this.#deadTo[2 * run + 1] as number;
    return Math.max(old < place ? old : NOWHERE, fresh < place ? fresh : NOWHERE);
  }

  #set(at: number, first: number, last: number): void {
    this.#deadFrom[at] = first;
    this.#deadTo[at] = last;
  }

  #lengthOf(at: number): number {
    return (this.#deadTo[at] as number) - (this.#deadFrom[at] as number);
  }

  /** Extends a range by another that overlaps or touches it; false if it does neither. */
  #join(at: number, first: number, last: number, before: number, after: number): boolean {
    const from = this.#deadFrom[at] as number;
    const to = this.#deadTo[at] as number;
    if (to === NOWHERE || before > to || after < from) return false;
    this.#set(at, Math.min(from, first), Math.max(to, last));
    return true;
  }

  #stretchOf(run: number, place: number): number {
    const fresh = 2 * run + 1;
    const isFresh = place >= (this.#deadFrom[fresh] as number) && place <= (this.#deadTo[fresh] as number);
    return isFresh ? fresh : fresh - 1;
  }
}
