import { DIRECTIVES, type SetDirective, type Settings, type SettingsDraft } from './directives/directives.js';
import type { Reporter } from './read/report.js';
import type { SourceText } from './read/source-text.js';

/** The settings while a config is being read. */
export type Draft = SettingsDraft & {
  /** Every queue with a definition so far, refused ones too. */
  readonly namedQueues: Set<string>;
};

/** The defaults of all settings. */
export function createDraft(): Draft {
  return { ...byField<SettingsDraft>((row) => row.start()), namedQueues: new Set() };
}

/** Reads one line of a directive into the draft; faults are reported. */
export function applyDirective(row: SetDirective, text: SourceText, draft: Draft, report: Reporter): void {
  const { field } = row;
  if (field === null) row.read(text, null, report, draft);
  else Object.assign(draft, { [field]: row.read(text, draft[field], report, draft) });
}

/** The settings after the last line. */
export function finishDraft(draft: Draft): Settings {
  return byField<Settings>((row, field) => row.finish(draft[field]));
}

/** An object with one field for each row. `T` is derived from the same rows, which the compiler cannot check here. */
function byField<T>(make: (row: SetDirective, field: keyof Settings) => unknown): T {
  const fields = DIRECTIVES.flatMap((row) =>
    row.field === null ? [] : [[row.field, make(row, row.field)] as const],
  );
  return Object.fromEntries(fields) as T;
}
