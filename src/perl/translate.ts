import { spendTries } from './allowance.js';
import { requiredTexts } from './analyse.js';
import type { Regex } from './ast.js';
import { createMatcher } from './backtrack.js';
import { chooseJavascript, type JavascriptChoice } from './choose-javascript.js';
import { compileProgram } from './compile.js';
import { locateMatch } from './locate.js';
import { maskGroups, underMasks } from './mask-groups.js';
import { parsePerl } from './parse.js';
import type { Match, Pattern, PatternNotice, Translation } from './pattern.js';
import { type StraightMasks, straightMasks } from './straight-masks.js';
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
  // Of a large set most regexes are never tried: what it takes to run one is made at the first need.
  const javascript = lazily(() => (engine === 'auto' ? chooseJavascript(parsed.regex) : null));
  return { ok: true, pattern: createPattern(source, parsed.regex, javascript), notices: parsed.notices };
}

function createPattern(
  source: string,
  regex: Regex,
  javascript: () => JavascriptChoice | null,
): TranslatedPattern {
  const { enclosing } = regex;
  const search = lazily(() => createSearch(source, regex, javascript()));
  return {
    source,
    enclosing,
    regex,
    get javascript() {
      return javascript()?.find ?? null;
    },
    test: (text) => search().find(text),
    exec: (text) => search().locate(text),
    mask(text, mask) {
      const { find, locate } = search();
      if (enclosing.length === 0) return find(text) ? text : null;
      const match = locate(text);
      return match && maskGroups(text, match, enclosing, mask);
    },
    under(text) {
      const { locate, straight } = search();
      const found = straight?.(text);
      if (found) return found.masks.under(found.match);
      const match = locate(text);
      return match && underMasks(text, match, enclosing);
    },
    maskAndKeep(text, mask) {
      const { locate, straight } = search();
      const found = straight?.(text);
      if (found) return found.masks.maskAndKeep(text, found.match, mask);
      const match = locate(text);
      return (
        match && { text: maskGroups(text, match, enclosing, mask), under: underMasks(text, match, enclosing) }
      );
    },
  };
}

interface Search {
  readonly find: (text: string) => boolean;
  readonly locate: (text: string) => Match | null;
  /** A match whose masks need no places, where JavaScript finds one quickly. */
  readonly straight?: (text: string) => StraightMatch | null;
}

interface StraightMatch {
  readonly match: RegExpExecArray;
  readonly masks: StraightMasks;
}

/** JavaScript for what it can do, our own matcher for the rest. Regexes are compiled when they are first needed. */
function createSearch(source: string, regex: Regex, javascript: JavascriptChoice | null): Search {
  const backtrack = lazily(() => createMatcher(compileProgram(regex), source));
  if (!javascript) return { find: (text) => backtrack()(text) !== null, locate: (text) => backtrack()(text) };
  const { find, locate, longest, quick, tries, plainOnly } = javascript;
  const fits = ({ length }: string) => length <= quick || (length <= longest && spendTries(tries(length)));
  const means = (text: string) => !plainOnly || isPlain(text);
  const finding = lazily(() => new RegExp(find));
  const locating = locate && lazily(() => createLocator(locate(), regex.enclosing.length));
  const required = lazily(() => requiredTexts(regex.root));
  const isVain = (text: string) => text.length > quick && !required().every((one) => text.includes(one));
  return {
    find(text) {
      if (isVain(text)) return false;
      return means(text) && fits(text) ? finding().test(text) : backtrack()(text) !== null;
    },
    locate(text) {
      if (isVain(text)) return null;
      return locating && means(text) && fits(text) ? locating().locate(text) : backtrack()(text);
    },
    straight(text) {
      if (!locating || text.length > quick || !means(text)) return null;
      const { regex: straight, masks } = locating();
      const match = masks && straight.exec(text);
      return match && { match, masks };
    },
  };
}

interface Locator {
  readonly regex: RegExp;
  readonly masks: StraightMasks | null;
  locate(text: string): Match | null;
}

function createLocator({ source, pieces }: Javascript, groupCount: number): Locator {
  const regex = new RegExp(source);
  return {
    regex,
    masks: straightMasks(pieces),
    locate(text) {
      const found = regex.exec(text);
      return found && locateMatch(found, pieces, groupCount);
    },
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
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
