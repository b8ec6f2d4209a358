import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { letterText, startDaemon } from '../daemon/start-daemon.js';
import { maildir } from '../support/maildir.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/*
 * swatchdog 3.2.4 (Debian: swatch) and SEC 2.9 (Debian: sec) go by the clock on the wall, and are given a whole log at
 * once: its lines are of one moment for them. So they are compared on what N hits within a window do.
 */

/** The last word of each line is its number. */
const IPS = ['1', '1', '2', '1', '1', '2', '1', '1', '2', '1'];
const TEXTS = IPS.map((ip, at) => `sshd: Invalid user u${at} from 192.0.2.${ip}`);
const LOG = TEXTS.map((text) => `Nov 20 10:00:00 web1 ${text}\n`).join('');

const isHere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

let folder = '';
beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(join(folder, 'log'), LOG);
});

function numbersIn(output: string): number[] {
  return [...output.matchAll(/user u(\d+)\b/g)].map(([, number]) => Number(number));
}

function swatchdog(threshold: string): number[] {
  const conf = join(folder, 'swatch.conf');
  writeFileSync(
    conf,
    `watchfor /Invalid user (\\S+) from (\\S+)/\n  threshold track_by=$2,${threshold}\n  echo\n`,
  );
  const args = [`--config-file=${conf}`, `--examine=${join(folder, 'log')}`, `--script-dir=${folder}`];
  return numbersIn(spawnSync('swatchdog', args, { encoding: 'utf8', timeout: 30_000 }).stdout);
}

function sec(): number[] {
  const conf = join(folder, 'sec.conf');
  writeFileSync(
    conf,
    [
      'type=SingleWithThreshold',
      'ptype=RegExp',
      String.raw`pattern=Invalid user (\S+) from (\S+)`,
      'desc=address $2',
      'action=write - user $1 ',
      'window=600',
      'thresh=3',
    ].join('\n'),
  );
  const args = [`--conf=${conf}`, `--input=${join(folder, 'log')}`, '--fromstart', '--notail'];
  return numbersIn(spawnSync('sec', args, { encoding: 'utf8', timeout: 30_000 }).stdout);
}

/** Which lines make a page, one line a poll: the letters of a queue that goes at once. */
async function tayori(directive: string): Promise<number[]> {
  const running = await startDaemon(
    `set state state\nset queue q f@x.org t@x.org [now] Q\nset flush_on_signal off\n${directive}\nq ^sshd: Invalid user \\S+ from (?<ip>\\S+)\n`,
  );
  const pages: number[] = [];
  for (const [at, text] of TEXTS.entries()) {
    const before = maildir(running.folder).length;
    running.write(text);
    await running.daemon.poll();
    if (maildir(running.folder).length > before) pages.push(at);
  }
  expect(maildir(running.folder).map(letterText).join('')).toContain('user u');
  return pages;
}

describe.skipIf(!isHere('swatchdog') && !process.env.CI)('beside swatchdog', () => {
  it('each third hit of an address passes a window, as of its threshold of type threshold', async () => {
    expect(swatchdog('type=threshold,count=3,seconds=600')).toEqual([3, 7, 8]);
    expect(await tayori('set window q 3 10m by ip')).toEqual([3, 7, 8]);
  });

  it('the first hit of an address passes a throttle, as of its threshold of type limit', async () => {
    expect(swatchdog('type=limit,count=1,seconds=600')).toEqual([0, 2]);
    expect(await tayori('set throttle q 10m by ip')).toEqual([0, 2]);
  });

  it('its type both tells the third hit and then nothing: a window with a throttle', async () => {
    expect(swatchdog('type=both,count=3,seconds=600')).toEqual([3, 8]);
    expect(await tayori('set window q 3 10m by ip\nset throttle q 10m by ip')).toEqual([3, 8]);
  });
});

describe.skipIf(!isHere('sec') && !process.env.CI)('beside SEC', () => {
  it('SingleWithThreshold acts at the third hit, names the first, and is silent for its window; a window counts anew', async () => {
    // One action an address, with what the event that began the window matched.
    expect(sec()).toEqual([0, 2]);
    expect(await tayori('set window q 3 10m by ip')).toEqual([3, 7, 8]);
    expect(await tayori('set window q 3 10m by ip\nset throttle q 10m by ip')).toEqual([3, 8]);
  });
});
