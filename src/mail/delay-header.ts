import { describeDuration } from '../base/time/duration.js';

/** How much of a server's words a header repeats (characters). */
const MAX_REASON = 300;
/** RFC 5322, 2.1.1: a line should have no more characters, and must not have more than 998. */
const MAX_LINE = 78;

/**
 * The header field that goes in front of a late letter's sealed bytes: how late it is, and why. What a server said is
 * foreign text, so that nothing but visible ASCII of it gets in.
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
