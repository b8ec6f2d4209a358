/** The letters that have not reached all their recipients, to be shown. The courier works with `mail/outbox`. */
export interface OutboxList {
  /** Waiting and rejected letters, recipient by recipient. */
  outbox(): OutboxSummary[];
  /** How many letters were ever sealed. */
  lettersMade(): number;
}

export interface OutboxSummary {
  readonly id: number;
  readonly queue: string;
  readonly subject: string;
  readonly sealed: number;
  readonly address: string;
  readonly state: 'waiting' | 'refused';
  readonly attempts: number;
  readonly nextTry: number;
  /** When it was last tried (ms); null: not yet, or not known. */
  readonly lastTry: number | null;
  readonly lastError: string | null;
}
