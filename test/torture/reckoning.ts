import PostalMime from 'postal-mime';
import type { Arrived } from './letter-box.js';

/** How often each line (`WRITER NUMBER`) was told, by queue. */
export type Told = Map<string, Map<string, number>>;

const ROW = /^ +(\d+): (.*)$/;
const LINE = /^torture: writer (\S+) line (\d+) x*$/;

export interface ReadLetters {
  readonly told: Told;
  readonly letters: number;
  readonly again: number;
}

/** Counts what letters tell, into `told`: each Message-ID once. What must never be goes to `wrong`, in words. */
export async function readLetters(
  arrived: readonly Arrived[],
  wrong: string[],
  told: Told = new Map(),
): Promise<ReadLetters> {
  const first = new Map<string, Arrived>();
  let again = 0;
  for (const one of arrived) {
    const before = first.get(one.messageId);
    if (before) {
      again++;
      if (before.raw !== one.raw) wrong.push(`${one.messageId} came twice with other bytes`);
      if (before.start === one.start) wrong.push(`${one.messageId} came twice though nothing was killed`);
      continue;
    }
    first.set(one.messageId, one);
    await readLetter(one, told, wrong);
  }
  return { told, letters: first.size, again };
}

async function readLetter({ raw, messageId }: Arrived, told: Told, wrong: string[]): Promise<void> {
  const letter = await PostalMime.parse(raw);
  const queue = /\[(\w+)\]$/.exec(letter.subject ?? '')?.[1] ?? 'unknown';
  for (const line of (letter.text ?? '').split('\n')) {
    if (line === '' || line === 'web1: ') continue;
    const row = ROW.exec(line);
    if (!row || !add(told, queue, row[2] ?? '', Number(row[1]))) wrong.push(`${messageId}: ${line}`);
  }
}

/** Counts what waits in the state. */
export function addTally(
  rows: readonly { readonly queue: string; readonly message: string; readonly count: number }[],
  told: Told,
  wrong: string[],
): void {
  for (const { queue, message, count } of rows)
    if (!add(told, queue, message, count)) wrong.push(`in the state: [${queue}] ${message}`);
}

function add(told: Told, queue: string, message: string, times: number): boolean {
  const match = LINE.exec(message);
  if (!match) return false;
  const line = `${match[1]} ${match[2]}`;
  const lines = told.get(queue) ?? new Map<string, number>();
  told.set(queue, lines.set(line, (lines.get(line) ?? 0) + times));
  return true;
}

/** Lays what was told beside what was written: each line once, in each queue. */
export function reckon(
  told: Told,
  queues: readonly string[],
  written: ReadonlyMap<string, number>,
): { readonly lost: string[]; readonly twice: string[] } {
  const [lost, twice]: [string[], string[]] = [[], []];
  for (const queue of queues)
    for (const [writer, lines] of written)
      for (let line = 1; line <= lines; line++) {
        const times = told.get(queue)?.get(`${writer} ${line}`) ?? 0;
        if (times === 0) lost.push(`[${queue}] ${writer} ${line}`);
        if (times > 1) twice.push(`[${queue}] ${writer} ${line} (${times})`);
      }
  return { lost, twice };
}
