/**
 * What befell mail and has to be told in a letter. `late`: letters of the queue came late, `sealed`, `delay` and
 * `reason` being those of the latest. `refused`: letters of the queue were refused for good by or for an address;
 * `sealed` and `reason` are those of the last. `dropped`: refused letters that could not be kept any longer.
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
