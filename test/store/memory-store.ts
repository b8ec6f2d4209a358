import { onTestFinished } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';

/** An empty store that lives as long as the test. */
export function memoryStore(): Store {
  const opened = openSqliteStore('');
  if (!opened.ok) throw new Error(opened.reason);
  onTestFinished(() => opened.store.end());
  return opened.store;
}
