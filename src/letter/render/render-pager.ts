import { visible } from '../../base/text/escape.js';
import type { Letter } from '../letter.js';

/** The pager form: `host,COUNT,message` a line and nothing else. */
export function renderPager({ hosts }: Letter): string {
  const lines = hosts.flatMap(({ host, messages }) =>
    messages.map(({ count, message }) => `${visible(host)},${count},${visible(message)}\n`),
  );
  return lines.join('');
}
