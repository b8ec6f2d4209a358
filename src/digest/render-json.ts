import type { Letter } from './letter.js';

/** The letter as a value for JSON; times in ISO 8601, or null where no line had one. */
export function renderJson(letter: Letter): unknown {
  const { queue, from, to, hosts } = letter;
  return {
    queue,
    subject: `${letter.subject} [${queue}]`,
    from,
    to,
    hosts: hosts.map(({ host, messages }) => ({
      host,
      messages: messages.map(({ count, message, first, last }) => ({
        count,
        message,
        first: iso(first),
        last: iso(last),
      })),
    })),
  };
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
