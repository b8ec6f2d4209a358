import { describeEnding, type ProgramResult } from '../../base/process/run-program.js';
import { runShell } from '../../base/process/run-shell.js';
import type { Clock } from '../../base/time/clock.js';
import { hideAll } from './hide-secrets.js';

/** An access token, and what the program said beside it, on standard error. */
export type ReadToken =
  | { readonly ok: true; readonly token: string; readonly words: string }
  | { readonly ok: false; readonly reason: string };

/** How long the program may take (ms): it asks a server of its provider for a new token. */
const MAX_RUN = 10_000;

/**
 * The longest token (bytes): a line of AUTH has at most 12,288 (RFC 4954, 4), in base64. Microsoft's have some 2,500,
 * Google's 250.
 */
const MAX_TOKEN = 8192;

/** Shorter words stand in any text, and are no secrets (characters). */
const SHORTEST_SECRET = 8;

/** RFC 6750, 2.1. Nothing in it can end a field of SASL or a line of SMTP. */
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * The token that a program of the config prints (`set mailtoken`). It is kept in memory until it is given up, and only
 * then asked for again. No reason repeats any of it.
 */
export class AccessToken {
  readonly #command: string;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  #kept: Promise<ReadToken> | null = null;

  /** `command`: for /bin/sh. */
  constructor(command: string, clock: Clock) {
    this.#command = command;
    this.#clock = clock;
  }

  /** The token; letters that go at once wait for one run of the program. Rejects for nothing that it may do. */
  async read(): Promise<ReadToken> {
    this.#kept ??= this.#ask();
    const asked = this.#kept;
    const read = await asked;
    if (!read.ok && this.#kept === asked) this.#kept = null;
    return read;
  }

  /** The server has refused this token; a newer one stays. */
  async giveUp(token: string): Promise<void> {
    const asked = this.#kept;
    const read = await asked;
    if (read?.ok && read.token === token && this.#kept === asked) this.#kept = null;
  }

  /** Ends the program, if it runs. */
  close(): void {
    this.#closing.abort();
  }

  async #ask(): Promise<ReadToken> {
    const result = await runShell({
      command: this.#command,
      input: [],
      timeout: MAX_RUN,
      maxOutput: MAX_TOKEN + 2,
      clock: this.#clock,
      signal: this.#closing.signal,
    });
    return readOutput(this.#command, result);
  }
}

function readOutput(command: string, { output, ending }: ProgramResult): ReadToken {
  const token = output.toString('latin1').replace(/\r?\n$/, '');
  const program = command.split(/\s/, 1)[0] ?? '';
  const trouble = describeEnding(ending) ?? doubtOf(token);
  // A program that fails may have printed a part of its secrets, and may repeat it among its words.
  const hide = hideAll(token.split(/\s+/).filter(({ length }) => length >= SHORTEST_SECRET));
  if (trouble !== null) return { ok: false, reason: hide(`no token: ${program} ${trouble}`) };
  return { ok: true, token, words: ending.kind === 'status' ? hide(ending.complaint) : '' };
}

/** Why what a program printed is no token; null when it is one. */
function doubtOf(token: string): string | null {
  if (token === '') return 'printed nothing';
  if (token.length > MAX_TOKEN) return `printed more than the ${MAX_TOKEN} bytes of the longest token`;
  return TOKEN.test(token) ? null : 'printed something else than a token (RFC 6750) alone on one line';
}
