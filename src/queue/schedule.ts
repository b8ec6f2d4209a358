/** When a queue is mailed: at the next look, or by the clock. */
export type Schedule =
  | { readonly kind: 'now' }
  | {
      readonly kind: 'cron';
      /** As written, without the brackets. */
      readonly text: string;
      /** The IANA zone it is read in; null: the system's. */
      readonly timezone: string | null;
      /** The first matching minute after `time` (ms), or null when there is none. */
      next(time: number): number | null;
    };
