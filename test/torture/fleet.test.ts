import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { hasPostgres } from '../support/postgres-server.js';
import { tortureFleet } from './fleet.js';

const IS_LONG = process.env.TAYORI_TORTURE === 'long';

/** A failing run can be had again with its seed, as far as the machine plays along. */
const SEED = Number(process.env.TAYORI_SEED ?? Date.now() % 1_000_000);

const COUNTS = IS_LONG ? { nodes: 60, databases: 10, cuts: 20 } : { nodes: 10, databases: 2, cuts: 7 };
const PACES = IS_LONG
  ? { between: 8000, away: 25_000, moment: 20_000 }
  : { between: 4000, away: 6000, moment: 5000 };

const hasFleet = existsSync(fileURLToPath(new URL('../../src/fleet/fleet.ts', import.meta.url)));

it.skipIf(!hasFleet || (!process.env.CI && !hasPostgres))(
  `three nodes, ${COUNTS.nodes} times kill -9, ${COUNTS.databases} times that of PostgreSQL, ${COUNTS.cuts} cuts: every line once, in one letter`,
  async () => {
    const { words, done, letters, notes, ...figures } = await tortureFleet({
      seed: SEED,
      counts: COUNTS,
      paces: PACES,
    });
    const { lost, twice, sums, wrong } = figures;
    const shown = {
      ...figures,
      lost: lost.length,
      twice: twice.length,
      sums: sums.length,
      wrong: wrong.length,
      done: Object.fromEntries([...done].sort()),
      letters: Object.fromEntries(letters),
      notes: Object.fromEntries(notes),
    };
    console.info(`fleet, seed ${SEED}:`, shown);
    const found = { lost: lost.slice(0, 20), twice: twice.slice(0, 20), sums, wrong: wrong.slice(0, 20) };
    expect(found, words).toEqual({ lost: [], twice: [], sums: [], wrong: [] });
  },
  IS_LONG ? 3_600_000 : 300_000,
);
