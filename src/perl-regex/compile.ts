import { lazily } from '../base/lazily.js';
import { lacks, requiredClauses } from './analyse/required-texts.js';
import { answeredLength, type BoundedMatcher, createBoundedMatcher } from './backtrack/bounded-matcher.js';
import { chooseJavascript, type JavascriptChoice } from './javascript/choose-javascript.js';
import { createDirectMatch, type DirectMatch } from './javascript/direct-match.js';
import { locateMatch } from './javascript/locate.js';
import type { Javascript } from './javascript/to-javascript.js';
import { fixedMask } from './mask/fixed-mask.js';
import { flatCaptures } from './mask/flat-captures.js';
import { maskedGroups, maskSpans } from './mask/mask-groups.js';
import type { Regex } from './parse/ast.js';
import { groupNames } from './parse/group-names.js';
import { parsePerl } from './parse/parse.js';
import { plainGroups } from './parse/plain-groups.js';
import type { Compilation, MaskedSpans, Match, Pattern, PatternNotice, TextView } from './pattern.js';
import { createTaggedDfa, type TaggedDfa } from './tagged/tagged-dfa.js';

export interface CompileOptions {
  /** `backtrack`: never use JavaScript's regexes. The meaning is the same. */
  readonly engine?: 'auto' | 'backtrack';
}

export type PerlCompilation =
  | { readonly ok: true; readonly pattern: CompiledPattern; readonly notices: readonly PatternNotice[] }
  | Extract<Compilation, { readonly ok: false }>;

/**
 * Compiles a Perl regex, or says where and why it is rejected. It means what `qr/$source/aa` means on characters. The
 * methods of the pattern throw `MatchLimitError` if a match would take too long.
 */
export function compilePerl(source: string, { engine = 'auto' }: CompileOptions = {}): PerlCompilation {
  const plain = plainGroups(source);
  if (plain !== null) return { ok: true, pattern: new CompiledPattern(source, plain, engine), notices: [] };
  const parsed = parsePerl(source);
  if (!parsed.ok) return parsed;
  return { ok: true, pattern: new CompiledPattern(source, parsed.regex, engine), notices: parsed.notices };
}

/**
 * The implementation of `Pattern`, with the syntax tree. Most regexes of a large set are never tried, so matchers are made
 * when they are first needed, and the tree is made again when it is needed and V8 has collected it.
 */
export class CompiledPattern implements Pattern {
  readonly source: string;
  readonly groupCount: number;
  /** The names of its groups as `plainGroups` gives them, if it is plain. */
  readonly #plain: readonly (string | null)[] | null;
  #tree: WeakRef<Regex> | null;
  readonly #engine: 'auto' | 'backtrack';
  #javascript: JavascriptChoice | null | undefined;
  #direct: DirectMatch | null | undefined;
  #automaton: TaggedDfa | null | undefined;
  /** Up to this length of text our own matcher is sure to answer. */
  readonly #answered = lazily(() => answeredLength(this.regex));
  #search: Search | undefined;

  /** `known`: its tree, or the names of its groups, if it is plain. */
  constructor(source: string, known: Regex | readonly (string | null)[], engine: 'auto' | 'backtrack') {
    const tree = 'root' in known ? known : null;
    this.source = source;
    this.#tree = tree && new WeakRef(tree);
    this.#plain = 'root' in known ? null : known;
    this.groupCount = ('root' in known ? known.enclosing : known).length;
    this.#engine = engine;
  }

  /** `plainGroups` says all that there is to say of it without a tree. */
  get isPlain(): boolean {
    return this.#plain !== null;
  }

  get regex(): Regex {
    const known = this.#tree?.deref();
    if (known) return known;
    const parsed = parsePerl(this.source);
    if (!parsed.ok) throw new Error(`${this.source} was sound before: ${parsed.seen}`);
    this.#tree = new WeakRef(parsed.regex);
    return parsed.regex;
  }

  get groupNames(): readonly (string | null)[] {
    return this.#plain ?? groupNames(this.regex);
  }

  /**
   * An equivalent JavaScript regex, without flags; null if there is none. It is equivalent on texts without surrogate pairs
   * that do not end in a newline.
   */
  get javascript(): string | null {
    return this.#choice()?.find() ?? null;
  }

  /** Whether `test` never throws a MatchLimitError on texts of at most `length` UTF-16 units. */
  answersAll(length: number): boolean {
    return length <= this.#answered() || length <= this.#harmless(this.#choice());
  }

  test(text: string): boolean {
    return this.#ready().find(text);
  }

  exec(text: string): Match | null {
    return this.#ready().locate(text);
  }

  execAll(text: string, max: number): Match[] {
    return this.#ready().locateAll(text, max);
  }

  mask(text: string, mask: string): string | null {
    if (this.groupCount === 0) return this.test(text) ? text : null;
    const found = this.maskedSpans(text);
    return found && maskSpans(text, found, mask);
  }

  maskedSpans(text: string): MaskedSpans | null {
    return this.#directly()?.maskedSpans(text) ?? this.#ready().maskedSpans(text);
  }

