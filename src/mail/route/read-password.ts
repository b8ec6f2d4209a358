import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../../base/errors.js';
import type { PasswordSource } from './route.js';

export type ReadPassword =
  | { readonly ok: true; readonly password: string }
  | { readonly ok: false; readonly reason: string };

/** Longer than any password (bytes); a file named by mistake is not read to its end. */
const MAX_PASSWORD_BYTES = 4096;

/** Reads a password where it is kept. The newline at its end is no part of it; no reason repeats any of it. */
export async function readPassword(source: PasswordSource, env: NodeJS.ProcessEnv): Promise<ReadPassword> {
  if (source.kind === 'text') return { ok: true, password: source.text };
  const place = placeOf(source, env);
  if (place === null) {
    const reason = `no password: systemd did not set CREDENTIALS_DIRECTORY; write LoadCredential=${nameOf(source)}:/PATH into the unit`;
    return { ok: false, reason };
  }
  try {
    const text = await readStart(place);
    const password = text.replace(/\r?\n$/, '');
    if (password === '') return { ok: false, reason: `no password: ${place} is empty` };
    if (password.length >= MAX_PASSWORD_BYTES || /[\0\r\n]/.test(password))
      return { ok: false, reason: `no password: ${place} holds more than one line of text` };
    return { ok: true, password };
  } catch (error) {
    return { ok: false, reason: `no password: ${reasonOf(error)}` };
  }
}

function placeOf(source: PasswordSource, env: NodeJS.ProcessEnv): string | null {
  if (source.kind === 'file') return source.path;
  return env.CREDENTIALS_DIRECTORY ? join(env.CREDENTIALS_DIRECTORY, nameOf(source)) : null;
}

function nameOf(source: PasswordSource): string {
  return source.kind === 'credential' ? source.name : '';
}

/** Not blocking: a FIFO that nobody writes to would hold up all mail. */
async function readStart(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_PASSWORD_BYTES), 0, MAX_PASSWORD_BYTES);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
