import { readFileSync } from 'node:fs';

/** A process of one machine, as its journal names it. */
export interface ProcessId {
  readonly pid: number;
  /** The boot in which it runs, without dashes; null: not known. */
  readonly boot: string | null;
}

export function thisProcess(): ProcessId {
  return { pid: process.pid, boot: readBoot() };
}

function readBoot(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().replaceAll('-', '');
  } catch {
    return null; // the number of the process says enough
  }
}
