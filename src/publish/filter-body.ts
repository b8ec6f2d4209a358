import { describeEnding } from '../base/process/run-program.js';
import { runShell, type ShellOptions } from '../base/process/run-shell.js';
import { decodeText } from '../base/text/decode.js';
import { escapeControl } from '../base/text/escape.js';
import { MAX_LETTER_BYTES } from '../letter/build/gathering.js';

/** `nothing`: the filter succeeded without output, so nothing is sent. */
export type Filtered =
  | { readonly kind: 'body'; readonly body: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; readonly reason: string };

/** How long a filter may run (ms). Letters of other queues do not wait for it. */
const FILTER_TIMEOUT = 60_000;

/** Bytes; a byte of output may take four in the mail, as `\x1b` or `=C3`. */
const MAX_FILTER_OUTPUT = Math.floor(MAX_LETTER_BYTES / 4);

/**
 * Pipes the body of a letter through the command of `set filter`. Its output is the new body, whatever its status, as in
 * Tenshi. The filter has failed if it ends with an error and no output, or has to be killed.
 */
export async function filterBody(
  command: string,
  body: string,
  until: Pick<ShellOptions, 'clock' | 'signal'>,
): Promise<Filtered> {
  const limits = { timeout: FILTER_TIMEOUT, maxOutput: MAX_FILTER_OUTPUT, ...until };
  const { output, printed, ending } = await runShell({ command, input: [body], ...limits });
  const trouble = describeEnding(ending);
  const whole = ending.kind === 'status' || ending.kind === 'signal';
  if (whole && output.length > 0) return { kind: 'body', body: mailable(output, printed) };
  return trouble === null
    ? { kind: 'nothing' }
    : { kind: 'failed', reason: `the filter ${command} ${trouble}` };
}

/** The output as text: control characters escaped, one newline at the end. */
function mailable(output: Buffer, printed: number): string {
  const lines = decodeText(output)
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(escapeControl);
  if (printed > output.length)
    lines.push('', `  *** the filter printed ${printed} bytes, of which ${output.length} are shown ***`);
  return `${lines.join('\n')}\n`;
}
