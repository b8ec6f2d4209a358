import { readFile } from 'node:fs/promises';
import { reasonOf } from '../../base/errors.js';
import { oneLine } from '../../base/text/escape.js';
import { matchesUrl } from '../../base/text/match-url.js';
import type { Clock } from '../../base/time/clock.js';
import { hideAll } from '../route/hide-secrets.js';
import { readPassword } from '../route/read-password.js';
import type { PasswordSource } from '../route/route.js';
import {
  type Delivery,
  type Envelope,
  forAll,
  type Outcome,
  type Transport,
} from '../transport/transport.js';
import { outcomeOfReply, redirectOf } from './web-outcome.js';
import { sendRequest, type WebReply } from './web-request.js';

export interface WebOptions {
  readonly version: string;
  /** A file with CA certificates for https; null: those that Node.js trusts. */
  readonly ca: string | null;
  /** Tokens by URL or glob; the first that fits is sent. */
  readonly tokens: readonly WebToken[];
  /** Seconds until a server must be connected. */
  readonly timeout: number;
  readonly clock: Clock;
  /** Where systemd says where credentials are; left out: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A token for the URLs that a glob names. */
export interface WebToken {
  readonly urls: string;
  readonly source: PasswordSource;
}

/** A redirect may lead to the next: so many are followed. */
const MAX_REDIRECTS = 3;

/** Posts letters to URLs. The letter has one recipient, and says what that one gets. */
export function webTransport(options: WebOptions): Transport & Pinger {
  return new WebTransport(options);
}

/** Asks a URL for nothing but to notice it. */
export interface Pinger {
  /** null: it was answered well, else why not. */
  ping(url: string): Promise<string | null>;
}

class WebTransport implements Transport, Pinger {
  readonly #options: WebOptions;
  readonly #closing = new AbortController();

  constructor(options: WebOptions) {
    this.#options = options;
  }

  async deliver(letter: Envelope): Promise<Delivery> {
    const [address = ''] = letter.to;
    const { post } = letter;
    if (!post) return forAll(letter.to, { kind: 'rejected', reason: 'there is nothing to post' });
    const headers = { ...letterHeaders(letter), 'Content-Type': post.type };
    return forAll(letter.to, await this.#send('POST', address, headers, Buffer.from(post.body)));
  }

  async ping(url: string): Promise<string | null> {
    const outcome = await this.#send('GET', url, {}, Buffer.alloc(0));
    return outcome.kind === 'sent' ? null : outcome.reason;
  }

  close(): void {
    this.#closing.abort();
  }

  async #send(
    method: 'GET' | 'POST',
    address: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): Promise<Outcome> {
    if (!URL.canParse(address)) return { kind: 'rejected', reason: 'this is no URL' };
    const url = new URL(address);
    const [ca, login] = await Promise.all([this.#readCa(), this.#readToken(address)]);
    if (!ca.ok) return { kind: 'retry', about: 'recipient', reason: ca.reason };
    if (!login.ok) return { kind: 'retry', about: 'recipient', reason: login.reason };
    const hide = hideAll([...secretsOf(url), ...login.secrets]);
    const agent = { 'User-Agent': `tayori/${this.#options.version}`, Accept: '*/*' };
    const all = { ...agent, ...headers, ...login.headers };
    const outcome = await this.#follow(url, (to) => this.#request(method, to, all, body, ca.text));
    return 'reason' in outcome ? { ...outcome, reason: oneLine(hide(outcome.reason)) } : outcome;
  }

  /** A failure on the way to a service is one for all its letters. */
  async #follow(url: URL, request: (url: URL) => Promise<WebReply>): Promise<Outcome> {
    let to = url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const reply = await request(to);
      if (reply.kind === 'failed') return { kind: 'retry', about: 'recipient', reason: reply.reason };
      const redirect = redirectOf(reply, to);
      if (redirect.kind === 'elsewhere') return redirect.outcome;
      if (redirect.kind === 'none') return outcomeOfReply(reply, this.#options.clock.now());
      to = redirect.url;
    }
    return { kind: 'retry', about: 'recipient', reason: `more than ${MAX_REDIRECTS} redirects` };
  }

  #request(
    method: 'GET' | 'POST',
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
    ca: string | null,
  ): Promise<WebReply> {
    const { timeout, clock } = this.#options;
    const { signal } = this.#closing;
    return sendRequest({ method, url, headers, body, ca, timeout: timeout * 1000, clock, signal });
  }

  async #readCa(): Promise<Refusal | { readonly ok: true; readonly text: string | null }> {
    const { ca } = this.#options;
    try {
      return { ok: true, text: ca === null ? null : await readFile(ca, 'utf8') };
    } catch (error) {
      return { ok: false, reason: `no CA: ${reasonOf(error)}` };
    }
  }

  /** Read for each request, so that it can be changed meanwhile. */
  async #readToken(address: string): Promise<Refusal | Login> {
    const { tokens, env = process.env } = this.#options;
    const token = tokens.find(({ urls }) => matchesUrl(urls, address));
    if (!token) return { ok: true, headers: {}, secrets: [] };
    const read = await readPassword(token.source, env);
    if (!read.ok) return { ok: false, reason: read.reason.replace(/^no password/, 'no token') };
    const [, name = 'Authorization', value = `Bearer ${read.password}`] =
      /^([A-Za-z][\w-]*): *(.+)$/.exec(read.password) ?? [];
    if (!/^[!-~]+(?: [!-~]+)*$/.test(value))
      return { ok: false, reason: 'no token: it holds more than ASCII' };
    return { ok: true, headers: { [name]: value }, secrets: [value, read.password] };
  }
}

interface Refusal {
  readonly ok: false;
  readonly reason: string;
}

interface Login {
  readonly ok: true;
  readonly headers: Readonly<Record<string, string>>;
  /** What no reason may repeat. */
  readonly secrets: readonly string[];
}

/** The same at every try, but for how late the letter is. No field can hold a line break. */
function letterHeaders({ messageId, post, delayHeader = '' }: Envelope): Record<string, string> {
  const late = /^X-tayori-delayed: (.*)$/s.exec(delayHeader)?.[1] ?? '';
  const title = post?.title ?? null;
  return {
    'Idempotency-Key': messageId.replace(/^<|>$/g, ''),
    'X-Message-ID': messageId,
    ...(title === null ? {} : { Title: headerText(title) }),
    ...(late === '' ? {} : { 'X-tayori-delayed': headerText(late) }),
  };
}

/** ASCII as it is; other text as RFC 2047 has it, which ntfy reads. */
function headerText(text: string): string {
  const line = oneLine(text.replace(/\s+/g, ' ')).trim();
  return /^[ -~]*$/.test(line) ? line : `=?UTF-8?B?${Buffer.from(line).toString('base64')}?=`;
}

/** Parts of a URL that are shorter (characters) are words, and no secrets. */
const MIN_SECRET = 8;

/** What a server may repeat of a URL and nobody else is to see: what stands behind the host. */
function secretsOf({ pathname, search }: URL): string[] {
  const parts = `${pathname}${search}`.split(/[/?&=]/).filter((part) => part.length >= MIN_SECRET);
  return [...(pathname.length > MIN_SECRET ? [`${pathname}${search}`, pathname] : []), ...parts];
}
