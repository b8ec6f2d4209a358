/**
 * A copy of a text that shares nothing with what it was cut from. V8 cuts without copying: a kept message of a
 * hundred characters would keep the hundreds of kilobytes that were read with it.
 */
export function flatten(text: string): string {
  return text.length < MIN_SHARED_LENGTH ? text : ` ${text}`.slice(1);
}

/** V8 copies shorter texts anyway. */
const MIN_SHARED_LENGTH = 13;
