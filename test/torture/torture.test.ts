import { expect, it } from 'vitest';
import { openLetterBox } from './letter-box.js';
import { openPostfix, whyNoPostfix } from './postfix.js';
import { suspendOverMinutes } from './suspend-over-minutes.js';
import { type Figures, torture } from './torture.js';

const IS_LONG = process.env.TAYORI_TORTURE === 'long';

/** A failing run can be had again with its seed, as far as the machine plays along. */
const SEED = Number(process.env.TAYORI_SEED ?? Date.now() % 1_000_000);

const KILLS = IS_LONG ? 200 : 15;
const LONGEST = IS_LONG ? 3_600_000 : 240_000;

it(
  `${KILLS} times kill -9 while logs are written and rotated: every line once`,
  async () => {
    const figures = await torture({ seed: SEED, kills: KILLS, box: await openLetterBox() });
    expectEachOnce(figures);
    expect(figures.rotations).toBeGreaterThan(KILLS / 2);
  },
  LONGEST,
);

const noPostfix = whyNoPostfix();
if (IS_LONG && noPostfix !== null) console.warn(`a real Postfix is not tried: ${noPostfix}`);

it.skipIf(!IS_LONG || noPostfix !== null)(
  'a Postfix that is stopped and started while the daemon is killed: every line once',
  async () => {
    const figures = await torture({ seed: SEED, kills: 40, box: await openPostfix() });
    expectEachOnce(figures);
    expect(figures.outages).toBeGreaterThan(0);
  },
  LONGEST,
);

it.skipIf(!IS_LONG)(
  'suspended over minutes: a letter that was due meanwhile comes once, and so does each after it',
  async () => {
    const { minutes, wrong } = await suspendOverMinutes(await openLetterBox());
    console.info(`suspended over ${minutes} minutes`);
    expect(wrong).toEqual([]);
  },
  LONGEST,
);

function expectEachOnce(figures: Figures): void {
  const words = inWords(figures);
  console.info(words);
  const { lost, twice, wrong } = figures;
  const found = { lost: inRanges(lost), twice: twice.slice(0, 20), wrong: wrong.slice(0, 20) };
  expect(found, `${words}\n${figures.words}`).toEqual({ lost: [], twice: [], wrong: [] });
}

/** `[now] a 7`, `[now] a 8` as `[now] a 7-8`: which lines went together tells how they were lost. */
function inRanges(lines: readonly string[]): string[] {
  const ranges: { of: string; first: number; last: number }[] = [];
  for (const line of lines) {
    const [, of = '', number = ''] = /^(.*) (\d+)$/.exec(line) ?? [];
    const range = ranges.at(-1);
    if (range?.of === of && range.last === Number(number) - 1) range.last++;
    else ranges.push({ of, first: Number(number), last: Number(number) });
  }
  return ranges.map(({ of, first, last }) => `${of} ${first}-${last}`);
}

function inWords(figures: Figures): string {
  const { kills, suspended, outages, rotations, ways, lines, letters, again, lost, twice } = figures;
  const each = [...ways].map(([way, times]) => `${way} ${times}`).join(', ');
  return (
    `seed ${SEED}: ${kills} kills survived, ${suspended} suspensions, ${outages} mail server outages, ` +
    `${rotations} rotations (${each}), ${lines} lines, ${letters} letters (${again} came again, the same bytes), ` +
    `lost ${lost.length}, twice ${twice.length}`
  );
}
