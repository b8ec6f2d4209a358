/** When a queue is mailed: at the next poll, or by the clock. */
export type Schedule =
  | { readonly kind: 'now' }
  | {
      readonly kind: 'cron';
      /** As written, without the brackets. */
      readonly text: string;
      /** Its IANA time zone; null: that of the system. */
      readonly timezone: string | null;
      /** The first matching minute after `time` (ms), or null if there is none. */
      next(time: number): number | null;
    };
