/** What has happened to mail and is still to be said in a letter. */
export interface DeliveryNotices {
  /** The notices for a letter that is made now; those of late letters only of the queues in `lateOf`. No more is added to them. */
  deliveryNotices(lateOf: readonly string[]): DeliveryNotice[];
  /** The same, only to look at them: more of their kind is still added to them. */
  openDeliveryNotices(lateOf: readonly string[]): DeliveryNotice[];
}

/**
 * `late`: letters of the queue came late; `sealed`, `delay` and `reason` are those of the latest. `refused`: letters of
 * the queue to an address were rejected for good; `sealed` and `reason` are those of the last. `dropped`: rejected letters
 * that could not be kept any longer.
 */
export interface DeliveryNotice {
  readonly id: number;
  readonly kind: 'late' | 'refused' | 'dropped';
  readonly queue: string;
  readonly address: string;
  readonly letters: number;
  readonly sealed: number;
  readonly delay: number;
  readonly reason: string;
}
