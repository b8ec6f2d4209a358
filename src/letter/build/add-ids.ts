import { entryId } from '../entry-id.js';
import type { Letter, LetterMessage } from '../letter.js';

/**
 * Gives each entry of a queue in a letter its id, while its message is whole: in a letter that is too large messages are
 * cut.
 */
export function addIds<Told extends Pick<Letter, 'parts' | 'hosts'>>(queue: string, told: Told): Told {
  const { parts, hosts } = told;
  const ids = new Map<string, string>();
  const idOf = (message: string): string => {
    const id = ids.get(message) ?? entryId(queue, message);
    ids.set(message, id);
    return id;
  };
  const withId = <T extends LetterMessage>(item: T): T => ({ ...item, id: idOf(item.message) });
  return {
    ...told,
    parts: parts && {
      ...parts,
      news: parts.news.map(withId),
      shared: parts.shared.map(withId),
      masked: parts.masked.map(withId),
    },
    hosts: hosts.map((section) => ({ ...section, messages: section.messages.map(withId) })),
  };
}
