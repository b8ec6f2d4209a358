import type { InletReport } from '../source/inlet.js';

/** What a daemon notes in the state of its sources, for `tayori status`, which looks from another process. */
export interface SourcesNote {
  /** So many logs are open at once, where there are more; null: all are. */
  readonly turns: number | null;
  readonly inlets: readonly InletReport[];
}

const NOTHING: SourcesNote = { turns: null, inlets: [] };

/** Reads the note of a state; one that makes no sense says nothing. */
export function readSourcesNote(text: string | undefined): SourcesNote {
  try {
    const note: unknown = text === undefined ? null : JSON.parse(text);
    return isSourcesNote(note) ? note : NOTHING;
  } catch {
    return NOTHING;
  }
}

function isSourcesNote(note: unknown): note is SourcesNote {
  if (typeof note !== 'object' || note === null || !('turns' in note) || !('inlets' in note)) return false;
  const { turns, inlets } = note;
  return (turns === null || typeof turns === 'number') && Array.isArray(inlets) && inlets.every(isReport);
}

function isReport(report: unknown): report is InletReport {
  if (typeof report !== 'object' || report === null) return false;
  const { name, status, lines } = report as Partial<Record<string, unknown>>;
  return typeof name === 'string' && typeof status === 'string' && typeof lines === 'number';
}
