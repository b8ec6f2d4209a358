/**
 * A part of a node's round: the editor, or the delivery of letters that this node holds. One round runs at a time. A round
 * begins after what the node had was handed in, at each contact (each 15 s), and with each turn while the last round
 * had `worked`.
 */
export interface RoundPart {
  /**
   * `worked`: something was done, or waits for a time that is near, such as an open letter: the next round comes with the
   * next turn of the daemon. Rejects with `Away` when the meeting place cannot be used.
   */
  round(): Promise<{ readonly worked: boolean }>;
  /** The daemon ends: gives back what others could go on with, as far as the meeting place answers. Never rejects. */
  stop(): Promise<void>;
}
