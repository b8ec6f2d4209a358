import type { SourceLocation } from '../../base/place.js';
import { readConfigFile } from './read-file.js';
import { skipBlanks } from './source-text.js';

/** `#>`: a line as it is logged; `#=` below it: what its rule makes of it. */
export interface Sample {
  readonly text: string;
  readonly place: SourceLocation;
  readonly result: { readonly text: string; readonly place: SourceLocation } | null;
}

/** Samples, and the rule that stands below them; null: there is none. */
export interface Sampled {
  readonly samples: readonly Sample[];
  /** Where its line begins. */
  readonly rule: SourceLocation | null;
}

/** The samples of a file. A result without a sample above it is a sample without a text. */
export function readSamples(file: string): Sampled[] {
  const content = readConfigFile(file, 'included');
  if (!content.ok) return [];
  const found: Sampled[] = [];
  let samples: Sample[] = [];
  const end = (rule: SourceLocation | null): void => {
    if (samples.length > 0) found.push({ samples, rule });
    samples = [];
  };
  for (const [index, { text }] of content.lines.entries()) {
    const { text: line, place } = skipBlanks({ place: { file, line: index + 1, column: 1 }, text });
    if (line.startsWith('#> ')) samples.push({ text: line.slice(3), place, result: null });
    else if (line.startsWith('#= ')) samples = withResult(samples, { text: line.slice(3), place });
    else if (line !== '' && !line.startsWith('#')) end(isRule(line) ? place : null);
  }
  end(null);
  return found;
}

function withResult(samples: readonly Sample[], result: NonNullable<Sample['result']>): Sample[] {
  const last = samples.at(-1);
  if (last && last.result === null) return [...samples.slice(0, -1), { ...last, result }];
  return [...samples, { text: '', place: result.place, result }];
}

function isRule(line: string): boolean {
  return !/^(?:set|include|includedir|group\w*)(?:\s|$)/.test(line);
}
