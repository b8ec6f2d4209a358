import { decodeText } from '../../base/text/decode.js';
import { MAX_LINE_BYTES } from '../split-lines.js';
import { withoutEnd } from './message-splitter.js';
import { type RelpFrame, RelpFrames } from './relp-frames.js';

/** What bytes of a sender mean: messages, and what to answer when they are counted. */
export interface RelpTurn {
  readonly messages: readonly string[];
  /** To be sent as it is; '': nothing. */
  readonly answer: string;
  /** How many of the answers are for messages. */
  readonly answered: number;
  /** `goes on`, or the session is over: closed by the sender, or for a fault (in words). */
  readonly state: 'open' | 'closed' | { readonly fault: string };
}

/** Numbers go up to here, and begin again with 1. */
const MAX_NUMBER = 999_999_999;

/** Bytes of a long message that make one line; with a prefix it is shorter than a line may be. */
const PIECE = MAX_LINE_BYTES - 1024;

const OFFERS = ['200 OK', 'relp_version=0', 'relp_software=tayori', 'commands=syslog'].join('\n');

/**
 * The server's side of RELP (https://github.com/rsyslog/librelp/blob/master/doc/relp.html): each message has a number,
 * and is answered with `200`, which lets its sender forget it. A number that was skipped or repeated ends the session
 * without an answer, so that the sender repeats what it had none for. A message that is longer than a line may be becomes
 * several lines: a `500` would stop the sender for ever, and a `200` for half of it would lose the rest.
 */
export class RelpSession {
  readonly #frames = new RelpFrames();
  /** The number of the next frame; null: none has come. */
  #next: number | null = null;

  /** Bytes that are kept of a frame that is not whole. */
  get held(): number {
    return this.#frames.held;
  }

  push(chunk: Buffer): RelpTurn {
    const { frames, fault } = this.#frames.push(chunk);
    const messages: string[] = [];
    let answer = '';
    let answered = 0;
    for (const frame of frames) {
      const wrong = this.#count(frame);
      if (wrong !== null) return { messages, answer, answered, state: { fault: wrong } };
      if (frame.command === 'syslog') {
        answered += 1;
        const message = messageOf(frame.data);
        if (message !== '') messages.push(message);
      }
      answer += answerTo(frame);
      if (frame.command === 'close') return { messages, answer, answered, state: 'closed' };
    }
    return { messages, answer, answered, state: fault === null ? 'open' : { fault } };
  }

  /** What is wrong with its number, or its place; null: nothing. */
  #count({ number, command }: RelpFrame): string | null {
    if (this.#next === null) {
      if (command !== 'open' || number > 1) return 'it did not begin with "open"';
    } else if (number !== this.#next) return `message ${number} came where ${this.#next} was due`;
    this.#next = number === MAX_NUMBER ? 1 : number + 1;
    return null;
  }
}

function answerTo({ number, command }: RelpFrame): string {
  switch (command) {
    case 'open':
      return rsp(number, OFFERS);
    case 'syslog':
      return rsp(number, '200 OK');
    case 'close':
      return `${number} rsp 0\n0 serverclose 0\n`;
    default:
      return rsp(number, '500 this command is not known');
  }
}

function rsp(number: number, data: string): string {
  return `${number} rsp ${data.length} ${data}\n`;
}

function messageOf(data: Buffer): string {
  if (data.length <= PIECE) return decodeText(withoutEnd(data));
  const lines: string[] = [];
  for (let from = 0; from < data.length; ) {
    const to = endOfPiece(data, from);
    lines.push(decodeText(data.subarray(from, to)));
    from = to;
  }
  return lines.join('\n');
}

/** No character of UTF-8 is cut in two. */
function endOfPiece(data: Buffer, from: number): number {
  let to = Math.min(from + PIECE, data.length);
  for (let back = 0; back < 3 && to < data.length && ((data[to] ?? 0) & 0xc0) === 0x80; back++) to -= 1;
  return to;
}
