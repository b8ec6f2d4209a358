import { systemClock } from '../clock.js';
import { describeEnding, type Ending, runProgram } from '../run-program.js';
import { type Delivery, forAll, type Transport } from './transport.js';

/**
 * sysexits.h: trouble that will be the same next time - usage, data, unknown user or host, no permission. All others
 * are tried again: 75 says so, and 69, 70, 71 or 78 are a mail system that somebody will repair.
 */
const FOR_GOOD = new Set([64, 65, 67, 68, 77]);

/**
 * Hands letters to a sendmail program: `PATH -i -f FROM -- TO...`, without a shell, with newlines as on Unix. After
 * `timeout` seconds it is killed with all its children.
 */
export function sendmailTransport(path: string, timeout: number): Transport {
  const closing = new AbortController();
  return {
    async deliver({ from, to, mime }) {
      const letter = mime.toString('latin1').replaceAll('\r\n', '\n');
      const { ending } = await runProgram({
        program: path,
        args: ['-i', '-f', from, '--', ...to],
        input: [Buffer.from(letter, 'latin1')],
        timeout: timeout * 1000,
        mostOutput: 0,
        clock: systemClock,
        signal: closing.signal,
      });
      return deliveryOf(path, to, ending);
    },
    close: () => closing.abort(),
  };
}

function deliveryOf(path: string, to: readonly string[], ending: Ending): Delivery {
  if (ending.kind === 'unstartable') return { kind: 'unreachable', reason: ending.reason };
  const trouble = describeEnding(ending);
  if (trouble === null) return forAll(to, { kind: 'sent' });
  const reason = `${path} ${trouble}`;
  if (ending.kind === 'status' && FOR_GOOD.has(ending.status)) return forAll(to, { kind: 'refused', reason });
  return forAll(to, { kind: 'retry', about: 'letter', reason });
}
