/** What is known of a masked message beside its count. */
export interface Detail {
  /** Lines an hour, `[hours since 1970, lines]`, rising; empty when no line had a time. */
  readonly hours: readonly (readonly [hour: number, lines: number])[];
  /** What stood under the mask, capture group by capture group; empty when it is not kept. */
  readonly masked: readonly MaskedValues[];
  /** There was no room for what stood under the mask. */
  readonly noRoom?: true;
}

/** The values that one capture group had. */
export interface MaskedValues {
  /** The group's name in the regex, or null. */
  readonly name: string | null;
  /** How many different ones there were; `about`: so many as well as can be told. */
  readonly distinct: number;
  readonly about: boolean;
  /** What stood there was not kept of all lines: there may be more values. */
  readonly atLeast: boolean;
  /** What stood there in the first line; left out where that is not known. */
  readonly first?: string;
  /** The most frequent ones, most frequent first. Where it is about, or at least, their counts may be too low. */
  readonly top: readonly { readonly value: string; readonly count: number }[];
}
