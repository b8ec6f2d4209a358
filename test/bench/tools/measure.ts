import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** What one run of a program took, in seconds. `cpu`: of all its threads, user and system. */
export interface Run {
  readonly wall: number;
  readonly cpu: number;
}

/** Several runs of one thing. */
export interface Measured {
  readonly median: number;
  /** How far the runs lay apart: (slowest - fastest) / median. */
  readonly noise: number;
}

/** Runs a program with a file as its standard input; rejects when it fails. */
export async function timed(command: readonly string[], input: string): Promise<Run> {
  const stdin = openSync(input, 'r');
  // The shell's `times` tells the processor time of what it ran.
  const child = spawn('/bin/sh', ['-c', '"$@" >/dev/null || exit; times', 'sh', ...command], {
    stdio: [stdin, 'pipe', 'inherit'],
  });
  closeSync(stdin);
  const began = process.hrtime.bigint();
  let told = '';
  child.stdout?.on('data', (text) => {
    told += text;
  });
  await ended(child);
  const wall = Number(process.hrtime.bigint() - began) / 1e9;
  const times = [...told.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s));
  return { wall, cpu: (times[2] ?? 0) + (times[3] ?? 0) };
}

export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${child.spawnargs.join(' ')} ended with ${code ?? signal}`));
    });
  });
}

/** The middle of several values, and how far they lay apart. */
export function middle(values: readonly number[]): Measured {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 0;
  return { median, noise: ((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)) / median };
}

/** The most memory a process has held so far, in bytes. */
export function peakMemory(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

/** Processor time that a process has used so far, in seconds. */
export function cpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export const thousands = (n: number): string => Math.round(n).toLocaleString('en-US');
export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Rows of text in columns. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
