import { type Engine, nodeEngine, packageEngine } from '../../../src/store/sqlite/engine.js';

/** Each engine that there is with this Node.js, under its name. */
export const ENGINES: [string, Engine][] = [nodeEngine(), packageEngine()]
  .filter((engine) => engine !== null)
  .map((engine) => [engine.name, engine]);
