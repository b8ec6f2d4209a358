/** Events of mail delivery that a letter has yet to mention. */
export interface DeliveryNotices {
  /** The notices for a letter that is made now, delays only of the queues in `lateOf`. Freezes them. */
  deliveryNotices(lateOf: readonly string[]): DeliveryNotice[];
  /** The same without freezing: more events of their kind may still be added. */
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
