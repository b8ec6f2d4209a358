/** Rows that were only set down in passing, thousands at once, and wait until they are merged into their editions. */
export interface Merging {
  /**
   * Merges some of the rows that wait in an edition (null: in any); false: none wait. Whoever reads rows has them merged
   * first, which may take seconds; piece by piece it holds nobody up.
   */
  mergeRange(edition: number | null): boolean;
}
