import { type ClassItem, type Regex, RegexFault, type RegexNode, type Shorthand } from './regex-node.js';

/** A regex for JavaScript's flag `u`, and where Perl's groups are in it: `groups[0]` is the number of `$1`. */
export interface JavascriptRegex {
  readonly source: string;
  readonly groups: readonly number[];
}

/** Perl looks at ASCII here, and `\s` is its six characters, whatever Unicode has. */
const SHORTHAND_CLASS: Readonly<Record<Shorthand, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: ' \\t\\n\\v\\f\\r',
  upper: 'A-Z',
  vertical: '\\n\\v\\f\\r',
  word: 'A-Za-z0-9_',
  xdigit: '0-9A-Fa-f',
};

const WORD = '[A-Za-z0-9_]';

/** The places between characters. `\b` of flag `u` would do but for the letters that only Unicode folds. */
const ASSERTIONS = {
  start: '^',
  end: '$',
  'line-start': '(?<![^\\n])',
  'line-end': '(?![^\\n])',
  word: `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`,
  'not-word': `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`,
} as const;

/**
 * Writes a Perl regex for JavaScript where it then means the same, and refuses (`RegexFault`) what would not:
 * a group that JavaScript forgets between the turns of a loop, a backreference to a group that may have had no part.
 */
export function toJavascript(regex: Regex): JavascriptRegex {
  const writer = new Writer(regex.enclosing);
  const source = writer.write(regex.root, { loop: null, certain: new Set() });
  return { source, groups: regex.enclosing.map((_, index) => writer.groups.get(index) ?? 0) };
}

interface Surroundings {
  /** Where a loop began around here, or null. */
  readonly loop: number | null;
  /** Groups that have taken part whenever the match has come here; grows as the writing goes on. */
  readonly certain: Set<number>;
}

class Writer {
  /** Perl group -> JavaScript group: atomic groups put in some of their own. */
  readonly groups = new Map<number, number>();
  readonly #enclosing: Regex['enclosing'];
  #count = 0;

  constructor(enclosing: Regex['enclosing']) {
    this.#enclosing = enclosing;
  }

  write(node: RegexNode, around: Surroundings): string {
    switch (node.kind) {
      case 'sequence':
        return node.items
          .map((item) => (needsGroup(item) ? `(?:${this.write(item, around)})` : this.write(item, around)))
          .join('');
      case 'alternatives':
        return this.#alternatives(node.options, around);
      case 'char':
        return writeChar(node.code, node.fold);
      case 'class':
        return writeClass(node.items, node.negated, node.fold);
      case 'any':
        return node.newline ? '[^]' : '[^\\n]';
      case 'linebreak':
        return '(?:\\r\\n|[\\n\\v\\f\\r])';
      case 'assert':
        return ASSERTIONS[node.what];
      case 'never':
        return '(?!)';
      case 'capture':
        return this.#capture(node.index, node.body, around);
      case 'atomic':
        return this.#atomic(node.body, around);
      case 'look':
        return this.#look(node, around);
      case 'backreference':
        return this.#backreference(node, around);
      case 'repeat':
        return this.#repeat(node, around);
    }
  }

  #alternatives(options: readonly RegexNode[], around: Surroundings): string {
    const ends = options.map(() => new Set(around.certain));
    const written = options.map((option, at) =>
      this.write(option, { ...around, certain: ends[at] ?? new Set() }),
    );
    for (const group of ends[0] ?? []) if (ends.every((end) => end.has(group))) around.certain.add(group);
    return written.join('|');
  }

  #capture(index: number, body: RegexNode, around: Surroundings): string {
    this.#count += 1;
    this.groups.set(index, this.#count);
    const written = `(${this.write(body, around)})`;
    around.certain.add(index);
    return written;
  }

  /** A lookahead does not give back what it has found, so its capture, matched again, is an atomic group. */
  #atomic(body: RegexNode, around: Surroundings): string {
    this.#count += 1;
    const own = this.#count;
    return `(?:(?=(${this.write(body, around)}))\\${own})`;
  }

  #look({ ahead, negated, body }: Extract<RegexNode, { kind: 'look' }>, around: Surroundings): string {
    const inside = negated ? { ...around, certain: new Set(around.certain) } : around;
    return `(?${ahead ? '' : '<'}${negated ? '!' : '='}${this.write(body, inside)})`;
  }

  #backreference(node: Extract<RegexNode, { kind: 'backreference' }>, around: Surroundings): string {
    const group = this.groups.get(node.group);
    if (group === undefined || !around.certain.has(node.group))
      throw new RegexFault(
        node.offset,
        `a reference to group ${node.group + 1}, which may have taken no part`,
        'put the group where it always takes part',
      );
    if (node.fold)
      throw new RegexFault(node.offset, 'a reference without regard to case', 'leave (?i) out around it');
    return `(?:\\${group})`;
  }

  #repeat(node: Extract<RegexNode, { kind: 'repeat' }>, around: Surroundings): string {
    const { body, min, max, mode } = node;
    if (mode === 'possessive') return this.#atomic({ ...node, mode: 'greedy' }, around);
    const certain = new Set(around.certain);
    const loop = max > 1 ? node.offset : around.loop;
    const written = this.write(body, { loop, certain });
    if (max > 1) this.#refuseForgetting(body, certain, node.offset);
    if (min > 0) for (const group of certain) around.certain.add(group);
    const counts = max === Number.POSITIVE_INFINITY ? '' : max;
    return `(?:${written})${min === max ? `{${min}}` : `{${min},${counts}}`}${mode === 'lazy' ? '?' : ''}`;
  }

  /**
   * A group that a later turn of the loop may pass by keeps its value in Perl; JavaScript forgets it. That cannot be
   * seen where a group around it took part: only the outermost is masked.
   */
  #refuseForgetting(body: RegexNode, certain: ReadonlySet<number>, offset: number): void {
    const inside = new Set(capturesOf(body));
    const covered = (index: number): boolean => {
      const outer = this.#enclosing[index] ?? null;
      return outer !== null && (!inside.has(outer) || certain.has(outer) || covered(outer));
    };
    for (const index of inside)
      if (!certain.has(index) && !covered(index))
        throw new RegexFault(
          offset,
          `group ${index + 1} inside a repetition, which a later turn may pass by`,
          'write (?:...) where nothing is to be masked, or repeat the rule without the loop',
        );
  }
}

