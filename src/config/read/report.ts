import type { Fault, FaultCode } from './fault.js';
import type { SourceText } from './source-text.js';

/** Collects all faults of a config. */
export interface Report {
  readonly report: Reporter;
  /** All faults, by file in the order of reading, then by line and column; none twice. */
  faults(files: readonly string[]): Fault[];
}

type Severity = Fault['severity'];

/** Faults of each severity that are kept. A file with more is a log named by mistake; the rest is counted. */
const MAX_FAULTS = 1000;

export function createReport(): Report {
  const found = new Map<string, Fault>();
  const counts: Record<Severity, number> = { error: 0, warning: 0, notice: 0 };

  function add(fault: Fault): void {
    const { file, line, column } = fault.place;
    const key = JSON.stringify([file, line, column, fault.severity, fault.code, fault.seen]);
    if (found.has(key)) return;
    counts[fault.severity] += 1;
    if (counts[fault.severity] <= MAX_FAULTS) found.set(key, fault);
  }

  return {
    report: {
      error: ({ place }, seen, instead, code = 'bad-value') =>
        add({ severity: 'error', code, place, seen, instead }),
      warning: ({ place }, seen, instead, code) => add({ severity: 'warning', code, place, seen, instead }),
      notice: ({ place }, seen, instead, code) => add({ severity: 'notice', code, place, seen, instead }),
    },
    faults: (files) => [...inOrder([...found.values()], files), ...reportMore(counts, files)],
  };
}

/** Drops all faults. */
export const silent: Reporter = { error() {}, warning() {}, notice() {} };

function inOrder(faults: Fault[], files: readonly string[]): Fault[] {
  const rank = new Map(files.map((file, index) => [file, index]));
  const rankOf = ({ place }: Fault): number => rank.get(place.file) ?? -1;
  return faults.sort(
    (a, b) => rankOf(a) - rankOf(b) || a.place.line - b.place.line || a.place.column - b.place.column,
  );
}

function reportMore(counts: Readonly<Record<Severity, number>>, [file = '']: readonly string[]): Fault[] {
  return (['error', 'warning', 'notice'] as const)
    .filter((severity) => counts[severity] > MAX_FAULTS)
    .map((severity) => ({
      severity,
      code: 'too-much',
      place: { file, line: 1, column: 1 },
      seen: `${counts[severity] - MAX_FAULTS} more like those above`,
      instead: 'fix those first',
    }));
}

/** Reports a fault: where it begins, what was seen there, what to write instead. */
export interface Reporter {
  error(at: SourceText, seen: string, instead: string, code?: FaultCode): void;
  warning(at: SourceText, seen: string, instead: string, code: FaultCode): void;
  notice(at: SourceText, seen: string, instead: string, code: FaultCode): void;
}