  maskedSpansIn(view: TextView): MaskedSpans | null {
    return this.#directly()?.maskedSpansIn(view) ?? this.#tagged(view)?.maskedSpansIn(view) ?? null;
  }

  fixedMask(mask: string): string | null {
    return fixedMask(this.regex, mask);
  }

  /** Texts up to this length are cheap in JavaScript and, where JavaScript is not used, in our own matcher. */
  #harmless(javascript: JavascriptChoice | null): number {
    if (!javascript) return 0;
    return !javascript.plainOnly || this.#answered() > 0 ? javascript.longest : 0;
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

  /** null also for a text on which our own matcher may reach its limit: then the message is not masked. */
  #tagged({ from, gap, resume, to }: TextView): TaggedDfa | null {
    if (this.#automaton === undefined)
      this.#automaton = this.#engine === 'auto' ? createTaggedDfa(this.regex) : null;
    return this.#automaton && this.answersAll(gap - from + to - resume) ? this.#automaton : null;
  }

  #ready(): Search {
    if (!this.#search) {
      const javascript = this.#choice();
      const sureUpTo = Math.max(this.#answered(), this.#harmless(javascript));
      const counting = lazily(() => createBoundedMatcher(this.regex, this.source, sureUpTo));
      this.#search = new Search(this.regex, javascript, counting);
    }
    return this.#search;
  }
}

/** Uses JavaScript where possible, our own matcher elsewhere. Regexes are compiled when they are first needed. */
class Search {
  readonly #enclosing: Regex['enclosing'];
  readonly #javascript: Omit<JavascriptChoice, 'find' | 'locate'>;
  readonly #required: () => ReturnType<typeof requiredClauses>;
  readonly #finder: () => RegExp;
  readonly #locator: (() => Locator) | null;
  readonly #matcher: () => BoundedMatcher;

  constructor(
    { root, enclosing }: Regex,
    javascript: JavascriptChoice | null,
    matcher: () => BoundedMatcher,
  ) {
    this.#enclosing = enclosing;
    this.#javascript = javascript ?? NO_JAVASCRIPT;
    this.#required = lazily(() => requiredClauses(root));
    this.#finder = lazily(() => new RegExp(javascript?.find() ?? ''));
    const write = javascript?.locate;
    this.#locator = write ? lazily(() => createLocator(write(), enclosing.length)) : null;
    this.#matcher = matcher;
  }

  find(text: string): boolean {
    if (this.#cannotMatch(text)) return false;
    return this.#suits(text) ? this.#finder().test(text) : this.#matcher().find(text);
  }

  locate(text: string): Match | null {
    return this.#cannotMatch(text) ? null : this.#locate(text, this.#locatorFor(text));
  }

  /** Most texts have no match, which is found out as ever; our own matcher goes on from match to match. */
  locateAll(text: string, max: number): Match[] {
    return this.find(text) ? this.#matcher().locateAll(text, max) : [];
  }

  maskedSpans(text: string): MaskedSpans | null {
    if (this.#cannotMatch(text)) return null;
    const locator = this.#locatorFor(text);
    if (locator?.maskedSpans) return locator.maskedSpans(text);
    const match = this.#locate(text, locator);
    return match && maskedGroups(match, this.#enclosing);
  }

  #locate(text: string, locator: Locator | null): Match | null {
    return (locator ?? this.#matcher()).locate(text);
  }

  /** Literal prefilter: whether a text cannot match, since it lacks a required text. For short texts, trying is faster. */
  #cannotMatch(text: string): boolean {
    return text.length > this.#javascript.quick && lacks(text, this.#required());
  }

  #suits(text: string): boolean {
    const { longest, plainOnly } = this.#javascript;
    return text.length <= longest && (!plainOnly || isPlain(text));
  }

  #locatorFor(text: string): Locator | null {
    return this.#locator && this.#suits(text) ? this.#locator() : null;
  }
}

const NO_JAVASCRIPT = { longest: -1, quick: -1, plainOnly: false };

interface Locator {
  locate(text: string): Match | null;
  /** Set if the masked spans follow directly from the JavaScript match; else null. */
  readonly maskedSpans: ((text: string) => MaskedSpans | null) | null;
}

function createLocator({ source, pieces }: Javascript, groupCount: number): Locator {
  const regex = new RegExp(source);
  const flat = flatCaptures(pieces);
  const located = <T>(text: string, read: (found: RegExpExecArray) => T): T | null => {
    const found = regex.exec(text);
    return found && read(found);
  };
  return {
    locate: (text) => located(text, (found) => locateMatch(found, pieces, groupCount)),
    maskedSpans: flat && ((text) => located(text, flat)),
  };
}

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;
let lastText = '';
let lastIsPlain = true;

/** Whether a text has no surrogate pairs and no newline at its end. Cached, since many patterns ask about one text. */
function isPlain(text: string): boolean {
  if (text === lastText) return lastIsPlain;
  lastText = text;
  lastIsPlain = text.charCodeAt(text.length - 1) !== 10 && !PAIR.test(text);
  return lastIsPlain;
}
