import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { forAll, type Transport } from './transport.js';

/**
 * Puts letters into a Maildir (https://cr.yp.to/proto/maildir.html): written and synced in tmp, then linked into new.
 * The name comes from the Message-ID alone, so a letter that is tried twice is there once.
 */
export function maildirTransport(folder: string): Transport {
  return {
    async deliver({ to, messageId, mime }) {
      try {
        for (const part of ['tmp', 'new', 'cur'])
          await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
        await put(folder, nameOf(messageId), mime);
        return forAll(to, { kind: 'sent' });
      } catch (error) {
        return { kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
      }
    },
    close() {},
  };
}

function nameOf(messageId: string): string {
  return `${createHash('sha256').update(messageId).digest('hex').slice(0, 32)}.tayori`;
}

async function put(folder: string, name: string, mime: Buffer): Promise<void> {
  const draft = join(folder, 'tmp', name);
  const place = join(folder, 'new', name);
  if ((await exists(place)) || (await exists(join(folder, 'cur', `${name}:2,S`)))) return;
  const file = await open(draft, 'w', 0o600);
  try {
    // Mail readers on Unix expect plain newlines in their files.
    await file.writeFile(mime.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
    await file.sync();
  } finally {
    await file.close();
  }
  await link(draft, place);
  await unlink(draft);
  await syncFolder(join(folder, 'new'));
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

/** A name is only safe on the disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
