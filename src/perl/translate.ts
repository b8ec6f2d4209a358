import { lazily } from '../lazily.js';
import { spendTries } from './allowance.js';
import { requiredTexts } from './analyse.js';
import type { Regex } from './ast.js';
import { createMatcher } from './backtrack.js';
import { chooseJavascript, type JavascriptChoice } from './choose-javascript.js';
import { compileProgram } from './compile.js';
import { createDirectMatch, type DirectMatch } from './direct-match.js';
import { locateMatch } from './locate.js';
import { maskSpans, underMasks } from './mask-groups.js';
import { parsePerl } from './parse.js';
import type { Laid, Match, Pattern, PatternNotice, Translation, Under } from './pattern.js';
import { straightMasks } from './straight-masks.js';
import type { Javascript } from './to-javascript.js';

export interface TranslatedPattern extends Pattern {
  /**
   * A JavaScript regex, to be used without flags, that is found exactly where this pattern is; null when JavaScript
   * cannot say it. It holds for texts without surrogate pairs that do not end in a newline.
   */
  readonly javascript: string | null;
}

export interface TranslateOptions {
  /** `backtrack`: never use JavaScript's regexes. The meaning is the same. */
  readonly engine?: 'auto' | 'backtrack';
}

export type PerlTranslation =
  | { readonly ok: true; readonly pattern: TranslatedPattern; readonly notices: readonly PatternNotice[] }
  | Extract<Translation, { readonly ok: false }>;

/**
 * Makes a Perl regex ready to run, or says where and why it cannot be. It means what `qr/$source/aa` means on
 * characters. Its methods throw `PatternOverrun` where a match would take too long.
 */
export function translatePerl(source: string, { engine = 'auto' }: TranslateOptions = {}): PerlTranslation {
  const parsed = parsePerl(source);
  if (!parsed.ok) return parsed;
  return { ok: true, pattern: new LazyPattern(source, parsed.regex, engine), notices: parsed.notices };
}

/** Of a large set most regexes are never tried: what it takes to run one is made at the first need. */
class LazyPattern implements TranslatedPattern {
  readonly source: string;
  readonly regex: Regex;
  readonly #engine: 'auto' | 'backtrack';
  #javascript: JavascriptChoice | null | undefined;
  #direct: DirectMatch | null | undefined;
  #search: Search | undefined;

  constructor(source: string, regex: Regex, engine: 'auto' | 'backtrack') {
    this.source = source;
    this.regex = regex;
    this.#engine = engine;
  }

  get enclosing(): readonly (number | null)[] {
    return this.regex.enclosing;
  }

  get javascript(): string | null {
    return this.#choice()?.find ?? null;
  }

  test(text: string): boolean {
    return this.#ready().find(text);
  }

  exec(text: string): Match | null {
    return this.#ready().locate(text);
  }

  mask(text: string, mask: string): string | null {
    if (this.enclosing.length === 0) return this.test(text) ? text : null;
    const found = this.under(text);
    return found && maskSpans(text, found, mask);
  }

  under(text: string): Under | null {
    return this.#directly()?.under(text) ?? this.#ready().under(text);
  }

  underLaid(text: Laid): Under | null {
    return this.#directly()?.underLaid(text) ?? null;
  }

  #choice(): JavascriptChoice | null {
    if (this.#javascript === undefined)
      this.#javascript = this.#engine === 'auto' ? chooseJavascript(this.regex) : null;
    return this.#javascript;
  }

  #directly(): DirectMatch | null {
    if (this.#direct === undefined)
      this.#direct = this.#engine === 'auto' ? createDirectMatch(this.regex) : null;
    return this.#direct;
  }

  #ready(): Search {
    this.#search ??= createSearch(this.source, this.regex, this.#choice());
    return this.#search;
  }
}

interface Search {
  readonly find: (text: string) => boolean;
  readonly locate: (text: string) => Match | null;
  readonly under: (text: string) => Under | null;
}

/** JavaScript for what it can do, our own matcher for the rest. Regexes are compiled when they are first needed. */
function createSearch(source: string, regex: Regex, javascript: JavascriptChoice | null): Search {
  const { enclosing } = regex;
  const backtrack = lazily(() => createMatcher(compileProgram(regex), source));
  const underGroups = (match: Match | null): Under | null => match && underMasks(match, enclosing);
  if (!javascript) {
    const locate = (text: string): Match | null => backtrack()(text);
    return { find: (text) => locate(text) !== null, locate, under: (text) => underGroups(locate(text)) };
  }
  const { find, locate, longest, quick, tries, plainOnly } = javascript;
  const fits = ({ length }: string) => length <= quick || (length <= longest && spendTries(tries(length)));
  const means = (text: string) => !plainOnly || isPlain(text);
  const finding = lazily(() => new RegExp(find));
  const locating = locate && lazily(() => createLocator(locate(), enclosing.length));
  const required = lazily(() => requiredTexts(regex.root));
  const isVain = (text: string) => text.length > quick && !required().every((one) => text.includes(one));
  const locator = (text: string): Locator | null =>
    locating && means(text) && fits(text) ? locating() : null;
  const slowly = (text: string): Match | null => backtrack()(text);
  return {
    find(text) {
      if (isVain(text)) return false;
      return means(text) && fits(text) ? finding().test(text) : slowly(text) !== null;
    },
    locate: (text) => (isVain(text) ? null : (locator(text)?.locate ?? slowly)(text)),
    under(text) {
      if (isVain(text)) return null;
      const quickly = locator(text);
      return quickly?.under ? quickly.under(text) : underGroups((quickly?.locate ?? slowly)(text));
    },
  };
}

interface Locator {
  locate(text: string): Match | null;
  /** Where no places need be made of a match. */
  readonly under: ((text: string) => Under | null) | null;
}

function createLocator({ source, pieces }: Javascript, groupCount: number): Locator {
  const regex = new RegExp(source);
  const straight = straightMasks(pieces);
  const located = <T>(text: string, read: (found: RegExpExecArray) => T): T | null => {
    const found = regex.exec(text);
    return found && read(found);
  };
  return {
    locate: (text) => located(text, (found) => locateMatch(found, pieces, groupCount)),
    under: straight && ((text) => located(text, straight)),
  };
}

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;
let lastText = '';
let lastIsPlain = true;

/** Whether each UTF-16 unit is a character and the end is the end. Many patterns ask this of one text in turn. */
function isPlain(text: string): boolean {
  if (text === lastText) return lastIsPlain;
  lastText = text;
  lastIsPlain = text.charCodeAt(text.length - 1) !== 10 && !PAIR.test(text);
  return lastIsPlain;
}
