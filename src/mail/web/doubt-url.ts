import { quote } from '../../base/text/quote.js';
import { showRecipient } from '../../base/text/web-address.js';
import { isLoopback } from '../route/route.js';

/** Why a URL cannot get letters, or should not as it is written, and what to write instead. */
export interface UrlDoubt {
  readonly seen: string;
  readonly instead: string;
  /** It cannot be used at all. */
  readonly impossible: boolean;
}

/** What servers and proxies take everywhere (characters; RFC 9110, 4.1, asks for 8,000). */
const MAX_URL = 2000;

/** What is doubtful about a URL as a recipient; null: nothing. No doubt repeats its path, which may be a secret. */
export function doubtUrl(text: string): UrlDoubt | null {
  const shown = quote(showRecipient(text));
  if (!URL.canParse(text) || !/^https?:\/\/[^/?#]/i.test(text) || /[^!-~]/.test(text))
    return { seen: `${shown} as a URL`, instead: 'write https://HOST/PATH in ASCII', impossible: true };
  if (text.length > MAX_URL)
    return {
      seen: `a URL of more than ${MAX_URL} characters`,
      instead: 'write a shorter one',
      impossible: true,
    };
  const { username, password, hash, protocol, hostname } = new URL(text);
  if (username !== '' || password !== '')
    return {
      seen: `a login in the URL ${shown}`,
      instead: 'leave it out, and put the token into the file of set webhook_token',
      impossible: true,
    };
  if (hash !== '')
    return {
      seen: `a "#" in the URL ${shown}`,
      instead: 'write %23 for it, or leave the end out',
      impossible: true,
    };
  if (protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, '')))
    return {
      seen: `letters, and the secrets of the URL ${shown}, would travel in the clear`,
      instead: 'write https://',
      impossible: false,
    };
  return null;
}
