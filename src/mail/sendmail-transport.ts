import { spawn } from 'node:child_process';
import { forAll, type Outcome, type Transport } from './transport.js';

/** sysexits.h: trouble that will be the same next time - usage, data, unknown user or host, no permission. */
const FOR_GOOD = new Set([64, 65, 67, 68, 77]);

/** How much of the program's complaint is kept. */
const LONGEST_COMPLAINT = 1000;

/** Hands letters to a sendmail program: `PATH -i -f FROM -- TO...`, without a shell, killed after `timeout` seconds. */
export function sendmailTransport(path: string, timeout: number): Transport {
  return {
    async deliver({ from, to, mime }) {
      const result = await run(path, ['-i', '-f', from, '--', ...to], mime, timeout * 1000);
      return result.kind === 'unreachable' ? result : forAll(to, result);
    },
    close() {},
  };
}

type Result = Outcome | { readonly kind: 'unreachable'; readonly reason: string };

function run(path: string, args: readonly string[], input: Buffer, timeout: number): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(path, args, { stdio: ['pipe', 'ignore', 'pipe'], timeout, killSignal: 'SIGKILL' });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(0, LONGEST_COMPLAINT);
    });
    child.on('error', (error) => resolve({ kind: 'unreachable', reason: error.message }));
    child.stdin.on('error', () => {}); // a program that ends before it has read all tells by its status
    child.on('close', (status, signal) => resolve(outcomeOf(path, status, signal, complaint.trim())));
    child.stdin.end(input);
  });
}

function outcomeOf(path: string, status: number | null, signal: string | null, complaint: string): Result {
  if (status === 0) return { kind: 'sent' };
  const how = status === null ? `was killed by ${signal}` : `ended with status ${status}`;
  const reason = `${path} ${how}${complaint === '' ? '' : `: ${complaint}`}`;
  return { kind: status !== null && FOR_GOOD.has(status) ? 'refused' : 'retry', reason };
}
