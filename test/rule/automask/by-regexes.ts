import { TECHNICAL, UNITS } from '../../../src/rule/suggest/words.js';

/** Letters are those of ASCII and those beyond it up to the kana. */
const L = '[A-Za-z\\u00aa-\\u2e7f]';
const W = '[A-Za-z0-9\\u00aa-\\u2e7f]';
const H = '[0-9A-Fa-f]';
const MONTH = '(?:[JA-SONDFM][A-Za-z]{2})';
const isMonth = (name: string): boolean =>
  /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$/i.test(name);
const isDay = (name: string): boolean => /^(?:mon|tue|wed|thu|fri|sat|sun)$/i.test(name);

const VALUE_JOINT = /^[-.]$/;
const KEY_JOINT = /^[-+/_]$/;

/**
 * What `AutoMasker` masks, of all kinds, said with regexes and copies of the text, with no care for time. Start and end of
 * each span in turn.
 */
export function maskedByRegexes(text: string): number[] {
  return new ByRegexes(text).spans();
}

class ByRegexes {
  readonly #text: string;
  readonly #spans: [number, number][] = [];
  readonly #nameEnd: number;
  #keyEnd = 0;
  #isBehindId = false;

  constructor(text: string) {
    this.#text = text;
    const name = this.#find(`${L}(?:${W}|[-._/@])*(?=\\[|:(?: |$))`, 0);
    this.#nameEnd = name?.length ?? 0;
  }

  spans(): number[] {
    for (let at = 0; at < this.#text.length; ) at = this.#step(at);
    return this.#spans.flat();
  }

  /** What a regex matches from there on; null: nothing. */
  #find(regex: string, at: number): string | null {
    const sticky = new RegExp(regex, 'sy');
    sticky.lastIndex = at;
    return sticky.exec(this.#text)?.[0] ?? null;
  }

  #char(at: number): string {
    return this.#text[at] ?? '';
  }

