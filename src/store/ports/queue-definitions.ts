/** The last definition of each queue: its letter can still be sent after it was removed from the config. */
export interface QueueDefinitions {
  /** null: not known. */
  definition(queue: string): QueueDefinition | null;
  /** Remembers the definitions of these queues; those without a mark are skipped. */
  define(queues: ReadonlyMap<string, QueueDefinition>): void;
}

/** What is needed to send the content of a queue; `csv` goes to a program. */
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
