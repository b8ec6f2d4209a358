import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { reading, text, timed } from './reading.js';

/** As containers have it: `containers/P.log`, a link to `pods/P/0.log`. */
function container(): { folder: string; target: string } {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'containers'));
  mkdirSync(join(folder, 'pods', 'P'), { recursive: true });
  const target = join(folder, 'pods', 'P', '0.log');
  writeFileSync(target, 'one\n');
  symlinkSync('../pods/P/0.log', join(folder, 'containers', 'P.log'));
  return { folder, target };
}

describe('a log that is a link', () => {
  it.each(
    [
      ['while it runs', false],
      ['while nothing runs', true],
    ].flatMap(([when, stopped]) =>
      [null, 'gzip'].map((packer) => [when, packer ?? 'not packed', stopped, packer] as const),
    ),
  )('is rotated where it leads, %s, %s: nothing is lost', async (_when, _how, stopped, packer) => {
    const { folder, target } = container();
    const { lines, losses, look, stop } = reading({ folder, patterns: ['containers/*.log'] });
    await look();
    for (const n of [2, 3]) {
      if (stopped) stop();
      appendFileSync(target, `${n}\n`);
      renameSync(target, `${target}.20261129-10000${n}`);
      if (packer) execFileSync(packer, [`${target}.20261129-10000${n}`]);
      writeFileSync(target, `after ${n}\n`);
      await look();
    }
    expect(lines).toEqual(['one', '2', 'after 2', '3', 'after 3']);
    expect(losses).toEqual([]);
  });

  it('is rotated several times while nothing runs, and leads nowhere just now', async () => {
    const { folder, target } = container();
    const { lines, look, stop } = reading({ folder, patterns: ['containers/P.log'] });
    await look();
    stop();
    for (const n of [2, 3]) {
      appendFileSync(target, `${n}\n`);
      renameSync(target, `${target}.20261129-10000${n}`);
    }
    await look();
    writeFileSync(target, '4\n');
    await look();
    expect(lines).toEqual(['one', '2', '3', '4']);
  });

  it('comes to lead to another file: the one before is read to its end, also when nothing ran', async () => {
    for (const stopped of [false, true]) {
      const { folder, target } = container();
      const { lines, look, stop } = reading({ folder, patterns: ['containers/*.log'] });
      await look();
      if (stopped) stop();
      appendFileSync(target, 'two\n');
      writeFileSync(join(folder, 'pods', 'P', '1.log'), 'three\n');
      rmSync(join(folder, 'containers', 'P.log'));
      symlinkSync('../pods/P/1.log', join(folder, 'containers', 'P.log'));
      await look();
      expect(lines).toEqual(['one', 'two', 'three']);
    }
  });

  it.skipIf(!existsSync('/dev/shm'))(
    'to another disk, copied and emptied there with a line unread: it comes from the copy',
    async () => {
      const disk = mkdtempSync('/dev/shm/tayori-');
      onTestFinished(() => rmSync(disk, { recursive: true }));
      for (const stopped of [false, true]) {
        const { folder, log, lines, losses, look, stop } = reading({ patterns: [`x${stopped}.log`] });
        const target = join(disk, `y${stopped}.log`);
        writeFileSync(target, 'one\n');
        symlinkSync(target, log);
        await look();
        if (stopped) stop();
        appendFileSync(target, 'two\n');
        copyFileSync(target, `${target}.1`);
        truncateSync(target);
        appendFileSync(target, 'three\n');
        await look();
        expect(lines).toEqual(['one', 'two', 'three']);
        expect(losses).toEqual([]);
        expect(existsSync(folder)).toBe(true);
      }
    },
  );

  it('to a link: it is rotated at the end of both', async () => {
    const { folder, target } = container();
    mkdirSync(join(folder, 'docker'));
    const end = join(folder, 'docker', 'id-json.log');
    renameSync(target, end);
    symlinkSync(end, target);
    const { lines, look, stop } = reading({ folder, patterns: ['containers/P.log'] });
    await look();
    stop();
    appendFileSync(end, 'two\n');
    renameSync(end, `${end}.1`);
    writeFileSync(end, 'three\n');
    await look();
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('in a circle is told and survived', async () => {
    const { log, events, look } = reading();
    symlinkSync(log, log);
    await look();
    expect(events).toEqual([{ kind: 'unreadable', path: log, reason: expect.stringContaining('ELOOP') }]);
  });
});

describe('a file under several names', () => {
  /** `app/*.log` above `auth.log`, as a config may have them. */
  const patterns = ['app/*.log', 'auth.log'];

  function place(): { folder: string; auth: string; link: string } {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'app'));
    return { folder, auth: join(folder, 'auth.log'), link: join(folder, 'app', 'x.log') };
  }

  it.each([
    ['a link', symlinkSync],
    ['a second name', linkSync],
  ])('%s that a glob finds takes no log from the config, and leaves no trace', async (_name, make) => {
    for (const start of ['beginning', 'end'] as const) {
      const { folder, auth, link } = place();
      const { lines, look, stop } = reading({ folder, patterns, start });
      writeFileSync(auth, text(timed('old', 1, 3)));
      make(auth, link);
      await look();
      appendFileSync(auth, text(timed('line', 1, 1)));
      await look();
      stop();
      rmSync(link);
      appendFileSync(auth, text(timed('line', 2, 2)));
      await look();
      const old = start === 'beginning' ? timed('old', 1, 3) : [];
      expect(lines).toEqual([...old, ...timed('line', 1, 2)]);
    }
  });

  it('a link that came while nothing ran, or was read before its log was there, gives it up', async () => {
    const { folder, auth, link } = place();
    const { lines, events, look, stop } = reading({ folder, patterns, start: 'end' });
    writeFileSync(join(folder, 'other.log'), 'old\n');
    symlinkSync('../other.log', link);
    await look();
    appendFileSync(join(folder, 'other.log'), 'one\n');
    await look();
    renameSync(join(folder, 'other.log'), auth);
    appendFileSync(auth, 'two\n');
    await look();
    rmSync(link);
    symlinkSync('../auth.log', link);
    appendFileSync(auth, 'three\n');
    await look();
    stop();
    rmSync(link);
    appendFileSync(auth, 'four\n');
    await look();
    expect(lines).toEqual(['one', 'two', 'three', 'four']);
    expect(events).toContainEqual({ kind: 'same-file', path: link, as: auth });
  });

  it('positions that an older version kept for the link are taken over', async () => {
    const { folder, auth, link } = place();
    const before = reading({ folder, patterns: ['app/*.log'] });
    writeFileSync(auth, text(timed('line', 1, 2)));
    symlinkSync('../auth.log', link);
    await before.look();
    before.stop();
    appendFileSync(auth, text(timed('line', 3, 3)));
    for (const isLinkThere of [true, false]) {
      const after = reading({ folder, patterns, start: 'end' });
      for (const [key, position] of before.kept)
        (after.kept as Map<string, typeof position>).set(key, position);
      if (!isLinkThere) rmSync(link);
      await after.look();
      expect(after.lines).toEqual(timed('line', 3, 3));
      expect(after.losses).toEqual([]);
      expect([...after.kept.values()].map(({ path }) => path)).toEqual([auth]);
      after.stop();
    }
  });

  it('a real name goes before a link in the same glob, whichever was seen first', async () => {
    const { folder, lines, kinds, kept, look } = reading({ patterns: ['*.log'] });
    const [real, link] = [join(folder, 'b.log'), join(folder, 'a.log')];
    mkdirSync(join(folder, 'there'));
    writeFileSync(join(folder, 'there', 'b.log'), 'one\n');
    symlinkSync(join(folder, 'there', 'b.log'), link);
    await look();
    linkSync(join(folder, 'there', 'b.log'), real);
    appendFileSync(real, 'two\n');
    await look();
    await look();
    expect(lines).toEqual(['one', 'two']);
    expect(kinds()).toContain('same-file');
    expect([...kept.values()].map(({ path }) => path)).toEqual([real]);
  });

  it.each([
    ['while it runs', false],
    ['while nothing runs', true],
  ])('a log renamed to another that the glob finds is read on there, %s', async (_when, stopped) => {
    const { folder, lines, losses, clock, look, stop } = reading({ patterns: ['*.log'] });
    const [from, to] = [join(folder, 'b.log'), join(folder, 'a.log')];
    writeFileSync(from, text(timed('line', 1, 2)));
    await look();
    if (stopped) stop();
    renameSync(from, to);
    appendFileSync(to, text(timed('line', 3, 3)));
    await look();
    await look();
    clock.advance(61_000);
    await look();
    appendFileSync(to, text(timed('line', 4, 4)));
    await look();
    expect(lines).toEqual(timed('line', 1, 4));
    expect(losses).toEqual([]);
  });

  it('a log that the config names under another path now is read on', async () => {
    const before = reading({ patterns: ['x.log'] });
    writeFileSync(before.log, text(timed('line', 1, 2)));
    await before.look();
    before.stop();
    renameSync(before.log, join(before.folder, 'y.log'));
    const after = reading({ folder: before.folder, patterns: ['y.log'], start: 'end' });
    for (const [key, position] of before.kept)
      (after.kept as Map<string, typeof position>).set(key, position);
    appendFileSync(after.log, text(timed('line', 3, 3)));
    await after.look();
    expect(after.lines).toEqual(timed('line', 3, 3));
  });
});

it('an inode that another log had before hides no file of this one', async () => {
  const { folder, log, lines, kept, look, stop } = reading({ patterns: ['x.log', 'y.log'] });
  writeFileSync(log, 'one\n');
  writeFileSync(join(folder, 'y.log'), 'other\n');
  await look();
  stop();
  appendFileSync(log, 'two\n');
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
  const { ino } = statSync(`${log}.1`);
  for (const [key, position] of [...kept])
    if (key.includes('y.log'))
      (kept as Map<string, typeof position>).set(`${key} of old`, {
        ...position,
        inode: String(ino),
        stage: 'rotated',
      });
  await look();
  expect(lines).toEqual(['one', 'other', 'two']);
});
