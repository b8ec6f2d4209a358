/** What a token looks like. From `FIRST_MASKED` on, its text is taken for a value, not for a word. */
export const TokenKind = {
  punctuation: 0,
  word: 1,
  /** Letters joined by dots: `java.io.IOException`, `www.example.org`. */
  name: 2,
  /** A word with a number behind it: `eth0`, `blk_-4411`, `attempt_14_0001_m_3`. */
  numbered: 3,
  mail: 4,
  integer: 5,
  /** Groups of digits with dots between them: `0.25`, `1.2.3`. */
  decimal: 6,
  /** A number with a sign, a percent sign, or a `<` in front. */
  number: 7,
  /** A number with its unit. */
  quantity: 8,
  hex: 9,
  uuid: 10,
  id: 11,
  ipv4: 12,
  ipv6: 13,
  mac: 14,
  host: 15,
  time: 16,
  path: 17,
  url: 18,
  /** Nothing where a value could be: `user=`, `()`. */
  empty: 19,
  /** What is left of a message that is too long. */
  rest: 20,
  /** A day with its month, and what belongs to it: there are blanks in it. */
  date: 21,
} as const;

export const FIRST_MASKED: number = TokenKind.mail;

/** More tokens than a message has that a person would read; the others are one token, `rest`. */
export const MAX_TOKENS = 200;

/** The tokens of one message, in their order. One serves for many messages. */
export class Tokens {
  text = '';
  count = 0;
  readonly kinds = new Uint8Array(MAX_TOKENS + 2);
  readonly starts = new Int32Array(MAX_TOKENS + 2);
  readonly ends = new Int32Array(MAX_TOKENS + 2);

  get isFull(): boolean {
    return this.count >= MAX_TOKENS;
  }

  push(kind: number, start: number, end: number): void {
    if (this.count > MAX_TOKENS) return;
    this.kinds[this.count] = kind;
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.count += 1;
  }

  kind(at: number): number {
    return at >= 0 && at < this.count ? (this.kinds[at] as number) : -1;
  }

  start(at: number): number {
    return this.starts[at] as number;
  }

  end(at: number): number {
    return this.ends[at] as number;
  }

  textOf(at: number): string {
    return this.text.slice(this.starts[at], this.ends[at]);
  }

  /** The only character of a token; -1 when it has more, or none. */
  single(at: number): number {
    if (at < 0 || at >= this.count || this.end(at) - this.start(at) !== 1) return -1;
    return this.text.charCodeAt(this.start(at));
  }

  /** Whether nothing stands between a token and the one before it. */
  isGlued(at: number): boolean {
    return at > 0 && this.start(at) === this.end(at - 1);
  }

  /** Makes one token of those from `from` to `to`, both included. */
  join(from: number, to: number, kind: number): void {
    this.kinds[from] = kind;
    this.ends[from] = this.end(to);
    const gone = to - from;
    if (gone === 0) return;
    this.kinds.copyWithin(from + 1, to + 1, this.count);
    this.starts.copyWithin(from + 1, to + 1, this.count);
    this.ends.copyWithin(from + 1, to + 1, this.count);
    this.count -= gone;
  }
}
