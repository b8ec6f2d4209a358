import { escapeControl } from '../../base/text/escape.js';
import type { Letter } from '../letter.js';

/** The pager form: `host,COUNT,message` a line and nothing else. */
export function renderPager({ hosts }: Letter): string {
  const lines = hosts.flatMap(({ host, messages }) =>
    messages.map(({ count, message }) => `${escapeControl(host)},${count},${escapeControl(message)}\n`),
  );
  return lines.join('');
}
