import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const WRITER = '/lib/systemd/systemd-journal-remote';

/** Whether these tests can run. In CI they must: there a missing program is a fault of the tests. */
export const hasJournals: boolean = (() => {
  const missing = [WRITER, '/usr/bin/journalctl'].filter((program) => !existsSync(program));
  if (missing.length === 0) return true;
  const words = `${missing.join(' and ')} missing (apt-get install systemd systemd-journal-remote)`;
  if (process.env.CI) throw new Error(words);
  console.warn(`${words}, so what needs it is not tested`);
  return false;
})();

/** The value of a field; a list stands for a field that is there several times. */
type Value = string | Buffer;

/** An entry as it is written: when (ms since START), and its fields. */
export interface WrittenEntry {
  readonly at: number;
  readonly boot?: string;
  readonly fields: readonly (readonly [name: string, value: Value])[];
}

/** When the first entries of these journals were said (ms since 1970). */
export const START = Date.UTC(2026, 10, 20, 10, 0, 0);

const BOOT = '0123456789abcdef0123456789abcdef';

/** An entry of sshd on web1, so many ms behind START. */
export function entry(
  at: number,
  message: Value,
  fields: Readonly<Record<string, Value | null>> = {},
): WrittenEntry {
  const all = {
    _HOSTNAME: 'web1',
    SYSLOG_IDENTIFIER: 'sshd',
    _PID: '812',
    PRIORITY: '6',
    SYSLOG_FACILITY: '4',
    ...fields,
    MESSAGE: message,
  };
  return {
    at,
    fields: Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  };
}

/** So many entries `message N`, one each ms, from number `from` on. */
export function entries(
  count: number,
  from = 0,
  fields: Readonly<Record<string, Value | null>> = {},
): WrittenEntry[] {
  return Array.from({ length: count }, (_, at) => entry(from + at, `message ${from + at}`, fields));
}

/** In the journal export format: binary where it must be. */
export function exportOf(written: readonly WrittenEntry[]): Buffer {
  return Buffer.concat(
    written.flatMap(({ at, boot = BOOT, fields }) => [
      Buffer.from(
        `__REALTIME_TIMESTAMP=${(START + at) * 1000}\n__MONOTONIC_TIMESTAMP=${(1000 + at) * 1000}\n_BOOT_ID=${boot}\n`,
      ),
      ...fields.map(([name, value]) => exportField(name, value)),
      Buffer.from('\n'),
    ]),
  );
}

function exportField(name: string, value: Value): Buffer {
  const bytes = Buffer.from(value as Buffer);
  if (typeof value === 'string' && !value.includes('\n')) return Buffer.from(`${name}=${value}\n`);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${name}\n`), size, bytes, Buffer.from('\n')]);
}

/** A folder of real journal files, written by systemd-journal-remote. */
export class JournalFolder {
  readonly folder: string;
  #archived = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Writes at the end of the current file of a writer. */
  write(written: readonly WrittenEntry[], writer = 'system'): void {
    const file = join(this.folder, `${writer}.journal`);
    const { status, stderr } = spawnSync(WRITER, ['--split-mode=none', `--output=${file}`, '-'], {
      input: exportOf(written),
    });
    if (status !== 0) throw new Error(`no journal was written: ${stderr}`);
  }

  /** The current file gets the name of an old one. */
  rotate(writer = 'system'): void {
    this.#archived += 1;
    renameSync(this.#at(`${writer}.journal`), this.#at(`${writer}@${this.#archived}.journal`));
  }

  /** Old files are thrown away. */
  vacuum(): void {
    for (const name of readdirSync(this.folder)) if (name.includes('@')) rmSync(this.#at(name));
  }

  #at(name: string): string {
    return join(this.folder, name);
  }
}
