import type { Letter } from './letter.js';
import { visible } from './visible.js';

/** The pager form: `host,COUNT,message` a line and nothing else. */
export function renderPager({ hosts }: Letter): string {
  const lines = hosts.flatMap(({ host, messages }) =>
    messages.map(({ count, message }) => `${visible(host)},${count},${visible(message)}\n`),
  );
  return lines.join('');
}
