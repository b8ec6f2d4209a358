import { leftOut } from './left-out.js';
import type { HostSection, Letter } from './letter.js';
import { renderParts } from './render-parts.js';
import { visible } from './visible.js';

/**
 * The letter as text: what changed, if it tells that; then Tenshi's layout, an empty line, `host: `, and
 * `    COUNT: message` a line; then what must be known.
 */
export function renderText(letter: Letter): string {
  const lines: string[] = [];
  if (letter.status !== null) lines.push(`*** Status: ${visible(letter.status)} ***`);
  if (letter.parts) lines.push(...renderParts(letter.parts, letter.timezone));
  for (const section of letter.hosts) lines.push(...renderSection(section, letter.limit));
  if (letter.notes.length > 0) lines.push('', ...letter.notes.map((note) => `  *** ${visible(note)} ***`));
  return `${lines.join('\n')}\n`;
}

function renderSection({ host, name, messages, more }: HostSection, limit: number | null): string[] {
  const title = name === null ? visible(host) : `${visible(host)} (${visible(name)})`;
  const lines = [
    '',
    `${title}: `,
    ...messages.map(({ count, message }) => `    ${count}: ${visible(message)}`),
  ];
  if (!more) return lines;
  const why = messages.length === limit ? `Too many alerts (limit: ${limit})` : 'Too many alerts';
  return [...lines, '', `  *** ${why}  ***`, `  *** ${leftOut(more)} left out ***`];
}
