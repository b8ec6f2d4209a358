import { createRequire } from 'node:module';
import { NotLoadable } from './not-loadable.js';
import type { Bound } from './values.js';

/** What is used of `DatabaseSync` of node:sqlite (https://nodejs.org/api/sqlite.html). */
export interface EngineConnection {
  exec(sql: string): void;
  prepare(sql: string): EngineStatement;
  function(
    name: string,
    options: { readonly varargs: boolean; readonly useBigIntArguments: boolean },
    work: (...given: unknown[]) => unknown,
  ): void;
  close(): void;
}

/** What is used of `StatementSync`. */
export interface EngineStatement {
  run(...given: Bound[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  get(...given: Bound[]): unknown;
  all(...given: Bound[]): unknown[];
  setReadBigInts(on: boolean): void;
}

/** SQLite in one of its two forms. */
export interface Engine {
  readonly name: 'node:sqlite' | '@photostructure/sqlite';
  open(path: string, options: { readonly readOnly: boolean }): EngineConnection;
}

let loaded: Engine | null = null;

/** Node's own SQLite where it has one (22.13 and later), else the package. Throws NotLoadable where neither is. */
export function sqliteEngine(): Engine {
  loaded ??= nodeEngine() ?? packageEngine();
  return loaded;
}

type Connections = new (path: string, options: { readonly readOnly: boolean }) => EngineConnection;

/** Null where this Node.js has none, or one that has no functions yet. */
export function nodeEngine(): Engine | null {
  const { DatabaseSync } =
    withoutExperimentalWarning(
      () => process.getBuiltinModule('node:sqlite') as Partial<Readonly<Record<'DatabaseSync', Connections>>>,
    ) ?? {};
  return DatabaseSync && 'function' in DatabaseSync.prototype ? engine('node:sqlite', DatabaseSync) : null;
}

export function packageEngine(): Engine {
  const require = createRequire(import.meta.url);
  try {
    const { DatabaseSync } = require('@photostructure/sqlite') as Readonly<
      Record<'DatabaseSync', Connections>
    >;
    return engine('@photostructure/sqlite', DatabaseSync);
  } catch (error) {
    throw new NotLoadable(error);
  }
}

function engine(name: Engine['name'], connections: Connections): Engine {
  return { name, open: (path, options) => new connections(path, options) };
}

/** Node.js 22 warns that its SQLite may change: that is for us to know, not for whoever runs tayori. */
function withoutExperimentalWarning<Loaded>(load: () => Loaded): Loaded {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (rest[0] !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
