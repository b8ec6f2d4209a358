import { escapeControl } from '../../base/text/escape.js';
import { contentsOf, type Letter } from '../letter.js';
import { createDescriber } from '../words/describe-letter.js';
import { idBehind, timeBehind } from './render-text.js';

/** The pager form: `host,COUNT,message` a line and nothing else; of several queues those of the worst first. */
export function renderPager(letter: Letter): string {
  const describer = createDescriber(letter);
  const hosts = contentsOf(letter).flatMap(({ hosts }) => hosts);
  const lines = hosts.flatMap(({ host, messages }) =>
    messages.map(
      (one) =>
        `${escapeControl(host)},${one.count},${escapeControl(one.message)}${timeBehind(one, letter, describer)}${idBehind(one, letter)}\n`,
    ),
  );
  return lines.join('');
}
