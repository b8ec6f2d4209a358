import type { Fault, FaultCode } from './fault.js';
import type { SourceText } from './source-text.js';

/** The one funnel for all that is wrong with a config. */
export interface Report {
  readonly report: Reporter;
  /** What was reported, by file in the order of reading, then by line and column; nothing twice. */
  faults(files: readonly string[]): Fault[];
}

type Severity = Fault['severity'];

/** A file with more faults of a kind is no config, but a log named by mistake. The rest is counted and told. */
const MOST_FAULTS = 1000;

/** Collects faults until `faults` is asked. */
export function createReport(): Report {
  const found = new Map<string, Fault>();
  const counts: Record<Severity, number> = { error: 0, warning: 0, notice: 0 };

  function add(fault: Fault): void {
    const { file, line, column } = fault.place;
    const key = JSON.stringify([file, line, column, fault.severity, fault.code, fault.seen]);
    if (found.has(key)) return;
    counts[fault.severity] += 1;
    if (counts[fault.severity] <= MOST_FAULTS) found.set(key, fault);
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

/** Says nothing. */
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
    .filter((severity) => counts[severity] > MOST_FAULTS)
    .map((severity) => ({
      severity,
      code: 'too-much',
      place: { file, line: 1, column: 1 },
      seen: `${counts[severity] - MOST_FAULTS} more like those above`,
      instead: 'mend those first',
    }));
}

/** How a value says what is wrong with it: at which character of it, what was seen, what to write instead. */
export interface Reporter {
  error(at: SourceText, seen: string, instead: string, code?: FaultCode): void;
  warning(at: SourceText, seen: string, instead: string, code: FaultCode): void;
  notice(at: SourceText, seen: string, instead: string, code: FaultCode): void;
}
