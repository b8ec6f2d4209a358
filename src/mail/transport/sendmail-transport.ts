import { describeEnding, type Ending, runProgram } from '../../base/process/run-program.js';
import { systemClock } from '../../base/time/clock.js';
import { adviceOnProgram } from './advice.js';
import { findReply } from './reply.js';
import { meaningOf } from './reply-table.js';
import { outcomeFor } from './smtp-trouble.js';
import { type Delivery, type Envelope, forAll, type Outcome, type Transport } from './transport.js';

/**
 * Statuses of sysexits.h that may concern the letter or its recipients, so that they are the same next time: usage
 * (only the addresses vary), data, unknown user. All others are tried again: an unknown host (68) may be an
 * unreachable name server, no permission (77) a login, 70 or 1 anything that somebody will repair.
 */
const ABOUT_THE_LETTER = new Set([64, 65, 67]);

/**
 * How long a program may take (seconds): some do all of SMTP themselves (msmtp, esmtp), and then a server may take the
 * minutes of RFC 5321, 4.5.3.2, at each stage: half an hour in all.
 */
const MAX_RUN_SECONDS = 1800;

/**
 * Sends letters with a sendmail program: `PATH -i -f FROM -- TO...`, without a shell, with newlines as on Unix. When it
 * fails for several recipients, each is tried alone: the status does not say which one failed, and many programs then
 * serve none. After `timeout` seconds it is killed with all its children.
 */
export function sendmailTransport(path: string, timeout = MAX_RUN_SECONDS): Transport {
  const closing = new AbortController();

  async function run({ from, to, mime }: Envelope): Promise<Ending> {
    const letter = mime.toString('latin1').replaceAll('\r\n', '\n');
    const { ending } = await runProgram({
      program: path,
      args: ['-i', '-f', from, '--', ...to],
      input: [Buffer.from(letter, 'latin1')],
      timeout: timeout * 1000,
      maxOutput: 0,
      clock: systemClock,
      signal: closing.signal,
    });
    return ending;
  }

  async function one(letter: Envelope, address: string): Promise<Outcome> {
    if (closing.signal.aborted) return outcomeOf(path, letter.from, { kind: 'called-off' });
    return outcomeOf(path, letter.from, await run({ ...letter, to: [address] }));
  }

  async function eachAlone(letter: Envelope): Promise<Delivery> {
    const outcomes = new Map<string, Outcome>();
    for (const address of letter.to) outcomes.set(address, await one(letter, address));
    return { kind: 'answered', outcomes };
  }

  return {
    async deliver(letter) {
      const ending = await run(letter);
      if (ending.kind === 'unstartable') return { kind: 'unreachable', reason: ending.reason };
      const hasFailed = describeEnding(ending) !== null;
      if (hasFailed && letter.to.length > 1 && ending.kind !== 'called-off') return await eachAlone(letter);
      return forAll(letter.to, outcomeOf(path, letter.from, ending));
    },
    close: () => closing.abort(),
  };
}

function outcomeOf(path: string, from: string, ending: Ending): Outcome {
  const trouble = describeEnding(ending);
  if (trouble === null) return { kind: 'sent' };
  const reason = `${path} ${trouble}`;
  if (ending.kind !== 'status' || !ABOUT_THE_LETTER.has(ending.status))
    return { kind: 'retry', about: 'letter', reason };
  // msmtp ends with 65 whatever the server's refusal meant, and repeats it.
  const reply = findReply(ending.complaint);
  if (!reply) return { kind: 'rejected', reason };
  return outcomeFor(meaningOf(reply, 'program'), 'program', reason, (what) =>
    adviceOnProgram(what, path, from),
  );
}
