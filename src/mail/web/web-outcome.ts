import type { Outcome } from '../transport/transport.js';
import type { WebReply } from './web-request.js';

type Answered = Extract<WebReply, { readonly kind: 'answered' }>;

/**
 * What an answer means for the letter, as a reply of SMTP does: 2xx is delivered; 5xx, 408, 425 and 429 are tried again; other
 * 4xx are rejections. A login that is refused (401) waits until somebody mends it. What stands about a whole service holds up
 * its later letters; an error that may be one of the letter does so for some tries only. `now` in ms.
 */
export function outcomeOfReply({ status, words, retryAfter }: Answered, now: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  const after = retryAfter === null ? null : readRetryAfter(retryAfter, now);
  const later = (about: 'recipient' | 'letter', reason = words): Outcome => ({
    kind: 'retry',
    about,
    reason,
    ...(after === null ? {} : { after }),
  });
  if (status === 401) return later('recipient', `${words}; look at set webhook_token`);
  if (WAITING.has(status)) return later('recipient');
  if (status >= 500) return later('letter');
  if (status === 413)
    return { kind: 'rejected', reason: `${words}; the service takes no letter of this size` };
  if (status >= 400) return { kind: 'rejected', reason: words };
  return later('letter', `${words}, which is no answer to a letter`);
}

/** The service, or what stands before it, cannot take anything now. */
const WAITING = new Set([408, 425, 429, 502, 503, 504]);

/** RFC 9110, 10.2.3: seconds, or a date; in ms from `now`. */
function readRetryAfter(text: string, now: number): number | null {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Where a redirect leads: to the same server, which is followed; or elsewhere, which is not. */
export type Redirect =
  | { readonly kind: 'none' }
  | { readonly kind: 'here'; readonly url: URL }
  | { readonly kind: 'elsewhere'; readonly outcome: Outcome };

/** 303 is none: it means another page to be read, not another place for the letter. */
const REDIRECTS = new Set([301, 302, 307, 308]);
const PERMANENT = new Set([301, 308]);

/** A letter goes to no other server than that of the config: whoever can redirect it could read it. */
export function redirectOf({ status, words, location }: Answered, from: URL): Redirect {
  if (!REDIRECTS.has(status) || location === null || !URL.canParse(location, from.href))
    return { kind: 'none' };
  const url = new URL(location, from);
  if (url.origin === from.origin) return { kind: 'here', url };
  const reason = `${words}: it leads to ${url.origin}, where no letter is sent; if that is right, write it into the config`;
  return {
    kind: 'elsewhere',
    outcome: PERMANENT.has(status)
      ? { kind: 'rejected', reason }
      : { kind: 'retry', about: 'recipient', reason },
  };
}
