import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findGroup, findUser } from '../../src/config/check/find-account.js';

/** The first accounts of a file of this machine, by name and number. */
function someOf(file: string): string[] {
  const rows = readFileSync(file, 'utf8').trim().split('\n').slice(0, 8);
  return rows.map((row) => row.split(':')).flatMap(([name = '', , number = '']) => [name, number]);
}

function getent(table: string, name: string): string[] {
  return execFileSync('getent', [table, name], { encoding: 'utf8' }).trim().split(':');
}

describe('accounts of this machine are those that getent knows', () => {
  it.each(someOf('/etc/passwd'))('the user %s', (name) => {
    const [account, , uid, gid, , home] = getent('passwd', name);
    const expected = { name: account, uid: Number(uid), gid: Number(gid), home };
    expect(findUser(name)).toEqual({ kind: 'found', account: expected });
  });

  it.each(someOf('/etc/group'))('the group %s', (name) => {
    const [account, , gid] = getent('group', name);
    expect(findGroup(name)).toEqual({ kind: 'found', account: { name: account, gid: Number(gid) } });
  });

  it.each(['nobody-of-this-name', '4294900000', 'root:x', '-root', ''])('nobody is %j', (name) => {
    expect(findUser(name)).toEqual({ kind: 'unknown' });
    expect(findGroup(name)).toEqual({ kind: 'unknown' });
  });
});
