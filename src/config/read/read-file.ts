import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { codeOf, reasonOf } from '../../base/errors.js';
import { fileIdOf } from '../../base/file-id.js';
import { decodeText } from '../../base/text/decode.js';

/** Far more than any config holds; keeps a log named by mistake from filling the memory. */
const LARGEST_FILE = 16 * 1024 * 1024;

export interface ConfigLine {
  readonly text: string;
  /** Whether all its bytes are UTF-8. Those that are not stand as `\xNN`. */
  readonly utf8: boolean;
}

/** A config file as lines, or the reason why it cannot be read. `identity` is the same for all names of a file. */
export type ConfigFile =
  | { readonly ok: true; readonly identity: string; readonly lines: readonly ConfigLine[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads a config file whole. The main file may be a pipe (`-c <(...)`); an included one may not, since to open a
 * FIFO that nobody writes to would wait for ever.
 */
export function readConfigFile(path: string, role: 'main' | 'included'): ConfigFile {
  try {
    const status = statSync(path);
    if (status.isDirectory()) return { ok: false, reason: 'it is a folder' };
    if (!status.isFile() && !(role === 'main' && status.isFIFO()))
      return { ok: false, reason: 'it is no plain file' };
    const bytes = readAll(path);
    if (!bytes) return { ok: false, reason: `it is larger than ${LARGEST_FILE / 1024 / 1024} MiB` };
    return { ok: true, identity: fileIdOf(status), lines: splitLines(bytes) };
  } catch (error) {
    return { ok: false, reason: whyUnreadable(error) };
  }
}

/** Why the system did not let us, in words of ours where we have some. */
export function whyUnreadable(error: unknown): string {
  return REASONS[String(codeOf(error))] ?? reasonOf(error);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is none',
  ENOTDIR: 'it is no folder, or a part of its path is none',
  EACCES: 'permission denied',
  ELOOP: 'a loop of symbolic links',
  ENAMETOOLONG: 'its name is too long',
};

/** null when there is more than a config can be. */
function readAll(path: string): Buffer | null {
  const descriptor = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; size <= LARGEST_FILE; ) {
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

/** Lines without their ends: the CR of CRLF is no part of the text, nor is a byte order mark. */
function splitLines(bytes: Buffer): ConfigLine[] {
  const marked = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK);
  const content = marked ? bytes.subarray(3) : bytes;
  if (!isUtf8(content)) return splitBytes(content);
  return content
    .toString('utf8')
    .split('\n')
    .map((line) => ({ text: withoutReturn(line), utf8: true }));
}

/** Which lines are not UTF-8 is only to be seen one by one. */
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
