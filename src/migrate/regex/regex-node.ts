/** A part of a regex of another program, with the text that means the same to Perl. */
export type RegexNode =
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  /** A place between two characters. */
  | { readonly kind: 'place'; readonly perl: string }
  /** One character, or what a quantifier may stand behind in any case. */
  | { readonly kind: 'unit'; readonly perl: string }
  /** `open`: how it begins, as `(?:`, `(`, `(?<ip>` or `(?!`. */
  | { readonly kind: 'group'; readonly open: string; readonly branches: readonly Branch[] }
  /** `how`: lazy or possessive; greedy without. */
  | {
      readonly kind: 'repeat';
      readonly item: RegexNode;
      readonly least: number;
      readonly most: number | null;
      readonly how?: '?' | '+';
    };

/** What stands between two bars. */
export type Branch = readonly RegexNode[];

/** A regex that was read, or why it is none. */
export type RegexTree =
  | { readonly ok: true; readonly branches: readonly Branch[] }
  | { readonly ok: false; readonly reason: string };

/** Writes branches as Perl reads them. */
export function writeBranches(branches: readonly Branch[]): string {
  return branches.map(writeBranch).join('|');
}

/** Writes one branch; its neighbours may stand before and behind it. */
export function writeBranch(branch: Branch): string {
  return branch.map(writeNode).join('');
}

function writeNode(node: RegexNode): string {
  switch (node.kind) {
    case 'start':
      return '^';
    case 'end':
      return '$';
    case 'place':
    case 'unit':
      return node.perl;
    case 'group':
      return `${node.open}${writeBranches(node.branches)})`;
    case 'repeat':
      return `${writeItem(node.item)}${writeQuantifier(node)}${node.how ?? ''}`;
  }
}

/** A quantifier on a quantifier would make it lazy or possessive, and one on an anchor is none to some. */
function writeItem(item: RegexNode): string {
  return item.kind === 'unit' || item.kind === 'group' ? writeNode(item) : `(?:${writeNode(item)})`;
}

function writeQuantifier({ least, most }: Extract<RegexNode, { kind: 'repeat' }>): string {
  if (least === 0 && most === 1) return '?';
  if (least === 0 && most === null) return '*';
  if (least === 1 && most === null) return '+';
  if (least === most) return `{${least}}`;
  return `{${least},${most ?? ''}}`;
}

/** Characters that mean something to Perl outside of brackets. */
const SPECIAL = /[\\^$.[\]|()?*+{}]/;

/** A character that stands for itself. Braces are escaped, too: `{` may be a quantifier to Perl. */
export function literal(char: string): string {
  return SPECIAL.test(char) && char !== '}' ? `\\${char}` : char;
}

/** A character of a bracket expression that stands for itself. */
export function literalInBrackets(char: string): string {
  return /[\\^[\]-]/.test(char) ? `\\${char}` : char;
}
