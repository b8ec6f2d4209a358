import { describeDuration } from '../base/time/duration.js';

/** Characters of a server's words that a header repeats. */
const MAX_REASON = 300;
/** RFC 5322, 2.1.1: a line should have no more characters, and must not have more than 998. */
const MAX_LINE = 78;

/**
 * The header field in front of a late letter's sealed bytes: how late it is, and why. What a server said is untrusted
 * text: only visible ASCII of it is used.
 */
export function delayHeader(delay: number, reason: string): string {
  const words = asciiOf(reason).slice(0, MAX_REASON).split(' ').filter(Boolean);
  const lines = [`X-tayori-delayed: ${describeDuration(delay)};`];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (line.length + 1 + word.length <= MAX_LINE) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(` ${word}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}

function asciiOf(text: string): string {
  return text
    .replace(/[\s]+/g, ' ')
    .replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
