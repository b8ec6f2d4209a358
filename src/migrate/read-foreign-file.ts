import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../base/compare.js';
import { readConfigFile, whyUnreadable } from '../config/read/read-file.js';

/** A line of a file of another program, counted from 1. */
export interface ForeignLine {
  readonly number: number;
  readonly text: string;
  /** Whether all its bytes are UTF-8; other bytes stand in `text` as `\xNN`. */
  readonly utf8: boolean;
}

export type ForeignFile =
  | { readonly ok: true; readonly lines: readonly ForeignLine[] }
  | { readonly ok: false; readonly reason: string };

/** Reads a file as a config is read: of at most 16 MiB, without the CR of CRLF. A FIFO is not opened. */
export function readForeignFile(path: string): ForeignFile {
  const read = readConfigFile(path, 'included');
  if (!read.ok) return read;
  return { ok: true, lines: read.lines.map(({ text, utf8 }, at) => ({ number: at + 1, text, utf8 })) };
}

/** Names in a folder; more are not read, as one was named that holds something else. */
const MAX_NAMES = 20_000;

export type ForeignFolder =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** The names of the plain files in a folder, links to such files included, in byte order. */
export function listForeignFolder(path: string): ForeignFolder {
  try {
    const names = readdirSync(path);
    if (names.length > MAX_NAMES) return { ok: false, reason: `it holds more than ${MAX_NAMES} files` };
    return { ok: true, names: names.filter((name) => kindOfPath(join(path, name)) === 'file').sort(compare) };
  } catch (error) {
    return { ok: false, reason: whyUnreadable(error) };
  }
}

/** Whether something is there, and what. */
export function kindOfPath(path: string): 'file' | 'folder' | 'other' | 'none' {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (!status) return 'none';
    return status.isFile() ? 'file' : status.isDirectory() ? 'folder' : 'other';
  } catch {
    return 'none';
  }
}
