import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RSYSLOGD, tortureRelp } from './relp.js';

const IS_LONG = process.env.TAYORI_TORTURE === 'long';
const MESSAGES = IS_LONG ? 200_000 : 4_000;
const TIMES = IS_LONG ? 30 : 2;

/** A failing run can be had again with its seed, as far as the machine plays along. */
const SEED = Number(process.env.TAYORI_SEED ?? Date.now() % 1_000_000);

it.skipIf(!process.env.CI && !existsSync(RSYSLOGD))(
  `RELP: ${MESSAGES} messages of a real rsyslog, ${TIMES} times kill -9, ${TIMES} cuts: none is lost, and no more come twice than had no answer`,
  async () => {
    const { words, ...figures } = await tortureRelp({
      messages: MESSAGES,
      kills: TIMES,
      cuts: TIMES,
      seed: SEED,
    });
    console.info(`RELP, seed ${SEED}:`, figures);
    expect(figures.lost, words).toBe(0);
    expect(figures.repeated, words).toBeLessThanOrEqual(figures.unanswered);
    expect(figures.unanswered).toBeGreaterThan(0);
  },
  IS_LONG ? 1_800_000 : 240_000,
);
