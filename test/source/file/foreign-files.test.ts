import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reading, text, timed } from './reading.js';

const isRoot = process.getuid?.() === 0;

/** Somebody who is neither root nor the owner of any log here. */
const MALLORY = 12_345;
const OWNER = 23_456;

describe.skipIf(!isRoot)('a file that somebody else laid where rotated logs lie', () => {
  const plants: readonly [string, (log: string) => string][] = [
    [
      'in a folder of their own among the logs',
      (log) => {
        const folder = join(dirname(log), 'app');
        mkdirSync(folder);
        chownSync(folder, MALLORY, MALLORY);
        return join(folder, 'x.log.1');
      },
    ],
    [
      'in a folder that all may write into',
      (log) => {
        const folder = join(dirname(log), 'old');
        mkdirSync(folder);
        chmodSync(folder, 0o777);
        return join(folder, 'x.log.1');
      },
    ],
    [
      'beside the log, in a folder with the sticky bit',
      (log) => {
        chmodSync(dirname(log), 0o1777);
        return `${log}.1`;
      },
    ],
    [
      'in a folder that another group may write into',
      (log) => {
        const folder = join(dirname(log), 'old');
        mkdirSync(folder);
        chownSync(folder, 0, MALLORY);
        chmodSync(folder, 0o775);
        return join(folder, 'x.log.1');
      },
    ],
  ];

  it.each(
    plants.flatMap(([where, place]) =>
      [MALLORY, 0].flatMap((uid) => [false, true].map((stopped) => [where, uid, stopped, place] as const)),
    ),
  )('%s, user %i (stopped meanwhile: %s) is never read', async (where, uid, stopped, place) => {
    const { log, lines, look, stop } = reading();
    writeFileSync(log, text(timed('line', 1, 2)));
    await look();
    if (stopped) stop();
    const plant = place(log);
    if (uid === 0 && where.startsWith('beside')) return; // root's own, beside the log: that is a rotated log
    writeFileSync(plant, text(timed('planted', 1, 2)));
    chownSync(plant, uid, uid);
    renameSync(log, `${log}.2`);
    writeFileSync(log, text(timed('line', 3, 3)));
    await look();
    await look();
    expect(lines).toEqual(timed('line', 1, 3));
  });

  it('is told, when it may have been meant', async () => {
    const { log, lines, events, look } = reading();
    writeFileSync(log, text(timed('line', 1, 1)));
    chownSync(log, OWNER, OWNER);
    await look();
    writeFileSync(`${log}.1`, text(timed('planted', 1, 1)));
    chownSync(`${log}.1`, MALLORY, MALLORY);
    renameSync(log, `${log}.2`);
    writeFileSync(log, text(timed('line', 2, 2)));
    chownSync(log, OWNER, OWNER);
    await look();
    await look();
    expect(lines).toEqual(timed('line', 1, 2));
    expect(events.filter(({ kind }) => kind === 'unreadable')).toEqual([
      {
        kind: 'unreadable',
        path: `${log}.1`,
        log,
        reason: `it belongs to user ${MALLORY}, neither the owner of the log nor root, so it is not read as a part of the log; chown it if it is one`,
      },
    ]);
  });

  it('as a link to a file of the owner is not followed', async () => {
    const { folder, log, lines, look } = reading();
    writeFileSync(join(folder, 'secret'), text(timed('secret', 1, 2)));
    writeFileSync(log, text(timed('line', 1, 1)));
    await look();
    symlinkSync(join(folder, 'secret'), `${log}.1`);
    renameSync(log, `${log}.2`);
    writeFileSync(log, text(timed('line', 2, 2)));
    await look();
    expect(lines).toEqual(timed('line', 1, 2));
  });

  it('with what was read of the log in it, and more, while nothing ran', async () => {
    const { folder, log, lines, losses, look, stop } = reading();
    writeFileSync(log, text(timed('line', 1, 5)));
    await look();
    stop();
    mkdirSync(join(folder, 'app'));
    chownSync(join(folder, 'app'), MALLORY, MALLORY);
    writeFileSync(join(folder, 'app', 'x.log.1'), text([...timed('line', 1, 5), ...timed('planted', 6, 6)]));
    writeFileSync(`${log}.new`, text(timed('line', 7, 7)));
    renameSync(`${log}.new`, log);
    await look();
    expect(lines).toEqual([...timed('line', 1, 5), ...timed('line', 7, 7)]);
    expect(losses).toEqual([{ kind: 'replaced', path: log, read: expect.any(Number) }]);
  });
});

