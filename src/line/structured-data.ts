import type { Parts } from './dialect.js';

/** One SD-ELEMENT of RFC 5424 (6.3), as far as it may be malformed and still be told from a message. */
export const SD_ELEMENT = '\\[(?:[^"\\]]|"(?:[^"\\\\]|\\\\.)*")*\\]';

/** Elements that IANA has registered (RFC 5424, 7): of the transport, not of what happened. */
const OF_THE_TRANSPORT = /^\[(?:timeQuality|origin|meta)[ \]]/;

const ELEMENTS = new RegExp(SD_ELEMENT, 'gs');

/**
 * The text of an RFC 5424 message. Its MSGID and its structured data are the text where there is no other, as routers
 * and firewalls send it: without them two different messages would be one.
 */
export function textOfRfc5424({ messageId = '-', data = '-' }: Parts, message: string): string {
  if (message !== '') return message;
  const elements = (data.match(ELEMENTS) ?? []).filter((element) => !OF_THE_TRANSPORT.test(element));
  return [messageId === '-' ? '' : messageId, elements.join('')].filter((part) => part !== '').join(' ');
}
