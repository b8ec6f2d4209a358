import { type ChildProcess, spawn } from 'node:child_process';
import { forAll, type Outcome, type Transport } from './transport.js';

/**
 * sysexits.h: trouble that will be the same next time - usage, data, unknown user or host, no permission. All others
 * are tried again: 75 says so, and 69, 70, 71 or 78 are a mail system that somebody will repair.
 */
const FOR_GOOD = new Set([64, 65, 67, 68, 77]);

/** How much of the program's complaint is kept. */
const LONGEST_COMPLAINT = 1000;

/** How long a program's children may hold its standard error when it has ended itself (ms). */
const STRAGGLERS = 500;

/**
 * Hands letters to a sendmail program: `PATH -i -f FROM -- TO...`, without a shell, with newlines as on Unix. After
 * `timeout` seconds it is killed with all its children.
 */
export function sendmailTransport(path: string, timeout: number): Transport {
  const running = new Set<ChildProcess>();
  return {
    async deliver({ from, to, mime }) {
      const letter = mime.toString('latin1').replaceAll('\r\n', '\n');
      const args = ['-i', '-f', from, '--', ...to];
      const result = await run(path, args, Buffer.from(letter, 'latin1'), timeout * 1000, running);
      return result.kind === 'unreachable' ? result : forAll(to, result);
    },
    close() {
      for (const child of running) killAll(child);
    },
  };
}

type Result = Outcome | { readonly kind: 'unreachable'; readonly reason: string };

function run(
  path: string,
  args: readonly string[],
  input: Buffer,
  timeout: number,
  running: Set<ChildProcess>,
): Promise<Result> {
  return new Promise((resolve) => {
    // Detached: with a process group of its own, so that its children can be ended with it.
    const child = spawn(path, args, { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
    running.add(child);
    const timer = setTimeout(() => killAll(child), timeout);
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(0, LONGEST_COMPLAINT);
    });
    child.on('error', (error) => finish({ kind: 'unreachable', reason: error.message }));
    child.on('exit', () => void setTimeout(() => child.stderr.destroy(), STRAGGLERS).unref());
    child.on('close', (status, signal) => finish(outcomeOf(path, status, signal, complaint.trim())));
    child.stdin.on('error', () => {}); // a program that ends before it has read all tells by its status
    child.stdin.end(input);

    function finish(result: Result): void {
      clearTimeout(timer);
      running.delete(child);
      resolve(result);
    }
  });
}

function killAll(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL'); // its group is gone; so is it, as a rule
  }
}

function outcomeOf(path: string, status: number | null, signal: string | null, complaint: string): Result {
  if (status === 0) return { kind: 'sent' };
  const how = status === null ? `was killed by ${signal}` : `ended with status ${status}`;
  const reason = `${path} ${how}${complaint === '' ? '' : `: ${complaint}`}`;
  if (status !== null && FOR_GOOD.has(status)) return { kind: 'refused', reason };
  return { kind: 'retry', about: 'letter', reason };
}
