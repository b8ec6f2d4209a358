/** How each queue was last defined: its letter can still be sent when the config has dropped it. */
export interface QueueDefinitions {
  /** null: that is not known. */
  definition(queue: string): QueueDefinition | null;
  /** Remembers the definitions of these queues; those without a mark are passed over. */
  define(queues: ReadonlyMap<string, QueueDefinition>): void;
}

/** What it takes to send the content of a queue; `csv` goes to a program. */
export type QueueDefinition =
  | {
      readonly kind: 'letter';
      readonly from: string;
      readonly to: readonly string[];
      readonly pager: boolean;
      readonly subject: string;
      /** The command of its filter. */
      readonly filter: string | null;
    }
  | { readonly kind: 'csv'; readonly command: string };
