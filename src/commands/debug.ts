import { TRACE_SUBJECTS, type TraceSubject } from '../base/trace.js';
import type { Debug } from '../daemon/event-log.js';

/** `-d`, `-d2`, `-d SUBJECT,SUBJECT`; null: the value is none of these. */
export function parseDebug(value: string): Debug | null {
  if (/^\d+$/.test(value))
    return { events: Number(value) > 0, subjects: new Set(Number(value) >= 2 ? ['smtp'] : []) };
  const subjects = value.split(',').filter(isSubject);
  return subjects.length === value.split(',').length ? { events: true, subjects: new Set(subjects) } : null;
}

function isSubject(word: string): word is TraceSubject {
  return TRACE_SUBJECTS.some((subject) => subject === word);
}