  #step(at: number): number {
    if (this.#find(W, at)) return this.#word(at);
    if (this.#find(`(?<!${W})/(?=${L}|[._])`, at)) return this.#path(at, at, '[=]');
    if (this.#find(`(?<!${W}|:)::`, at)) {
      const end = this.#ipv6(at);
      if (end > at) return this.#add('address', at, end);
    }
    if (this.#char(at) === '@') return this.#mail(at);
    return at + 1;
  }

  #path(from: number, at: number, also: string): number {
    const body = this.#find(`(?:${W}|[/._~%+@#!$*?&^\\\\-]|${also})*`, at) ?? '';
    const query = body.indexOf('?');
    const beforeQuery = query < 0 ? body : body.slice(0, query);
    const cut = also.includes(':') ? cutAt(beforeQuery, '=') : cutAt(beforeQuery, '=');
    const whole = cut < beforeQuery.length ? beforeQuery.slice(0, cut) : body;
    const [first = '', rest = ''] = [whole.slice(0, 1), whole.slice(1).replace(/[.?:!]+$/, '')];
    const end = at + first.length + rest.length;
    if (/\d/.test(first + rest + (/\d/.test(whole) ? '0' : ''))) this.#add('path', from, end);
    return end;
  }

  #mail(at: number): number {
    const before = new RegExp(`(?:${W}|[-.%+_])+$`).exec(this.#text.slice(0, at))?.[0] ?? '';
    let start = at - before.replace(new RegExp(`^(?:(?!${W}).)*`, 's'), '').length;
    const domain = this.#find(`${W}(?:${W}|[-_]|\\.(?=${W}))*`, at + 1)?.replace(/[-_]+$/, '') ?? '';
    if (start === at || !domain.includes('.')) return at + 1;
    if (start >= this.#nameEnd)
      for (let last = this.#spans.at(-1); last && last[1] > start; last = this.#spans.at(-1)) {
        if (last[0] < start) start = last[0];
        else this.#spans.pop();
      }
    return this.#add('address', start, at + 1 + domain.length);
  }

  #word(at: number): number {
    const piece = this.#find(`${W}+`, at) ?? '';
    const end = at + piece.length;
    const next = this.#char(end);
    return (
      this.#key(at, piece, next) ??
      this.#compound(at, piece, next) ??
      (/^\d+$/.test(piece)
        ? this.#number(at)
        : /\d/.test(piece)
          ? this.#mixed(at, piece)
          : this.#letters(at, piece, next))
    );
  }

  #key(at: number, piece: string, next: string): number | null {
    if (at < this.#keyEnd || !(KEY_JOINT.test(next) || piece.length >= 16)) return null;
    const key = this.#find(`(?:${W}|[-+/_])+`, at) ?? '';
    this.#keyEnd = at + key.length;
    const letters = key.replaceAll(/[-+/_]/g, ' ').replaceAll(/[A-Z]+/g, (all) => 'A'.repeat(all.length));
    const shape = letters.replaceAll(/[a-z]/g, 'a').replaceAll(/\d/g, '0');
    const changes = [...shape].filter(
      (sort, i) => i > 0 && /[A][0]|[a][A0]|[0][Aa]/.test(`${shape[i - 1]}${sort}`),
    );
    const counted = shape.replaceAll(/[^Aa0]/g, '').length;
    const isAll = /A/.test(shape) && /a/.test(shape) && /0/.test(shape);
    if (key.length < 16 || !isAll || changes.length <= 0.18 * counted) return null;
    const start = at - (/[+/]*$/.exec(this.#text.slice(0, at))?.[0].length ?? 0);
    return this.#add('id', start, this.#keyEnd + (this.#find('={1,2}', this.#keyEnd)?.length ?? 0));
  }

  #compound(at: number, piece: string, next: string): number | null {
    const time = this.#time(at);
    if (time > at) return this.#add('time', at, time);
    const isFirst =
      !this.#find(`(?<=${W}\\.)`, at) && !(this.#char(at - 1) === '.' && this.#find(`(?<=${W}\\.)`, at));
    const ipv4 = next === '.' && isFirst ? this.#ipv4(at) : at;
    if (ipv4 > at && /^\d/.test(piece)) return this.#add('address', at, ipv4);
    if (!new RegExp(`^${H}+$`).test(piece)) return null;
    const pairs = this.#find(`${H}{2}(?:(?::${H}{2}){5,31}|(?:-${H}{2}){5,31})(?!${W})`, at);
    const isWholePairs = pairs !== null && !this.#find(`[${pairs[2]}]${H}`, at + pairs.length);
    if (pairs && isWholePairs) return this.#add('address', at, at + pairs.length);
    if (next === ':' && piece.length <= 4 && this.#char(at - 1) !== ':') {
      const ipv6 = this.#ipv6(at);
      if (ipv6 > at) return this.#add('address', at, ipv6);
    }
    const uuid = this.#find(`${H}{8}-${H}{4}-${H}{4}-${H}{4}-${H}{12}(?!${W})`, at);
    return uuid ? this.#add('uuid', at, at + uuid.length) : null;
  }

  #ipv4(at: number): number {
    const found = this.#find(`\\d{1,3}(?:\\.\\d{1,3}){3}(?!${W}|\\.\\d)`, at);
    if (!found || found.split('.').some((group) => Number(group) > 255)) return at;
    return this.#network(at + found.length);
  }

  #network(at: number): number {
    return at + (this.#find(`/\\d{1,3}(?!${W})`, at)?.length ?? 0);
  }

  #ipv6(at: number): number {
    const group = `${H}{1,4}(?!${H})`;
    const list = `(?:${group}(?::${group})*)?`;
    const short = this.#find(`${list}::(?!:)${list}`, at);
    const full = this.#find(`${group}(?::${group}){7}(?!:${H}|${H}|::)`, at);
    const mapped = this.#find(`${list}::(?:${group}:)*(?=\\d{1,3}\\.)`, at);
    if (mapped !== null && mapped.split(/:+/).filter((one) => one !== '').length <= 8) {
      const end = this.#ipv4(at + mapped.length);
      if (end > at + mapped.length) return end;
    }
    const found = full ?? short;
    if (found === null) return at;
    const groups = found.split(/:+/).filter((one) => one !== '');
    const end = at + found.length;
    const goesOn = new RegExp(`${W}`).test(this.#char(end)) || this.#find(`:${H}|::`, end) !== null;
    if (groups.length === 0 || groups.length > 8 || !/\d/.test(found) || goesOn) return at;
    return this.#network(end + (this.#find(`%${W}*`, end)?.length ?? 0));
  }

  #time(at: number): number {
    const clock = this.#clock(at);
    if (clock > at) return clock;
    const iso = this.#find(String.raw`\d{4}([-/])\d{1,2}\1\d{1,2}(?!\d)`, at);
    if (iso) return this.#withClock(at, at + iso.length);
    const dayFirst = this.#dayFirst(at);
    if (dayFirst > at) return dayFirst;
    return at;
  }

  #clock(at: number): number {
    const found = this.#find(String.raw`\d{1,2}:\d\d(?!\d)(?::\d\d(?!\d)(?:[.,]\d+)?)?`, at);
    if (!found || this.#find(`(?!Z)${W}|:${W}`, at + found.length)) return at;
    return at + found.length;
  }

  /** `end`: of a date. */
  #withClock(at: number, end: number): number {
    const clock = this.#find('[T :]', end) ? this.#clock(end + 1) : end + 1;
    if (clock > end + 1)
      return (
        clock + (this.#find(`Z(?!${W})| ?[-+](?:\\d{4}|\\d\\d:\\d\\d(?!\\d))(?!${W})`, clock)?.length ?? 0)
      );
    return this.#find(W, end) ? at : end;
  }

  #dayFirst(at: number): number {
    const found = this.#find(`\\d{1,2}([-/ ])${MONTH}\\1\\d{4}(?!\\d)`, at);
    if (!found || !isMonth(/[A-Za-z]{3}/.exec(found)?.[0] ?? '')) return at;
    return this.#withClock(at, at + found.length);
  }

