import { link, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { beforeEach, describe, expect, it } from 'vitest';
import { sealLetter } from '../../../src/letter/mime/seal-letter.js';
import { maildirTransport } from '../../../src/mail/transport/maildir-transport.js';
import type { Envelope } from '../../../src/mail/transport/transport.js';
import { aHost, aLetter } from '../../letter/a-letter.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

let base = '';
let folder = '';

beforeEach(() => {
  base = temporaryFolder();
  folder = join(base, 'deep', 'Maildir');
});

function envelope(changes: Partial<Envelope> = {}): Envelope {
  const mime = Buffer.from('Subject: x\r\n\r\nbody\r\n');
  return {
    from: 'a@b',
    to: ['c@d', 'e@f'],
    messageId: '<1@vm>',
    sealed: 1_795_131_846_000,
    mime,
    ...changes,
  };
}

const SENT = {
  kind: 'answered',
  outcomes: new Map([
    ['c@d', { kind: 'sent' }],
    ['e@f', { kind: 'sent' }],
  ]),
};

const deliver = (changes: Partial<Envelope> = {}) => maildirTransport(folder).deliver(envelope(changes));
const filesIn = (part: string) => readdir(join(folder, part));

describe('a Maildir', () => {
  it('is made, for nobody else to read, and gets the letter once for all recipients', async () => {
    expect(await deliver()).toEqual(SENT);
    const [name = '', ...more] = await filesIn('new');
    expect(more).toEqual([]);
    expect(name).toMatch(/^1795131846\.[0-9a-f]{32}\.vm$/);
    expect(await readFile(join(folder, 'new', name), 'utf8')).toBe('Subject: x\n\nbody\n');
    expect((await stat(join(folder, 'new', name))).mode & 0o777).toBe(0o600);
    for (const part of ['', 'tmp', 'new', 'cur'])
      expect((await stat(join(folder, part))).mode & 0o777).toBe(0o700);
    expect(await filesIn('tmp')).toEqual([]);
    expect(await filesIn('cur')).toEqual([]);
  });

  it('holds a letter that a mail reader can read', async () => {
    const letter = aLetter({ subject: '便り', hosts: [aHost('ホスト', [[2, 'ディスク']])] });
    await deliver(await sealLetter(letter, { id: 'x', version: '0' }));
    const [name = ''] = await filesIn('new');
    const mail = await PostalMime.parse(await readFile(join(folder, 'new', name)));
    expect(mail.subject).toBe('便り [a]');
    expect(mail.text).toContain('\nホスト: \n    2: ディスク\n');
  });

  it('gets two letters as two files', async () => {
    await deliver();
    await deliver({ messageId: '<2@vm>' });
    expect(await filesIn('new')).toHaveLength(2);
  });

  it('keeps foreign names and letters that are there', async () => {
    await mkdir(join(folder, 'new'), { recursive: true });
    for (const name of ['1.x.y', 'a:b', '日本']) await writeFile(join(folder, 'new', name), name);
    await deliver();
    expect(await filesIn('new')).toHaveLength(4);
    expect(await readFile(join(folder, 'new', '日本'), 'utf8')).toBe('日本');
  });

  it.each<[string, string]>([
    ['a path', '<../../../../etc/passwd@../../x>'],
    ['nothing', ''],
    ['control characters', '<\n\0@\n>'],
    ['a thousand characters', `<1@${'x'.repeat(1000)}>`],
  ])('takes a Message-ID of %s', async (_name, messageId) => {
    expect(await deliver({ messageId })).toEqual(SENT);
    const [name = ''] = await filesIn('new');
    expect(name).toMatch(/^1795131846\.[0-9a-f]{32}\.[A-Za-z0-9.-]{1,64}$/);
  });
});

describe('a letter that is tried twice', () => {
  it.each<[string, (name: string) => Promise<void>]>([
    ['is there once while it is new', async () => {}],
    [
      'is not there again when it was seen',
      (name) => rename(join(folder, 'new', name), join(folder, 'cur', `${name}:2,S`)),
    ],
    [
      'is not there again when it was answered and flagged',
      (name) => rename(join(folder, 'new', name), join(folder, 'cur', `${name}:2,FRS`)),
    ],
    [
      'is there once when the first try died between link and unlink',
      (name) => link(join(folder, 'new', name), join(folder, 'tmp', name)),
    ],
  ])('%s', async (_name, meanwhile) => {
    await deliver();
    const [name = ''] = await filesIn('new');
    await meanwhile(name);
    expect(await deliver()).toEqual(SENT);
    expect([...(await filesIn('new')), ...(await filesIn('cur'))]).toHaveLength(1);
    expect(await filesIn('tmp')).toEqual([]);
  });

  it('is whole when the first try died in the middle of writing', async () => {
    await deliver();
    const [name = ''] = await filesIn('new');
    await rm(join(folder, 'new', name));
    await writeFile(join(folder, 'tmp', name), 'Subject: half and much, much longer than the whole');
    expect(await deliver()).toEqual(SENT);
    expect(await readFile(join(folder, 'new', name), 'utf8')).toBe('Subject: x\n\nbody\n');
  });

  it('does not follow a link that somebody put in its way', async () => {
    await deliver();
    const [name = ''] = await filesIn('new');
    await rm(join(folder, 'new', name));
    await writeFile(join(base, 'precious'), 'precious');
    await symlink(join(base, 'precious'), join(folder, 'tmp', name));
    expect(await deliver()).toMatchObject({ kind: 'unreachable' });
    expect(await readFile(join(base, 'precious'), 'utf8')).toBe('precious');
  });
});

describe('a Maildir that cannot be', () => {
  it('is unreachable, with the reason', async () => {
    await writeFile(join(base, 'deep'), 'a file');
    expect(await deliver()).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringContaining('ENOTDIR'),
    });
  });
});