function capturesOf(node: RegexNode): number[] {
  switch (node.kind) {
    case 'sequence':
      return node.items.flatMap(capturesOf);
    case 'alternatives':
      return node.options.flatMap(capturesOf);
    case 'capture':
      return [node.index, ...capturesOf(node.body)];
    case 'atomic':
    case 'look':
    case 'repeat':
      return capturesOf(node.body);
    default:
      return [];
  }
}

function needsGroup(node: RegexNode): boolean {
  if (node.kind === 'sequence') return node.items.some(needsGroup);
  return node.kind === 'alternatives';
}

function writeChar(code: number, fold: boolean): string {
  const cases = fold ? casesOf(code) : [code];
  return cases.length === 1 ? escapeCode(code) : `[${cases.map(escapeCode).join('')}]`;
}

/** Both cases of a letter, and no more: JavaScript's flag `i` would let the Kelvin sign pass for a k. */
function casesOf(code: number): number[] {
  const char = String.fromCodePoint(code);
  const cases = [char, char.toLowerCase(), char.toUpperCase()].filter((other) => [...other].length === 1);
  const codes = cases.map((other) => other.codePointAt(0) ?? code);
  return [...new Set(codes)].filter((other) => code >= 128 === other >= 128);
}

function escapeCode(code: number): string {
  if (code >= 0x80 || code < 0x20 || code === 0x7f) return `\\u{${code.toString(16)}}`;
  const char = String.fromCharCode(code);
  return /[A-Za-z0-9_ !"#%&',:;<=>@`~]/.test(char) ? char : char === '-' ? '\\x2d' : `\\${char}`;
}

function writeClass(items: readonly ClassItem[], negated: boolean, fold: boolean): string {
  const inverted = items.filter((item) => item.kind === 'shorthand' && item.negated);
  const plain = items.filter((item) => !inverted.includes(item)).map((item) => writeItem(item, fold));
  if (inverted.length === 0) return plain.length === 0 ? '(?!)' : `[${negated ? '^' : ''}${plain.join('')}]`;
  const sets = inverted.map((item) => (item.kind === 'shorthand' ? `[^${SHORTHAND_CLASS[item.name]}]` : ''));
  const one = plain.length > 0 ? [...sets, `[${plain.join('')}]`] : sets;
  if (!negated) return one.length === 1 ? (one[0] ?? '') : `(?:${one.join('|')})`;
  return `(?:(?!${one.join('|')})[^])`;
}

function writeItem(item: ClassItem, fold: boolean): string {
  switch (item.kind) {
    case 'shorthand':
      return fold && (item.name === 'lower' || item.name === 'upper') ? 'A-Za-z' : SHORTHAND_CLASS[item.name];
    case 'property':
      return `\\${item.negated ? 'P' : 'p'}{${item.name}}`;
    case 'range':
      return writeRange(item.from, item.to, fold);
  }
}

/** Larger ranges are taken as they stand: nobody writes half an alphabet of a thousand letters. */
const FOLDED_RANGE = 1000;

function writeRange(from: number, to: number, fold: boolean): string {
  const range = from === to ? escapeCode(from) : `${escapeCode(from)}-${escapeCode(to)}`;
  if (!fold || to - from > FOLDED_RANGE) return range;
  const others = new Set<number>();
  for (let code = from; code <= to; code++)
    for (const other of casesOf(code)) if (other < from || other > to) others.add(other);
  return range + [...others].map(escapeCode).join('');
}
