import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { linePrefix } from '../support/stamp.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { asRoot, startProcess } from './daemon-process.js';
import type { LetterBox } from './letter-box.js';
import { readLetters, reckon } from './reckoning.js';

/** How many of its minutes pass while it is suspended. */
const MINUTES = 3;

/**
 * Suspends the real program while its letter of each minute is due several times, with lines counted before: in the
 * end each line was told once, and no more letters came than there were minutes with something to tell.
 */
export async function suspendOverMinutes(
  box: LetterBox,
): Promise<{ readonly minutes: number; readonly wrong: string[] }> {
  const folder = temporaryFolder();
  const log = join(folder, 'x.log');
  const conf = join(folder, 'tenshi.conf');
  let lines = 0;
  const write = (): void => {
    lines++;
    appendFileSync(log, `${linePrefix()}torture: writer a line ${lines} \n`);
  };
  writeFileSync(
    conf,
    `${asRoot()}set letter plain\nset state ${join(folder, 'state')}\nset start beginning\nset sleep 0\nset mailserver 127.0.0.1:${box.port}\n` +
      `set logfile ${log}\nset queue later f@x.org t@x.org [* * * * *] S\nlater ^torture: \n`,
  );
  write();
  const daemon = startProcess(conf, () => {});
  await daemon.ready;
  await minuteAfter(1);
  await arrivals(box, 1);
  write();
  await pause(2000); // so that it is counted, and not only written, before all stands still
  await daemon.suspend();
  await minuteAfter(MINUTES);
  write();
  daemon.resume();
  await arrivals(box, 2);
  write();
  await minuteAfter(2);
  await daemon.kill();
  const wrong: string[] = [];
  const { told } = await readLetters(box.arrived, wrong);
  const { lost, twice } = reckon(told, ['later'], new Map([['a', lines]]));
  if (box.arrived.length > 4) wrong.push(`${box.arrived.length} letters for 4 lines`);
  return { minutes: MINUTES, wrong: [...wrong, ...lost, ...twice] };
}

/** Waits until so many minutes have begun, and a moment more. */
async function minuteAfter(minutes: number): Promise<void> {
  const now = Date.now();
  const begins = (Math.floor(now / 60_000) + minutes) * 60_000;
  await pause(begins - now + 1000);
}

async function arrivals(box: LetterBox, letters: number): Promise<void> {
  while (box.arrived.length < letters) await pause(50);
}
