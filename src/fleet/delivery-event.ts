/** What happens to letters of the fleet that this node delivers. */
export type DeliveryEvent =
  | { readonly kind: 'letter-taken'; readonly queue: string; readonly subject: string }
  /** Another node has taken it over: this one was not heard for too long. */
  | { readonly kind: 'letter-lost'; readonly queue: string }
  | { readonly kind: 'letters-given-back'; readonly letters: number; readonly reason: string }
  /** The meeting place has been away for so long (ms) that they go without it, and may come twice. */
  | { readonly kind: 'letters-alone'; readonly letters: number; readonly away: number };
