import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { codeOf, reasonOf } from '../../base/errors.js';
import { fileIdOf } from '../../base/file-id.js';
import { decodeText } from '../../base/text/decode.js';

/** Bytes; far more than any config holds. Keeps a log that is named by mistake from filling the memory. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

export interface ConfigLine {
  readonly text: string;
  /** Whether all bytes of the line are UTF-8. Other bytes stand in `text` as `\xNN`. */
  readonly utf8: boolean;
}

/** The lines of a config file, or why it cannot be read. `identity` is the same for all names of a file. */
export type ConfigFile =
  | { readonly ok: true; readonly identity: string; readonly lines: readonly ConfigLine[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads a whole config file. The main file may be a pipe (`-c <(...)`). An included one may not: opening a FIFO that
 * nobody writes to would wait for ever.
 */
export function readConfigFile(path: string, role: 'main' | 'included'): ConfigFile {
  try {
    const status = statSync(path);
    if (status.isDirectory()) return { ok: false, reason: 'it is a folder' };
    if (!status.isFile() && !(role === 'main' && status.isFIFO()))
      return { ok: false, reason: 'it is not a plain file' };
    const bytes = readAll(path);
    if (!bytes) return { ok: false, reason: `it is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB` };
    return { ok: true, identity: fileIdOf(status), lines: splitLines(bytes) };
  } catch (error) {
    return { ok: false, reason: whyUnreadable(error) };
  }
}

/** Why a file could not be read, in plain words where the error code is a common one. */
export function whyUnreadable(error: unknown): string {
  return REASONS[String(codeOf(error))] ?? reasonOf(error);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it, or a part of its path, is not a folder',
  EACCES: 'permission denied',
  ELOOP: 'a loop of symbolic links',
  ENAMETOOLONG: 'its name is too long',
};

/** The content of a file; null when it is larger than a config may be. */
function readAll(path: string): Buffer | null {
  const descriptor = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; size <= MAX_FILE_BYTES; ) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const length = readSync(descriptor, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
      size += length;
    }
    return null;
  } finally {
    closeSync(descriptor);
  }
}

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
const NEWLINE = 0x0a;

/** Splits a file into lines, without a byte order mark and the CR of CRLF. */
function splitLines(bytes: Buffer): ConfigLine[] {
  const marked = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK);
  const content = marked ? bytes.subarray(3) : bytes;
  if (!isUtf8(content)) return splitBytes(content);
  return content
    .toString('utf8')
    .split('\n')
    .map((line) => ({ text: withoutReturn(line), utf8: true }));
}

/** Splits bytes that are not all UTF-8, to find out which lines are not. */
function splitBytes(bytes: Buffer): ConfigLine[] {
  const lines: ConfigLine[] = [];
  for (let start = 0; start <= bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    lines.push({ text: withoutReturn(decodeText(line)), utf8: isUtf8(line) });
    start = end + 1;
  }
  return lines;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
