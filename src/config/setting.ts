import type { SourceLocation } from '../base/place.js';

/** A value and where it was set; `place` is null for a default. */
export interface Setting<T> {
  readonly value: T;
  readonly place: SourceLocation | null;
}
