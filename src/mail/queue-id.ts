/**
 * The queue id from a server's answer to the final dot: `queued as ID` (Postfix), `id=ID` (Exim),
 * `ID Message accepted` (Sendmail); null where it names none.
 */
export function queueIdOf(answer: string): string | null {
  for (const form of FORMS) {
    const id = form.exec(answer)?.[1];
    if (id !== undefined) return id;
  }
  return null;
}

/** Postfix's ids have 6 characters or more, Exim's 16 or 23, Sendmail's 14; each has a digit, unlike words. */
const FORMS = [
  /\bqueued as (?=[A-Za-z]*\d)([0-9A-Za-z]{6,24})\b/,
  /\bOK id=(?=[A-Za-z-]*\d)([0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4})\b/i,
  /\b(?=[A-Za-z]*\d)([0-9A-Za-z]{12,20}) Message accepted for delivery\b/i,
];
