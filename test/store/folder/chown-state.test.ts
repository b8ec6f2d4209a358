import { chmodSync, linkSync, lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chownState } from '../../../src/store/folder/chown-state.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const OWNER = { uid: 12_345, gid: 12_346 };

function owner(path: string): { uid: number; gid: number } {
  const { uid, gid } = lstatSync(path);
  return { uid, gid };
}

function stateFolder(): string {
  const folder = join(temporaryFolder(), 'deep', 'state');
  mkdirSync(join(folder, 'Maildir', 'new'), { recursive: true, mode: 0o755 });
  for (const name of ['tayori.db', 'tayori.db-wal', 'lock', 'Maildir/new/1.letter'])
    writeFileSync(join(folder, name), '');
  return folder;
}

describe.runIf(process.getuid?.() === 0)('a state folder', () => {
  it('that is not there is made, for its owner alone, in a folder that stays with root', () => {
    const folder = join(temporaryFolder(), 'deep', 'state');
    chownState(folder, OWNER);
    expect(owner(folder)).toEqual(OWNER);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(owner(join(folder, '..'))).toEqual({ uid: 0, gid: 0 });
  });

  it('of root is handed over with all that is in it', () => {
    const folder = stateFolder();
    chownState(folder, OWNER);
    for (const name of [
      '',
      'tayori.db',
      'tayori.db-wal',
      'lock',
      'Maildir',
      'Maildir/new',
      'Maildir/new/1.letter',
    ])
      expect(owner(join(folder, name)), name).toEqual(OWNER);
  });

  it.each<[string, (target: string, link: string) => void]>([
    ['a symbolic link', symlinkSync],
    ['another name of a file', linkSync],
  ])('hands over no file elsewhere through %s', (_name, link) => {
    const folder = stateFolder();
    const precious = join(folder, '..', 'precious');
    writeFileSync(precious, '');
    link(precious, join(folder, 'tayori.db-shm'));
    link(precious, join(folder, 'Maildir', 'new', '2.letter'));
    chownState(folder, OWNER);
    expect(owner(precious)).toEqual({ uid: 0, gid: 0 });
    expect(owner(folder)).toEqual(OWNER);
  });

  it.each<[string, (folder: string) => void]>([
    ['that holds anything else, such as /var', (folder) => writeFileSync(join(folder, 'theirs'), '')],
    ['that others may write into, such as /tmp', (folder) => chmodSync(folder, 0o1777)],
    ['that its group may write into', (folder) => chmodSync(folder, 0o770)],
  ])('%s is left alone', (_name, prepare) => {
    const folder = stateFolder();
    prepare(folder);
    chownState(folder, OWNER);
    expect(owner(folder)).toEqual({ uid: 0, gid: 0 });
    expect(owner(join(folder, 'tayori.db'))).toEqual({ uid: 0, gid: 0 });
  });

  it('of somebody else is left alone: what lies in it may be of anybody', () => {
    const folder = stateFolder();
    chownState(folder, OWNER);
    const file = join(folder, 'tayori.db-shm');
    writeFileSync(file, '');
    chownState(folder, OWNER);
    expect(owner(file)).toEqual({ uid: 0, gid: 0 });
  });
});
