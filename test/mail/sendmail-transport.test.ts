import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sendmailTransport } from '../../src/mail/sendmail-transport.js';
import type { Envelope } from '../../src/mail/transport.js';
import { isRunning } from '../tayori.js';
import { temporaryFolder } from '../temporary-folder.js';
import { until } from '../until.js';

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
    [64, 'refused'],
    [65, 'refused'],
    [67, 'refused'],
    [68, 'refused'],
    [69, 'retry'],
    [70, 'retry'],
    [71, 'retry'],
    [75, 'retry'],
    [77, 'refused'],
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
    const outcome = { kind: 'retry', about: 'letter', reason: `${path} was broken off` };
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
