import type { IncomingMessage } from 'node:http';
import { reasonOf } from '../../base/errors.js';
import type { Clock } from '../../base/time/clock.js';

export interface WebRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** CA certificates (PEM) for the server; null: those that Node.js trusts. */
  readonly ca: string | null;
  /** Until it must be connected, with TLS (ms); MAX_REQUEST holds for all of it. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** `location`, `retryAfter`: header fields as the server wrote them; null: it did not. */
export type WebReply =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The status, and the beginning of what the server says to it. */
      readonly words: string;
      readonly location: string | null;
      readonly retryAfter: string | null;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** A request may take so long in all (ms): services of this kind answer within seconds, and a proxy gives up after a minute. */
export const MAX_REQUEST = 60_000;

/** How much of an answer is read (bytes): it says why a request was refused. */
const MAX_ANSWER = 2000;

/** How much of it is told (UTF-16 units). */
const MAX_WORDS = 300;

/**
 * One HTTP request on a connection of its own. It follows no redirect, and never rejects. An answer that says that all is
 * well is not read further than its status.
 */
export async function sendRequest(request: WebRequest): Promise<WebReply> {
  // Loaded with the first request, not with the program.
  const { request: begin } = await (request.url.protocol === 'https:'
    ? import('node:https')
    : import('node:http'));
  const { method, url, headers, body, ca, timeout, clock, signal } = request;
  return await new Promise<WebReply>((resolve) => {
    const length = method === 'GET' ? {} : { 'Content-Length': String(body.length) };
    const sending = begin(url, {
      method,
      headers: { ...headers, ...length, Connection: 'close' },
      agent: false,
      signal,
      ...(ca === null ? {} : { ca }),
    });
    const giveUp = (after: number, what: string): (() => void) =>
      clock.after(after, () =>
        sending.destroy(new Error(`${what} within ${Math.round(after / 1000)} seconds`)),
      );
    const endConnecting = giveUp(timeout, 'no connection');
    const endWaiting = giveUp(MAX_REQUEST, 'no answer');
    const end = (reply: WebReply): void => {
      endConnecting();
      endWaiting();
      resolve(reply);
    };
    sending.once('socket', (socket) =>
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', endConnecting),
    );
    sending.once('error', (error) => end({ kind: 'failed', reason: whyFailed(error) }));
    sending.once('response', (response) => void readReply(response).then(end));
    sending.end(method === 'GET' ? undefined : body);
  });
}

async function readReply(response: IncomingMessage): Promise<WebReply> {
  const { statusCode: status = 0, statusMessage = '', headers } = response;
  const isFine = status >= 200 && status < 300;
  const answer = isFine ? '' : await readBeginning(response);
  response.destroy();
  const words = [String(status), statusMessage, answer].filter((word) => word !== '').join(' ');
  return {
    kind: 'answered',
    status,
    words: words.slice(0, MAX_WORDS),
    location: headers.location ?? null,
    retryAfter: headers['retry-after'] ?? null,
  };
}

/** What came until the answer ended, was long enough, or broke off. */
async function readBeginning(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of response) {
      pieces.push(piece as Buffer);
      length += (piece as Buffer).length;
      if (length >= MAX_ANSWER) break;
    }
  } catch {
    // its status is known
  }
  return Buffer.concat(pieces).subarray(0, MAX_ANSWER).toString().replace(/\s+/g, ' ').trim();
}

/** An error that stands for several addresses has no message of its own. */
function whyFailed(error: Error): string {
  if (error instanceof AggregateError)
    return [...new Set(error.errors.map((one: unknown) => reasonOf(one)))].join('; ');
  return error.name === 'AbortError' ? 'tayori ends' : reasonOf(error);
}