  #monthFirst(at: number): number {
    const found = this.#find(`${MONTH} {1,2}(?! )\\d{1,2}(?!${W}|:)`, at);
    if (!found || !isMonth(found.slice(0, 3))) return at;
    const clock = this.#withClock(at, at + found.length);
    return clock + (this.#find(` \\d{4}(?!${W})`, clock)?.length ?? 0);
  }

  #namedTime(at: number): number {
    const month = this.#monthFirst(at);
    if (month > at) return month;
    const day = this.#find('[A-Z][A-Za-z]{2},? {1,2}(?! )', at);
    if (!day || !isDay(day.slice(0, 3))) return at;
    const behind = at + day.length;
    const end = Math.max(this.#monthFirst(behind), this.#dayFirst(behind));
    return end > behind ? end : at;
  }

  #letters(at: number, piece: string, next: string): number {
    const end = at + piece.length;
    if (next === ':' && this.#find('://', end)) return this.#path(at, end, '[=:]');
    const time = piece.length === 3 ? this.#namedTime(at) : at;
    if (time > at) return this.#add('time', at, time);
    if (/^(?:[a-f]{8,}|[A-F]{8,})$/.test(piece)) return this.#add('hex', at, end);
    if (piece.length === 5 && this.#isSuffix(at) && !/[aeiouy]/i.test(piece)) return this.#add('id', at, end);
    return end;
  }

  #isSuffix(at: number): boolean {
    return this.#isBehindId && this.#char(at - 1) === '-' && this.#spans.at(-1)?.[1] === at - 1;
  }

  #number(at: number): number {
    const digits = this.#find(String.raw`\d+(?:\.\d+)*`, at) ?? '';
    const unit = this.#find(`${W}+`, at + digits.length) ?? '';
    const last = digits.lastIndexOf('.');
    const end = unit === '' || isUnit(unit) ? at + digits.length + unit.length : at + last;
    return this.#add('number', at - this.#sign(at), end);
  }

  #sign(at: number): number {
    return this.#find(`(?<=(?:^|[ \\t=()[{<"',;|])[-+])`, at) === null || this.#char(at - 2) === ')' ? 0 : 1;
  }

  #mixed(at: number, piece: string): number {
    const end = at + piece.length;
    const isWord = isTechnical(piece);
    const [, digits = '', unit = ''] = /^(\d+)(\D+)$/.exec(piece) ?? [];
    if (digits !== '' && isUnit(unit)) return this.#add('number', at - this.#sign(at), end);
    if (/^0x[0-9a-f]+$/i.test(piece)) return this.#add('hex', at, end);
    const [, stem = '', number = ''] = /^(\D+)(\d+)$/.exec(piece) ?? [];
    const isStem = stem.length >= 4 && piece.length < 8;
    if (/^[0-9a-f]{6,}$/i.test(piece) && !isStem) return this.#add('hex', at, end);
    if (this.#isSuffix(at)) return this.#add('id', at, end);
    if (isWord) return end;
    if (number !== '') {
      const version = this.#find(`(?:\\.\\d+(?!\\d|${L}))*`, end) ?? '';
      return this.#add('number', at + stem.length, end + version.length);
    }
    const isName = /^\d\D+$|^(?=.{3,6}$)\D+\d\D+$|^\D\d\d\D$/.test(piece);
    return isName ? end : this.#add('id', at, end);
  }

  #add(kind: string, from: number, to: number): number {
    if (from < this.#nameEnd && !['hex', 'id', 'uuid'].includes(kind)) return to;
    const start = from - (/_*$/.exec(this.#text.slice(0, from))?.[0].length ?? 0);
    const end = to + (this.#find('_*', to)?.length ?? 0);
    const last = this.#spans.at(-1);
    if (last && (last[1] >= start || (last[1] === start - 1 && VALUE_JOINT.test(this.#char(start - 1)))))
      last[1] = end;
    else this.#spans.push([start, end]);
    this.#isBehindId = kind === 'hex' || kind === 'id' || to - from >= 8;
    return end;
  }
}

function cutAt(text: string, mark: string): number {
  const at = text.indexOf(mark);
  return at < 0 ? text.length : at;
}

function isUnit(text: string): boolean {
  return UNITS.has(text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()));
}

function isTechnical(text: string): boolean {
  return TECHNICAL.has(text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()));
}
