/** One line of a tally: a masked message of a host, counted. Times in ms, null when no line of it had one. */
export interface TallyRow {
  readonly host: string;
  readonly message: string;
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
}
