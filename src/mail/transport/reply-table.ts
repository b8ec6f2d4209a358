import type { Reply } from './reply.js';

/** The step of a session at which a reply came; `program`: a program repeats it and does not say the step. */
export type Step = 'EHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'program';

/** What has to be corrected on our side; advice.ts names the directive. */
export type Mend =
  /** TLS is wanted. */
  | 'tls'
  /** A login is wanted, or another one. */
  | 'login'
  /** The name in EHLO is rejected. */
  | 'name'
  /** The sender's address is rejected. */
  | 'sender'
  /** No mail is accepted from this machine, or it is not relayed. */
  | 'relay';

/** What a rejection means for a letter. */
export type Meaning =
  /** A temporary error: the letter is tried again until it is over. `advice`: what may end it. */
  | { readonly kind: 'later'; readonly advice: Mend | null }
  /** Waits until the config, here or there, is corrected. */
  | { readonly kind: 'mend'; readonly what: Mend }
  /** A quota or a rate limit is exhausted: tried again for a day. */
  | { readonly kind: 'limit'; readonly whose: 'sender' | 'recipient' }
  /** For good. */
  | { readonly kind: 'never'; readonly advice: 'size' | null };

/** One kind of rejection: all conditions of a row must hold. The first row that fits decides. */
interface Row {
  readonly code?: readonly number[];
  /** Of the enhanced status code, without its first digit. */
  readonly enhanced?: RegExp;
  readonly says?: RegExp;
  readonly step?: Step;
  readonly means: Meaning;
}

const LATER: Meaning = { kind: 'later', advice: null };
const TLS: Meaning = { kind: 'mend', what: 'tls' };
const LOGIN: Meaning = { kind: 'mend', what: 'login' };
const NAME: Meaning = { kind: 'mend', what: 'name' };
const SENDER: Meaning = { kind: 'mend', what: 'sender' };
const RELAY: Meaning = { kind: 'mend', what: 'relay' };
const OUR_LIMIT: Meaning = { kind: 'limit', whose: 'sender' };
const THEIR_LIMIT: Meaning = { kind: 'limit', whose: 'recipient' };
const TOO_BIG: Meaning = { kind: 'never', advice: 'size' };
const NEVER: Meaning = { kind: 'never', advice: null };

/**
 * What servers answer, by Postfix 3.7, Exim 4.96, Sendmail 8.17, Exchange, Gmail, Amazon SES, Zoho, cPanel and qmail;
 * test/mail/reply-table.test.ts has their words, row by row. Enhanced codes: RFC 3463, RFC 7372, and Microsoft's list.
 */