describe.skipIf(!isRoot)('a rotated file is read', () => {
  const places: readonly [string, (log: string) => string][] = [
    ['of the owner, beside the log', (log) => `${log}.2`],
    [
      "of the owner, in root's folder",
      (log) => {
        mkdirSync(join(dirname(log), 'old'));
        return join(dirname(log), 'old', 'x.log.2');
      },
    ],
    [
      "of the owner, in the owner's folder",
      (log) => {
        const folder = join(dirname(log), 'old');
        mkdirSync(folder);
        chownSync(folder, OWNER, OWNER);
        return join(folder, 'x.log.2');
      },
    ],
    [
      'of the owner, where the group that may write beside the log may write, too',
      (log) => {
        const folder = join(dirname(log), 'old');
        mkdirSync(folder);
        for (const one of [folder, dirname(log)]) {
          chownSync(one, 0, OWNER);
          chmodSync(one, 0o775);
        }
        return join(folder, 'x.log.2');
      },
    ],
  ];

  it.each(places.flatMap(([where, place]) => [OWNER, 0].map((uid) => [where, uid, place] as const)))(
    '%s, user %i',
    async (_where, uid, place) => {
      const { log, lines, look, stop } = reading();
      writeFileSync(log, text(timed('line', 1, 1)));
      chownSync(log, OWNER, OWNER);
      await look();
      stop();
      for (const n of [2, 3]) {
        appendFileSync(log, text(timed('line', n, n)));
        const rotated = n === 2 ? place(log) : `${log}.1`;
        renameSync(log, rotated);
        chownSync(rotated, uid, uid);
        writeFileSync(log, '');
        chownSync(log, OWNER, OWNER);
      }
      appendFileSync(log, text(timed('line', 4, 4)));
      await look();
      expect(lines).toEqual(timed('line', 1, 4));
    },
  );

  it('which was the log itself, whoever owns log and file by then', async () => {
    const { log, lines, look, stop } = reading();
    writeFileSync(log, text(timed('line', 1, 1)));
    chownSync(log, MALLORY, MALLORY);
    await look();
    stop();
    appendFileSync(log, text(timed('line', 2, 2)));
    renameSync(log, `${log}.1`);
    writeFileSync(log, text(timed('line', 3, 3)));
    chownSync(log, OWNER, OWNER);
    await look();
    expect(lines).toEqual(timed('line', 1, 3));
  });
});

describe('what lies behind a log holds it up no longer than a bound', () => {
  it('half a terabyte of nothing', async () => {
    const { log, lines, look, stop } = reading();
    writeFileSync(log, text(timed('line', 1, 1)));
    await look();
    stop();
    appendFileSync(log, text(timed('line', 2, 2)));
    renameSync(log, `${log}.2`);
    closeSync(openSync(`${log}.1`, 'w'));
    truncateSync(`${log}.1`, 500e9);
    appendFileSync(`${log}.1`, text(timed('line', 3, 3)));
    writeFileSync(log, text(timed('line', 4, 4)));
    await look();
    expect(lines).toEqual(timed('line', 1, 4));
  });

  it('a file that is read for long: the log is read beside it, and that is told', async () => {
    const { folder, log, lines, events, clock, look, stop } = reading();
    writeFileSync(log, text(timed('line', 1, 1)));
    await look();
    stop();
    const [block] = [text(timed('old', 1, 25_000))];
    for (let n = 0; n < 40; n++) appendFileSync(log, block);
    renameSync(log, `${log}.1`);
    execFileSync('gzip', ['-1', `${log}.1`]);
    writeFileSync(log, text(timed('line', 2, 2)));
    const looking = look();
    let at = -1;
    while (at < 0) {
      await new Promise(setImmediate);
      if (lines.length > 1000) clock.advance(31_000);
      at = lines.indexOf(timed('line', 2, 2)[0] ?? '');
    }
    expect(lines.length).toBeLessThan(1_000_000);
    expect(events).toContainEqual({ kind: 'long-backlog', path: log, at: join(folder, 'x.log.1.gz') });
    await looking;
    expect(lines).toHaveLength(2 + 25_000 * 40);
  });

  it('a packed file that unpacks to nothing for long: neither that log nor another waits for it', async () => {
    const { folder, log, lines, look, stop } = reading({ patterns: ['x.log', 'y.log'] });
    writeFileSync(log, text(timed('line', 1, 1)));
    writeFileSync(join(folder, 'y.log'), '');
    await look();
    stop();
    renameSync(log, `${log}.2`);
    execFileSync(
      'sh',
      [
        '-c',
        'for i in $(seq 300000); do echo; done | sed "s/.*//" | head -c 0 | gzip > e; for i in $(seq 16); do cat e e > f; mv f e; done; mv e x.log.1.gz',
      ],
      {
        cwd: folder,
      },
    );
    writeFileSync(log, text(timed('line', 2, 2)));
    appendFileSync(join(folder, 'y.log'), 'other\n');
    await look();
    expect(lines).toEqual([...timed('line', 1, 2), 'other']);
  });
});
