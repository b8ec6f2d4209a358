/** Events of the fleet, as one node sees it. */
export type FleetEvent =
  /** The meeting place cannot be used: emitted when that begins, and again where somebody must mend something else. */
  | { readonly kind: 'fleet-away'; readonly address: string; readonly reason: string }
  /** `away`: for how long (ms) it could not be used. */
  | { readonly kind: 'fleet-back'; readonly address: string; readonly away: number }
  /** How far the clock of this machine is ahead (ms); negative: behind. */
  | { readonly kind: 'clock-wrong'; readonly ahead: number }
  | { readonly kind: 'clock-right' }
  /** Another node of this name lives, and was heard of at `seen` (ms). */
  | { readonly kind: 'name-taken'; readonly node: string; readonly seen: number }
  | { readonly kind: 'name-free'; readonly node: string }
  /** Keys of windows and throttles of the fleet were forgotten: there were too many. */
  | { readonly kind: 'keys-forgotten'; readonly keys: number }
  /** Lines of such windows and throttles were counted on this machine alone, since the meeting place was away. */
  | { readonly kind: 'hits-alone'; readonly hits: number }
  /** What a queue has counted cannot be handed in: emitted once for each reason. */
  | { readonly kind: 'unsealed'; readonly queue: string; readonly reason: string }
  /** Other nodes define a queue differently; both definitions in words. */
  | {
      readonly kind: 'queue-differs';
      readonly queue: string;
      readonly nodes: readonly string[];
      readonly here: string;
      readonly there: string;
    };
