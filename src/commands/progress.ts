import { statSync } from 'node:fs';
import type { Io } from '../base/process/io.js';

/** Work under this many bytes is done before a progress bar could be read. */
const LONG_WORK = 50 * 1024 * 1024;

export interface Progress {
  /** So many bytes have been read. */
  update(bytes: number): void;
  stop(): void;
}

/** A bar on a terminal, when there is enough to read that one would wonder. `times`: how often each file is read. */
export async function startProgress(files: readonly string[], io: Io, times = 1): Promise<Progress> {
  const total = times * files.reduce((sum, file) => sum + sizeOf(file), 0);
  if (!io.stderr.isTTY || total < LONG_WORK) return { update() {}, stop() {} };
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({ clearOnComplete: true }, cliProgress.Presets.shades_classic);
  bar.start(total, 0);
  return bar;
}

/** Bytes of a file as it lies on the disk; 0 for standard input, and for what is not there. */
export function sizeOf(file: string): number {
  return file === '-' ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
}
