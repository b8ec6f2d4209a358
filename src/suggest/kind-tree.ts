import { VALUE } from './cells.js';
import type { Row } from './rows.js';
import { isState } from './words.js';

interface Node<T> {
  readonly next: Map<string, Node<T>>;
  /** Set at the end of a way. */
  value?: T;
}

/** Finds what takes a row: what was entered by its keys, of which `VALUE` stands for any but marks and states. */
export class KindTree<T> {
  readonly #root: Node<T> = { next: new Map() };

  enter(keys: readonly string[], value: T): void {
    let node = this.#root;
    for (const key of keys) {
      let next = node.next.get(key);
      if (next === undefined) {
        next = { next: new Map() };
        node.next.set(key, next);
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
    const exact = node.next.get(key);
    const found = exact && this.#findFrom(exact, at + 1, row);
    if (found !== undefined || key === VALUE || row.cells[at]?.kind === 'mark' || isState(key)) return found;
    const any = node.next.get(VALUE);
    return any && this.#findFrom(any, at + 1, row);
  }
}
