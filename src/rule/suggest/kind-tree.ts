import { type Cell, VALUE } from './cells.js';
import { MIN_OPEN, type Row } from './rows.js';
import { isState } from './words.js';

interface Node<T> {
  readonly next: Map<string, Node<T>>;
  /** Set at the end of a way. */
  value?: T;
}

/** The key of a place that takes any text, states too. */
const OPEN = '\ufffd\uffff';

/** Finds what takes a message: what was entered by its keys, of which `VALUE` stands for any but marks and states. */
export class KindTree<T> {
  readonly #root: Node<T> = { next: new Map() };

  enter({ keys, places }: Row, value: T): void {
    let node = this.#root;
    for (const [at, key] of keys.entries()) {
      const way = key === VALUE && (places[at]?.spread ?? 0) >= MIN_OPEN ? OPEN : key;
      let next = node.next.get(way);
      if (next === undefined) {
        next = { next: new Map() };
        node.next.set(way, next);
      }
      node = next;
    }
    node.value ??= value;
  }

  /** Whether anything fits what begins with such a key. */
  hasFirst(key: string): boolean {
    const { next } = this.#root;
    return next.has(key) || next.has(VALUE) || next.has(OPEN);
  }

  /** Of what fits, what has more in common with a message from the left on; null for none. */
  find(cells: readonly Cell[]): T | null {
    return this.#findFrom(this.#root, 0, cells) ?? null;
  }

  #findFrom(node: Node<T>, at: number, cells: readonly Cell[]): T | undefined {
    const cell = cells[at];
    if (cell === undefined) return node.value;
    const { key, kind } = cell;
    const exact = this.#findBehind(node.next.get(key), at, cells);
    if (exact !== undefined || kind === 'mark') return exact;
    const open = this.#findBehind(node.next.get(OPEN), at, cells);
    if (open !== undefined || key === VALUE || isState(key)) return open;
    return this.#findBehind(node.next.get(VALUE), at, cells);
  }

  #findBehind(node: Node<T> | undefined, at: number, cells: readonly Cell[]): T | undefined {
    return node && this.#findFrom(node, at + 1, cells);
  }
}
