/**
 * What a sender said. `lines`: each line of the text is a message, and empty ones are none; one text of many lines costs
 * far less than a text for each. `message`: one message of several lines.
 */
export interface Sent {
  readonly kind: 'lines' | 'message';
  readonly text: string;
}

/** Messages one by one, in their order, as few texts. */
export function sentOf(messages: readonly string[]): Sent[] {
  const sent: Sent[] = [];
  let from = 0;
  const flush = (to: number): void => {
    if (to > from) sent.push({ kind: 'lines', text: messages.slice(from, to).join('\n') });
    from = to + 1;
  };
  for (const [at, text] of messages.entries()) {
    if (!text.includes('\n')) continue;
    flush(at);
    sent.push({ kind: 'message', text });
  }
  flush(messages.length);
  return sent;
}
