import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, mkdir, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, reasonOf } from '../../base/errors.js';
import { type Envelope, forAll, type Transport } from './transport.js';

/**
 * Puts letters into a Maildir (https://cr.yp.to/proto/maildir.html): written and synced in tmp, then linked into new.
 * The name comes from the letter alone, so a letter that is tried twice is there once.
 */
export function maildirTransport(folder: string): Transport {
  return {
    async deliver(letter) {
      try {
        for (const part of ['tmp', 'new', 'cur'])
          await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
        await put(folder, nameOf(letter), letter.mime);
        return forAll(letter.to, { kind: 'sent' });
      } catch (error) {
        return { kind: 'unreachable', reason: reasonOf(error) };
      }
    },
    close() {},
  };
}

/** `SECONDS.HASH.HOST`: the time it was sealed, its Message-ID, and where. Nothing of it can leave the folder. */
function nameOf({ messageId, sealed }: Envelope): string {
  const hash = createHash('sha256').update(messageId).digest('hex').slice(0, 32);
  const host = /@([A-Za-z0-9.-]{1,64})/.exec(messageId)?.[1] ?? 'localhost';
  return `${Math.max(Math.floor(sealed / 1000), 0)}.${hash}.${host}`;
}

async function put(folder: string, name: string, mime: Buffer): Promise<void> {
  const draft = join(folder, 'tmp', name);
  if (await isThere(folder, name)) return await rm(draft, { force: true });
  await write(draft, mime);
  await publish(draft, join(folder, 'new', name));
  await syncFolder(join(folder, 'new'));
}

/** A mail reader moves a letter that was seen to cur, and appends its flags to the name. */
async function isThere(folder: string, name: string): Promise<boolean> {
  if (await exists(join(folder, 'new', name))) return true;
  const seen = await readdir(join(folder, 'cur'));
  return seen.some((one) => one === name || one.startsWith(`${name}:`));
}

/** Overwrites a draft that a crash has left; does not follow links. */
async function write(draft: string, mime: Buffer): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const file = await open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    // Mail readers on Unix expect plain newlines in their files.
    await file.writeFile(mime.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Linked, so that nothing is ever written over; renamed where the file system has no links. */
async function publish(draft: string, place: string): Promise<void> {
  try {
    await link(draft, place);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return await rename(draft, place);
    if (code !== 'EEXIST') throw error;
  }
  await unlink(draft);
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

/** A new name is durable only when its folder is synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
