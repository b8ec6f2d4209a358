import { DIRECTIVES, type SetDirective, type Settings, type SettingsDraft } from './directives/directives.js';
import type { Reporter } from './read/report.js';
import type { SourceText } from './read/source-text.js';

/** The settings while a config is being read. */
export type Draft = SettingsDraft & {
  /** Every queue that was to be defined so far, whether its definition was taken or not. */
  readonly namedQueues: Set<string>;
};

/** What holds where a config says nothing. */
export function createDraft(): Draft {
  return { ...byField<SettingsDraft>((row) => row.start()), namedQueues: new Set() };
}

/** Reads one line of a directive; what is wrong with it is reported. */
export function applyDirective(row: SetDirective, text: SourceText, draft: Draft, report: Reporter): void {
  const { field } = row;
  if (field === null) row.read(text, null, report, draft);
  else Object.assign(draft, { [field]: row.read(text, draft[field], report, draft) });
}

/** The settings as all lines together have made them. */
export function finishDraft(draft: Draft): Settings {
  return byField<Settings>((row, field) => row.finish(draft[field]));
}

/** An object with the fields of all rows. `T` is derived from the same rows, which the compiler cannot follow. */
function byField<T>(make: (row: SetDirective, field: keyof Settings) => unknown): T {
  const fields = DIRECTIVES.flatMap((row) =>
    row.field === null ? [] : [[row.field, make(row, row.field)] as const],
  );
  return Object.fromEntries(fields) as T;
}
