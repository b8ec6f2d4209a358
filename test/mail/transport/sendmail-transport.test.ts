import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sendmailTransport } from '../../../src/mail/transport/sendmail-transport.js';
import { type Envelope, forAll, type Outcome } from '../../../src/mail/transport/transport.js';
import { isRunning } from '../../support/tayori.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { until } from '../../support/until.js';

let folder = '';

beforeEach(() => {
  folder = temporaryFolder();
});

/**
 * Another process writes it: while this one has a file open for writing, so has whatever another test starts meanwhile,
 * and such a file cannot be run (ETXTBSY).
 */
async function program(lines: string): Promise<string> {
  const path = join(folder, 'sendmail');
  execFileSync('sh', ['-c', 'cat > "$0" && chmod 755 "$0"', path], { input: `#!/bin/sh\n${lines}\n` });
  return path;
}

function envelope(changes: Partial<Envelope> = {}): Envelope {
  const mime = Buffer.from('Subject: x\r\n\r\n.\r\nlast\r\n');
  return { from: 'a@b', to: ['c@d', 'e@f'], messageId: '<1@h>', sealed: 0, mime, ...changes };
}

async function deliver(path: string, changes: Partial<Envelope> = {}, timeout = 10) {
  const delivery = await sendmailTransport(path, timeout).deliver(envelope(changes));
  return delivery.kind === 'answered' ? Object.fromEntries(delivery.outcomes) : delivery;
}

