import { escapeControl } from '../../base/text/escape.js';
import { contentsOf, type Letter } from '../letter.js';

/** The pager form: `host,COUNT,message` a line and nothing else; of several queues those of the worst first. */
export function renderPager(letter: Letter): string {
  const hosts = contentsOf(letter).flatMap(({ hosts }) => hosts);
  const lines = hosts.flatMap(({ host, messages }) =>
    messages.map(({ count, message }) => `${escapeControl(host)},${count},${escapeControl(message)}\n`),
  );
  return lines.join('');
}
