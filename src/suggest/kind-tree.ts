import { VALUE } from './cells.js';
import { MIN_OPEN, type Row } from './rows.js';
import { isState } from './words.js';

interface Node<T> {
  readonly next: Map<string, Node<T>>;
  /** Set at the end of a way. */
  value?: T;
}

/** The key of a place that takes any text, states too. */
const OPEN = '\ufffd\uffff';

/** Finds what takes a row: what was entered by its keys, of which `VALUE` stands for any but marks and states. */
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

  /** Of what fits, what has more in common with the row from the left on; null for none. */
  find(row: Row): T | null {
    return this.#findFrom(this.#root, 0, row) ?? null;
  }

  #findFrom(node: Node<T>, at: number, row: Row): T | undefined {
    if (at === row.keys.length) return node.value;
    const key = row.keys[at] as string;
    const exact = this.#findBehind(node.next.get(key), at, row);
    if (exact !== undefined || row.places[at]?.cell.kind === 'mark') return exact;
    const open = this.#findBehind(node.next.get(OPEN), at, row);
    if (open !== undefined || key === VALUE || isState(key)) return open;
    return this.#findBehind(node.next.get(VALUE), at, row);
  }

  #findBehind(node: Node<T> | undefined, at: number, row: Row): T | undefined {
    return node && this.#findFrom(node, at + 1, row);
  }
}
