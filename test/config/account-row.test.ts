import { describe, expect, it } from 'vitest';
import { accountRow } from '../../src/config/check/account-row.js';
import { findUser } from '../../src/config/check/find-account.js';

const PASSWD = `root:x:0:0:root:/root:/bin/bash
# a comment
#old:x:2001:2001::/home/old:/bin/sh
+nis:x:2002:2002::/h:/bin/sh
+
-gone:x:2003:2003::/h:/bin/sh

no-number::::/h:/bin/sh
no-group:x:2005:::/h:/bin/sh
word:x:abc:2006::/h:/bin/sh
short
hex:x:0x10:2019::/h:/bin/sh
exponent:x:2e3:2020::/h:/bin/sh
negative:x:-5:-5::/h:/bin/sh
large:x:4294967296:4294967296::/h:/bin/sh
blank:x: 2022:2022::/h:/bin/sh
twice:x:2011:2011:first:/h1:/bin/sh
twice:x:2012:2012:second:/h2:/bin/sh
later:x:2001:2001::/h:/bin/sh
carriage:x:2015:2015::/h:/bin/sh\r
last:x:2040:2040::/h:/bin/sh`;

describe('of the rows of /etc/passwd', () => {
  it.each([
    ['root', '0', '/root'],
    ['0', '0', '/root'],
    ['twice', '2011', '/h1'],
    ['2012', '2012', '/h2'],
    ['carriage', '2015', '/h'],
    ['last', '2040', '/h'],
  ])('%s is found', (name, uid, home) => {
    const row = accountRow(PASSWD, 'passwd', name);
    expect([row?.[2], row?.[5]]).toEqual([uid, home]);
  });

  it('a comment, or what NIS would add, is nobody', () => {
    expect(accountRow(PASSWD, 'passwd', '2001')?.[0]).toBe('later');
    expect(['2002', '2003'].map((number) => accountRow(PASSWD, 'passwd', number))).toEqual([null, null]);
  });

  it.each([
    'no-number', // not 0, which is root
    'no-group',
    'word',
    'short',
    'hex',
    'exponent',
    'negative',
    'large',
    'blank',
    'nobody-of-this-name',
  ])('%s is left to getent', (name) => {
    expect(accountRow(PASSWD, 'passwd', name)).toBeNull();
  });
});

it('a group needs no members, and an empty number is no 0', () => {
  const group = 'empty:x::\nfew:x:7\nlogs:x:8:a,b\n';
  expect(['empty', 'few', '8'].map((name) => accountRow(group, 'group', name)?.[2])).toEqual([
    undefined,
    '7',
    '8',
  ]);
});

it('a number of more than 32 bits is nobody, where getent would say that it is root', () => {
  expect(findUser('4294967296')).toEqual({ kind: 'unknown' });
});
