import type { Fields } from './fields.js';

/** A key, and a value that may stand in quotes with escapes as in Go. */
const PAIR = /\s*([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?=\s|$)/y;

/** Fields of one line; what is more is left out. */
const MAX_FIELDS = 100;

/** The fields of a line `key=value key="two words" flag`. null: it is none, or has no value. */
export function readLogfmt(text: string): Fields | null {
  const fields = new Map<string, string>();
  let values = 0;
  PAIR.lastIndex = 0;
  const line = text.trimEnd();
  while (PAIR.lastIndex < line.length) {
    const match = PAIR.exec(line);
    if (!match) return null;
    const [, key = '', inQuotes, bare] = match;
    if (inQuotes !== undefined || bare !== undefined) values += 1;
    if (fields.size < MAX_FIELDS)
      fields.set(key, inQuotes === undefined ? (bare ?? 'true') : unescaped(inQuotes));
  }
  return values > 0 ? fields : null;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, character: string) => ESCAPES[character] ?? character);
}