const ROWS: readonly Row[] = [
  { says: /gr[ea]y-?list/i, means: LATER },

  { enhanced: /^7\.1[01]$/, means: TLS },
  { says: /\b(?:starttls|tls|ssl|encryption)\b.{0,40}\b(?:required|needed|mandatory|first)\b/i, means: TLS },
  { says: /\b(?:requires?|must use|must issue|needs?)\b.{0,20}\b(?:starttls|tls|ssl|encrypt)/i, means: TLS },

  { says: /\bunauthenticated (?:e-?mail|mail|sender)\b|\bdmarc\b|\bspf\b|\bdkim\b/i, means: SENDER },

  { code: [538], means: TLS },
  { code: [421, 451, 454], step: 'AUTH', means: LATER },
  { step: 'AUTH', means: LOGIN },
  { code: [530, 534, 535], means: LOGIN },
  { enhanced: /^7\.(?:8|9|57)$/, means: LOGIN },
  { says: /\bauth(?:entication|orization)?\b.{0,30}\b(?:required|needed|first)\b/i, means: LOGIN },
  { says: /\b(?:must|please|need to|have to) (?:be )?(?:authenticate|log ?in)/i, means: LOGIN },
  { says: /\bnot (?:been )?(?:authenticated|logged in)\b/i, means: LOGIN },
  // Bad sequence of commands: of the session, which is another one next time.
  { code: [503], means: LATER },

  { enhanced: /^7\.(?:54|64)$/, means: RELAY },
  {
    says: /\brelay(?:ing)?\b.{0,30}\b(?:denied|not permitted|not allowed|prohibited|refused)\b/i,
    means: RELAY,
  },
  { says: /\b(?:unable to|not allowed to|not permitted to|not) relay\b/i, means: RELAY },
  { says: /\binvalid credentials for relay\b|\buse the smtp relay\b|\ballowed rcpthosts\b/i, means: RELAY },
  { says: /\bclient host\b.{0,80}\b(?:rejected|blocked|denied)\b|\bblocked using\b/i, means: RELAY },
  {
    says: /\b(?:your|this|sending) (?:ip|host)\b.{0,60}\b(?:blocked|listed|banned|not authorized)\b/i,
    means: RELAY,
  },
  {
    says: /\bfind your (?:reverse )?hostname\b|\breverse dns\b|\bptr\b|\bnot accepted from this ip\b/i,
    means: RELAY,
  },
  { enhanced: /^7\.25$/, means: RELAY },
  { code: [521], step: 'EHLO', means: RELAY },
  { code: [521], step: 'MAIL', means: RELAY },

  { says: /\b(?:helo|ehlo)\b/i, means: NAME },
  { code: [501], step: 'EHLO', means: NAME },

  { enhanced: /^(?:1\.[78]|7\.(?:2[0-4]|26|27|30|32|40|60))$/, means: SENDER },
  {
    says: /\bsender\b.{0,60}\b(?:rejected|denied|refused|not allowed|not accepted|invalid)\b/i,
    means: SENDER,
  },
  {
    says: /\bsender\b.{0,60}\b(?:verif\w+ failed|does not exist|not found|unknown|must resolve)\b/i,
    means: SENDER,
  },
  { says: /\bsendasdenied\b|\bsend as this sender\b|\bname required for sender\b/i, means: SENDER },
  { says: /\bnot (?:owned by|allowed to send|permitted to send|authorized to send)\b/i, means: SENDER },
  { says: /\bfrom address\b|\baddress is not verified\b|\bsend(?:ing)? from this\b/i, means: SENDER },

  { enhanced: /^(?:4\.5|1\.90|7\.(?:28|232|233|508|705))$/, means: OUR_LIMIT },
  { says: /\b(?:sending|submission|relay|daily|hourly)\b.{0,30}\b(?:quota|limit)\b/i, means: OUR_LIMIT },
  { enhanced: /^2\.(?:2|121|122)$/, means: THEIR_LIMIT },
  {
    says: /\b(?:mail ?box|inbox|account|user)\b.{0,60}\b(?:full|quota|out of storage)\b/i,
    means: THEIR_LIMIT,
  },
  { says: /\bover ?quota\b|\bquota exceeded\b|\bstorage allocation\b|\bstorage full\b/i, means: THEIR_LIMIT },
  { says: /\breceiving mail (?:at a rate|too quickly)\b|\breceive limit\b/i, means: THEIR_LIMIT },

  { enhanced: /^(?:3\.4|2\.3)$/, means: TOO_BIG },
  { says: /\bsize\b.{0,40}\b(?:exceed|limit|too)|\b(?:exceed|limit)\w*\b.{0,40}\bsize\b/i, means: TOO_BIG },
  { says: /\bmessage\b.{0,30}\btoo (?:big|large|long)\b/i, means: TOO_BIG },

  {
    says: /\brate.?limit|\blimit (?:is |was |has been )?(?:exceeded|reached)\b|\bthrottl/i,
    means: OUR_LIMIT,
  },
  { says: /\bexceeded\b.{0,40}\b(?:limit|limits|threshold|quota|per hour|per day)\b/i, means: OUR_LIMIT },
  { says: /\btoo many (?:messages|mails|e-?mails|recipients|connections)\b/i, means: OUR_LIMIT },
  {
    says: /\btoo (?:fast|quickly)\b|\b(?:unusual|suspicious) (?:rate|sending|activity)\b/i,
    means: OUR_LIMIT,
  },
  { says: /\btemporar|\btry (?:it )?(?:again )?(?:later|after)\b/i, means: OUR_LIMIT },
];

/**
 * What a reply means. A 5xx is permanent unless a row says otherwise; a 4xx, or a reply that is no rejection, is
 * temporary (RFC 5321, 4.2.1), though a row may know what ends it.
 */
export function meaningOf(reply: Reply, step: Step): Meaning {
  const seen = { ...reply, text: withoutAddresses(reply.text) };
  const means = ROWS.find((row) => fits(row, seen, step))?.means;
  if (reply.code >= 500 && reply.code < 600) return means ?? NEVER;
  return { kind: 'later', advice: means?.kind === 'mend' ? means.what : null };
}

function fits({ code, enhanced, says, step }: Row, reply: Reply, at: Step): boolean {
  return (
    (code === undefined || code.includes(reply.code)) &&
    (step === undefined || step === at) &&
    (enhanced === undefined || enhanced.test(reply.enhanced?.slice(2) ?? '')) &&
    (says === undefined || says.test(reply.text))
  );
}

/** An address such as `relay-denied@example.org` must not match a row. */
function withoutAddresses(text: string): string {
  return text.replace(/<[^<>]*>/g, '<>').replace(/\S+@\S+/g, '<>');
}
