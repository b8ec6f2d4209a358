import { rmSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/base/time/duration.js';
import { Supervision } from '../../src/daemon/supervision.js';
import { MAX_SILENCE } from '../../src/daemon/watchdog.js';
import type { AttachableReceivers } from '../../src/ingest/receivers.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { NOON, startDaemon } from './start-daemon.js';

const MINUTE = 60_000;
const CONF = 'set sleep 5\nset queue a f@x.org t@x.org [30 12 * * *] S\na ^x\n';

interface Supervised {
  readonly supervision: Supervision;
  readonly clock: HeldClock;
  readonly told: string[];
  /** The signs of life since the last call: what each says, and when, in minutes. */
  signs(): [status: string, minute: number][];
}

/** Supervision of a daemon that is ready, by a service manager that waits for three minutes. */
function supervise(describe = (): string => 'well'): Supervised {
  const clock = heldClock(NOON);
  const told: string[] = [];
  let signs: [string, number][] = [];
  const supervision = new Supervision({
    manager: {
      channels: [],
      patience: 3 * MINUTE,
    },
    clock,
    monotonic: () => clock.now(),
    report: (text) => void told.push(text),
  });
  supervision.ready(() => {
    const status = describe();
    signs.push([status, (clock.now() - NOON) / MINUTE]);
    return status;
  });
  signs = [];
  return { supervision, clock, told, signs: () => signs.splice(0) };
}

describe('a watchdog', () => {
  it('is given three signs of life within its patience, which say how things stand', () => {
    const { clock, signs, told } = supervise();
    clock.advance(3 * MINUTE);
    expect(signs()).toEqual([
      ['well', 1],
      ['well', 2],
      ['well', 3],
    ]);
    expect(told).toEqual([]);
  });

  it('is given none when no look has ended for five minutes, which is told once, and again when looks end', () => {
    const { supervision, clock, signs, told } = supervise();
    clock.advance(10 * MINUTE);
    expect(signs().map(([, minute]) => minute)).toEqual([1, 2, 3, 4, 5]);
    expect(told).toEqual([
      'no poll of the logs has ended for 6 min; the service manager will restart tayori',
    ]);
    supervision.progressed(0);
    clock.advance(MINUTE);
    expect(signs()).toHaveLength(1);
    clock.advance(HOUR);
    expect(told).toHaveLength(2);
  });

  it('does not take the time until the next look for a look that hangs, however long `set sleep` is', () => {
    const { supervision, clock, signs } = supervise();
    supervision.progressed(2 * HOUR);
    supervision.progressed(0); // the commit behind a look
    clock.advance(2 * HOUR + MAX_SILENCE);
    expect(signs()).toHaveLength(125);
    clock.advance(HOUR);
    expect(signs()).toEqual([]);
  });

  it('is given none while the state cannot be read', () => {
    let isThere = true;
    const { supervision, clock, signs } = supervise(() => {
      if (!isThere) throw new Error('disk I/O error');
      return 'well';
    });
    for (const [there, expected] of [
      [true, 2],
      [false, 0],
      [true, 2],
    ] as const) {
      isThere = there;
      supervision.progressed(0);
      clock.advance(2 * MINUTE);
      expect(signs()).toHaveLength(expected);
    }
  });

  it('is given no more signs when the daemon ends', async () => {
    const { supervision, clock, signs } = supervise();
    await supervision.end();
    clock.advance(DAY);
    expect(signs()).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});

describe('a daemon makes progress', () => {
  const HANGING: AttachableReceivers = {
    attach() {},
    detach() {},
    poll: () => new Promise(() => {}),
    states: () => [],
    reports: () => [],
  };

  it('when a look ends, which tells the time until the next one, and when what it has read is committed', async () => {
    const progress: number[] = [];
    const { daemon, write } = await startDaemon(CONF, { onProgress: (rest) => void progress.push(rest) });
    expect(progress).toEqual([5000]);
    write('x 1');
    await daemon.poll();
    expect(progress).toEqual([5000, 5000, 0]);
    await daemon.poll();
    expect(progress).toEqual([5000, 5000, 0, 5000]);
  });

  it('not by looks that hang, though others begin, but by commits of what is read meanwhile', async () => {
    const clock = heldClock(NOON);
    const progress: number[] = [];
    const starting = startDaemon(CONF, {
      clock,
      receivers: HANGING,
      onProgress: (rest) => void progress.push(rest),
    });
    await until(() => clock.waiting > 0);
    clock.advance(MINUTE); // the poll that startDaemon waits for is given up
    const { daemon, write, looks } = await starting;
    void daemon.run();
    for (let minute = 0; minute < 30; minute++) {
      await turns();
      clock.advance(MINUTE);
    }
    expect(looks.length).toBeGreaterThan(10);
    expect(progress).toEqual([]);
    write('x 1');
    await until(() => daemon.files().some(({ position, size }) => size && position?.offset === size));
    expect(progress).toEqual([]);
    for (let look = 0; look < 2; look++) {
      await turns();
      clock.advance(MINUTE);
    }
    await until(() => progress.length > 0);
    expect(progress).toEqual([0]);
  });

  it('not while the state folder is gone and cannot be made again, though logs are watched', async () => {
    const folder = temporaryFolder();
    const progress: number[] = [];
    const { daemon, write } = await startDaemon(CONF, {
      state: `${folder}/state`,
      onProgress: (rest) => void progress.push(rest),
    });
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file in its place');
    await daemon.poll();
    write('x 1');
    await until(() => daemon.files().some(({ position, size }) => size && position?.offset === size));
    await daemon.poll();
    await daemon.stop();
    expect(progress).toEqual([5000]);
  });

  async function turns(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await setImmediate();
  }
});
