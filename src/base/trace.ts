/** What can be traced, by the room where it happens. `smtp`: the talk with the mail server. */
export const TRACE_SUBJECTS = ['source', 'store', 'schedule', 'publish', 'mail', 'smtp'] as const;

export type TraceSubject = (typeof TRACE_SUBJECTS)[number];

type Write = (line: string) => void;

/** One process has one trace, as it has one standard error: null for what is not traced. */
const writers = new Map<TraceSubject, Write>();

/** From now on these subjects are traced. */
export function startTrace(subjects: Iterable<TraceSubject>, write: Write): void {
  for (const subject of subjects) writers.set(subject, write);
}

export function endTrace(): void {
  writers.clear();
}

/** Writes one step of the work, where its subject is traced. `text` is made only then. */
export function trace(subject: TraceSubject, text: () => string): void {
  writers.get(subject)?.(`${subject}: ${text()}`);
}
