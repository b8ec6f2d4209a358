/** What a mail server answered (RFC 5321, 4.2), with its enhanced status code (RFC 3463) where it gave one. */
export interface Reply {
  readonly code: number;
  /** Such as `5.7.1`; null where there is none. */
  readonly enhanced: string | null;
  /** The words of all its lines, joined by blanks, without the codes. */
  readonly text: string;
}

/** Characters of an answer that are read: regexes are tried on it, and a server may be hostile. */
const MAX_READ = 1000;

const LINE = /^(\d{3})(?:[ -]|$)(?:#?([245]\.\d{1,3}\.\d{1,3})(?: |$))?(.*)$/;

/** Parses an answer with newlines between its lines; null when it is not one. */
export function readReply(response: string): Reply | null {
  const lines = response
    .slice(0, MAX_READ)
    .split('\n')
    .map((line) => LINE.exec(line.trim()));
  const [, code, enhanced] = lines[0] ?? [];
  if (code === undefined) return null;
  const text = lines.flatMap((line) => line?.[3]?.trim() || []).join(' ');
  return { code: Number(code), enhanced: enhanced ?? enhancedInWords(text), text };
}

/** qmail writes the code after its words: `sorry, no mailbox here by that name. (#5.1.1)`. */
function enhancedInWords(text: string): string | null {
  return /\(#([245]\.\d{1,3}\.\d{1,3})\)/.exec(text)?.[1] ?? null;
}

/** Finds the first rejection in a program's message: `msmtp: server message: 550 5.1.1 No such user`. */
export function findReply(words: string): Reply | null {
  const found = /(?:^|[\s(])([45]\d\d[ -]\S.*)/m.exec(words.slice(0, MAX_READ))?.[1];
  return found === undefined ? null : readReply(found);
}
