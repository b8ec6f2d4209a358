/** Details of a masked message beside its count. */
export interface Detail {
  /** Lines an hour, `[hours since 1970, lines]`, rising; empty when no line had a time. */
  readonly hours: readonly (readonly [hour: number, lines: number])[];
  /** The masked values, by capture group; empty when they are not recorded. */
  readonly masked: readonly MaskedValues[];
  /** There was no room for the masked values. */
  readonly noRoom?: true;
}

/** The values of one capture group. */
export interface MaskedValues {
  /** The group's name in the regex, or null. */
  readonly name: string | null;
  /** The number of different values; `about`: it is an estimate. */
  readonly distinct: number;
  readonly about: boolean;
  /** Values were not recorded for all lines: there may be more. */
  readonly atLeast: boolean;
  /** What stood there in the first line; left out where that is not known. */
  readonly first?: string;
  /** The most frequent ones, most frequent first. Where it is about, or at least, their counts may be too low. */
  readonly top: readonly { readonly value: string; readonly count: number }[];
}
