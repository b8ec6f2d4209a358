import { showRecipient } from '../base/text/web-address.js';
import type { OwnLine } from '../line/own-lines.js';
import type { CourierEvent } from '../mail/courier.js';

/** Queues and addresses that are remembered as told; further ones are told once each until one of them works. */
const MAX_TOLD = 1000;

/**
 * Turns rejected letters into lines of tayori. Such a line may itself become a letter that is rejected: so there is one
 * for each queue and address, until a letter of that queue reaches that address. Nothing else about mail is a line.
 */
export class Rejections {
  readonly #told = new Set<string>();

  /** null: nothing is to be said. */
  lineOf(event: CourierEvent): OwnLine | null {
    if (event.kind === 'sent') this.#told.delete(keyOf(event));
    if (event.kind !== 'rejected' || this.#told.has(keyOf(event)) || this.#told.size >= MAX_TOLD) return null;
    this.#told.add(keyOf(event));
    const { queue, address, reason } = event;
    return { name: 'rejected', subject: `letter [${queue}] to ${showRecipient(address)}`, detail: reason };
  }
}

function keyOf({ queue, address }: { readonly queue: string; readonly address: string }): string {
  return `${queue}\n${address}`;
}
