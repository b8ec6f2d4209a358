/** Letters that have not reached all their recipients, for display. The courier uses `mail/outbox`. */
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
  /** The last attempt (ms); null: none yet, or not known. */
  readonly lastTry: number | null;
  readonly lastError: string | null;
}
