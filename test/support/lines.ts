/** Collects what is handed on, and resolves when there is enough of it. */
export interface Collected<T> {
  readonly all: T[];
  add(...more: T[]): void;
  /** Resolves when at least so many are there. */
  until(count: number): Promise<T[]>;
  /** Resolves with the first that fits, be it there already or not. */
  first(fits: (one: T) => boolean): Promise<T>;
}

/** Waits for events, never for time. */
export function collect<T>(): Collected<T> {
  const all: T[] = [];
  const waiting = new Set<() => void>();

  function when<R>(find: () => R | undefined): Promise<R> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  }

  return {
    all,
    add(...more) {
      all.push(...more);
      for (const look of [...waiting]) look();
    },
    until: (count) => when(() => (all.length >= count ? all : undefined)),
    first: (fits) => when(() => all.find(fits)),
  };
}