describe('a sendmail program', () => {
  it('gets the letter on its input, with the newlines of Unix', async () => {
    const path = await program(`cat > ${folder}/input`);
    expect(await deliver(path)).toEqual({ 'c@d': { kind: 'sent' }, 'e@f': { kind: 'sent' } });
    expect(await readFile(join(folder, 'input'), 'utf8')).toBe('Subject: x\n\n.\nlast\n');
  });

  it('gets sender and recipients as words that no shell and no option reader touches', async () => {
    const path = await program(`cat > /dev/null; printf '%s\\n' "$@" > ${folder}/args`);
    const to = ['-oQ/tmp', `$(touch ${folder}/pwned)`, "; rm 'x'", 'root'];
    await deliver(path, { from: '-bs', to });
    expect((await readFile(join(folder, 'args'), 'utf8')).split('\n')).toEqual([
      '-i',
      '-f',
      '-bs',
      '--',
      ...to,
      '',
    ]);
    await expect(readFile(join(folder, 'pwned'))).rejects.toThrow();
  });

  it.each<[number, string]>([
    [0, 'sent'],
    [1, 'retry'],
    [64, 'rejected'],
    [65, 'rejected'],
    [67, 'rejected'],
    [66, 'retry'],
    [68, 'retry'],
    [69, 'retry'],
    [70, 'retry'],
    [71, 'retry'],
    [75, 'retry'],
    [77, 'retry'],
    [78, 'retry'],
    [127, 'retry'],
  ])('that ends with status %i means %s', async (status, kind) => {
    const path = await program(`cat > /dev/null; echo so it goes >&2; exit ${status}`);
    const outcome = (await deliver(path, { to: ['c@d'] })) as Record<
      string,
      { kind: string; reason?: string }
    >;
    expect(outcome['c@d']?.kind).toBe(kind);
    if (status !== 0) expect(outcome['c@d']?.reason).toBe(`${path} ended with status ${status}: so it goes`);
  });

  /** Serves each recipient alone as its address says: `s65@x.org` ends with that status. */
  const picky = (several: string) =>
    program(`cat > /dev/null; shift 4; printf '%s\\n' "$*" >> ${folder}/calls
[ $# -gt 1 ] && ${several}
case $1 in s*) status=\${1#s}; echo no >&2; exit \${status%%@*};; esac`);

  it.each([
    ['65, because one is refused', 'exit 65'],
    ['70, because one is refused', 'exit 70'],
    ['1, because one is malformed', 'exit 1'],
    ['75', 'exit 75'],
    ['a signal', 'kill -SEGV $$'],
    ['no end', 'sleep 1000'],
  ])('that ends with %s: each recipient alone, so that all others get theirs', async (_name, several) => {
    const path = await picky(several);
    const to = ['ann@x.org', 's67@x.org', 's75@x.org', 'bob@x.org'];
    expect(await deliver(path, { to }, several.startsWith('sleep') ? 0.5 : 10)).toMatchObject({
      'ann@x.org': { kind: 'sent' },
      's67@x.org': { kind: 'rejected', reason: `${path} ended with status 67: no` },
      's75@x.org': { kind: 'retry', about: 'letter' },
      'bob@x.org': { kind: 'sent' },
    });
    expect((await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n')).toEqual([to.join(' '), ...to]);
  });

  it('that serves all is called once', async () => {
    const path = await picky('exit 0');
    await deliver(path, { to: ['ann@x.org', 'bob@x.org'] });
    expect(await readFile(join(folder, 'calls'), 'utf8')).toBe('ann@x.org bob@x.org\n');
  });

  it('that is broken off serves nobody else', async () => {
    const path = await picky('sleep 1000');
    const transport = sendmailTransport(path, 100);
    const delivery = transport.deliver(envelope({ to: ['ann@x.org', 'bob@x.org'] }));
    await until(() => existsSync(join(folder, 'calls')));
    transport.close();
    const outcome = { kind: 'retry', about: 'letter', reason: `${path} was cancelled` };
    expect(await delivery).toEqual(forAll(['ann@x.org', 'bob@x.org'], outcome as Outcome));
  });

  it.each<[string, number, string, unknown]>([
    [
      'a quota',
      65,
      'msmtp: server message: 550 5.4.5 Daily user sending quota exceeded',
      { kind: 'limited' },
    ],
    ['a 4xx', 65, 'msmtp: server message: 450 4.2.0 Greylisted', { kind: 'retry' }],
    [
      'a sender',
      65,
      'msmtp: envelope from address a@b not accepted by the server\nmsmtp: server message: 553 5.1.8 Sender address rejected',
      {
        kind: 'retry',
        about: 'sender',
        reason: expect.stringContaining('; the sender a@b is rejected: set mailfrom'),
      },
    ],
    [
      'a name',
      65,
      'msmtp: server message: 504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname',
      {
        kind: 'retry',
        about: 'recipient',
        reason: expect.stringMatching(/; correct this in the config of .*sendmail$/),
      },
    ],
    ['an unknown user', 65, 'msmtp: server message: 550 5.1.1 No such user', { kind: 'rejected' }],
  ])('that repeats what a server said of %s is understood', async (_name, status, words, expected) => {
    const path = await program(`cat > /dev/null; echo '${words}' >&2; exit ${status}`);
    expect(await deliver(path, { to: ['c@d'] })).toMatchObject({ 'c@d': expected });
  });

  it('that reads nothing is told by its status, however long the letter', async () => {
    const path = await program('exit 75');
    expect(await deliver(path, { to: ['c@d'], mime: Buffer.alloc(5_000_000, 'x') })).toMatchObject({
      'c@d': { kind: 'retry', about: 'letter' },
    });
  });

  it('that hangs is killed, with its children', async () => {
    const path = await program(`sleep 1000 & echo $! > ${folder}/pid; sleep 1000`);
    expect(await deliver(path, { to: ['c@d'] }, 0.3)).toMatchObject({
      'c@d': { kind: 'retry', reason: `${path} did not end within 0.3 s` },
    });
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    await until(() => !isRunning(pid));
  });

  it('that is killed by somebody else is tried again, and what it said is told', async () => {
    const path = await program('echo why >&2; kill -TERM $$');
    expect(await deliver(path, { to: ['c@d'] })).toEqual({
      'c@d': { kind: 'retry', about: 'letter', reason: `${path} was killed by SIGTERM: why` },
    });
  });

  it('that leaves a child behind is done when it has ended itself', async () => {
    const path = await program('cat > /dev/null; sleep 5 & exit 0');
    expect(await deliver(path, { to: ['c@d'] })).toEqual({ 'c@d': { kind: 'sent' } });
  });

  it('is ended when the transport is closed', async () => {
    const path = await program('echo ready >&2; sleep 1000');
    const transport = sendmailTransport(path, 100);
    const delivery = transport.deliver(envelope());
    transport.close();
    const outcome = { kind: 'retry', about: 'letter', reason: `${path} was cancelled` };
    expect(await delivery).toEqual({
      kind: 'answered',
      outcomes: new Map([
        ['c@d', outcome],
        ['e@f', outcome],
      ]),
    });
  });

  it('that complains without end is heard in part', async () => {
    const path = await program('cat > /dev/null; head -c 1000000 /dev/zero | tr "\\0" x >&2; exit 1');
    const outcome = (await deliver(path, { to: ['c@d'] })) as Record<string, { reason?: string }>;
    expect(outcome['c@d']?.reason?.length).toBeLessThan(1200);
  });

  it.each([
    ['is not there', 'nothing', 'ENOENT'],
    ['may not be run', 'plain', 'EACCES'],
  ])('that %s is unreachable', async (_name, file, code) => {
    await writeFile(join(folder, 'plain'), '');
    expect(await deliver(join(folder, file))).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringContaining(code),
    });
  });
});
