/** What a limit left out, in words: `12 more messages (340 lines)`. */
export function leftOut({ messages, lines }: { readonly messages: number; readonly lines: number }): string {
  return `${messages} more ${messages === 1 ? 'message' : 'messages'} (${lines} ${lines === 1 ? 'line' : 'lines'})`;
}
